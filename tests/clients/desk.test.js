// The desk when things go wrong: sessions, connections and colleagues that come in between, files and times that are
// refused, and members who look for what they may not do.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { run } from "./api.js";
import { expectAccessible } from "./axe.js";
import { laptop, open, phone, rewriteAnswers, startBrowser } from "./browser.js";
import { field, file, goBySide, importNominees, named, openDesk, png, signInHere, staffToken, words } from "./desk.js";
import { startServer } from "./server.js";
import { event, eventually } from "./waiting.js";

// The tests sign in more often than members do, and go through twelve views in ten seconds.
const server = await startServer({ after }, { ACCLAIM_LIMIT_STAFF_SIGN_IN: "100/1000", ACCLAIM_LIMIT_STAFF: "100000/1000000" });
const browser = await startBrowser(after);
const [, , password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(server.log), "the sign-in");
const emails = { owner: "organiser@demo.example", editor: "editor@demo.example", auditor: "auditor@demo.example" };
const t = words.en;
const desk = `${server.origin}/desk`;
const demo = `${desk}/c/demo`;

/** Opens an address of the desk as a member. */
const openAs = (context, email, url = demo, device = laptop) => openDesk(browser, context, { url, device, t, email, password });

const token = await staffToken(server, emails.owner, password);
const { viewer, campaign } = await run(
  server,
  `{ viewer { memberships { organisation { id slug } } }
     campaign(slug: "demo") { id nominees(first: 100) { nodes { id number name } } } }`,
  {},
  token,
);
const organisation = viewer.memberships[0].organisation;
// Each test has nominees of its own.
const untaken = campaign.nominees.nodes.sort((one, other) => one.number - other.number).values();
const takeNominee = () => untaken.next().value;

const findNominee = async (id) => {
  const query = `query ($id: ID!) { node(id: $id) {
    ... on Nominee { name employer city title summary portraitUrl desk { editRevision } } } }`;
  return (await run(server, query, { id }, token)).node;
};

/** Edits a nominee by the API; gives the refusals. */
const editNominee = async (id, change, as = token) => {
  const { desk } = await findNominee(id);
  const document = "mutation ($input: UpdateNomineeInput!) { updateNominee(input: $input) { userErrors { code } } }";
  const input = { nomineeId: id, expectedRevision: desk.editRevision, ...change };
  return (await run(server, document, { input }, as)).updateNominee.userErrors;
};

/**
 * Holds the next operation whose variables have this text: `sent` once it is on its way, and `release` lets it and all
 * others go.
 */
async function hold(page, text) {
  const gate = event("the held operation to be let go");
  const arrival = event(`an operation with ${text}`);
  const handler = async (route) => {
    if (route.request().postData()?.includes(text)) {
      arrival.happen();
      await gate.happened();
    }
    await route.continue().catch(() => undefined);
  };
  await page.route("**/graphql", handler);
  const release = async () => {
    gate.happen();
    await page.unroute("**/graphql", handler);
  };
  return { sent: arrival.happened(), release };
}

const says = (page, text) => page.locator(".notices").getByText(text).waitFor();
const nomineeAt = ({ id }) => `${demo}/nominees/${id}`;
const saveOf = (place) => named(place, "button", t.save);

/** Presses the tab key until the keyboard is there. */
async function tabTo(page, target, what) {
  for (let tabs = 0; tabs < 80; tabs++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
  }
  assert.fail(`the tab key does not come to ${what}`);
}

const hasFocus = (target, what) =>
  eventually(() => target.evaluate((element) => element === document.activeElement), `${what} to have the keyboard`);

describe("the keyboard alone", () => {
  test("signs in, reaches a nominee, edits it in the list and at the side, and saves", async (context) => {
    const { name, id } = takeNominee();
    const { page, complaints, foreign } = await open(browser, context, demo, laptop);
    await hasFocus(page.getByLabel(t.email), "the first field");
    await page.keyboard.type(emails.owner);
    await tabTo(page, page.getByLabel(t.password, { exact: true }), "the password");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    // The first stop leads past the menu.
    await page.keyboard.press("Tab");
    await hasFocus(page.getByRole("link", { name: "Skip to the content" }), "the way past the menu");
    await page.keyboard.press("Enter");
    await hasFocus(page.locator("main"), "the content");
    await page.reload();
    await tabTo(page, page.locator("#side").getByRole("link", { name: /^Nominees/ }), "the nominees");
    await page.keyboard.press("Enter");
    await page.getByRole("grid").waitFor();
    await tabTo(page, page.getByRole("searchbox"), "the search");
    await page.keyboard.type(name);
    await page.waitForFunction(() => document.querySelectorAll(".roster tr[data-row]").length === 1);
    // A cell of the list: Escape leaves it as it was, Enter saves.
    const cell = page.locator(".roster [data-column=name]");
    await tabTo(page, cell, "the list");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const input = page.locator(".cell-input input");
    await hasFocus(input, "the cell's input");
    await page.keyboard.type("nothing of this");
    await page.keyboard.press("Escape");
    const employer = page.locator(".roster [data-column=employer]");
    await hasFocus(employer, "the cell");
    await page.keyboard.press("Enter");
    await hasFocus(input, "the cell's input");
    await page.keyboard.type("Keyboard Works");
    await page.keyboard.press("Enter");
    await says(page, t.saved);
    await hasFocus(employer, "the cell");
    assert.equal((await findNominee(id)).employer, "Keyboard Works");
    // The sheet at the side holds the keyboard; Escape closes it and gives the keyboard back.
    await page.keyboard.press("End");
    const link = page.locator(".roster [data-column=actions]");
    await hasFocus(link, "the link");
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog");
    await tabTo(page, field(sheet, "City"), "the city");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("Keyton");
    await page.keyboard.press("Enter");
    await sheet.waitFor({ state: "detached" });
    await hasFocus(link, "the link");
    assert.equal((await findNominee(id)).city, "Keyton");
    await page.keyboard.press("Enter");
    await field(sheet, "City").waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await hasFocus(link, "the link");
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });
});

describe("an edit is not lost", () => {
  test("when the session ends in the middle of it", async (context) => {
    const nominee = takeNominee();
    const email = "second@demo.example";
    const account = ["--email", email, "--name", "Second", "--organisation", organisation.slug, "--role", "organiser"];
    await server.command(["staff", "add", ...account], `${password}\n`);
    const { page } = await openAs(context, email, nomineeAt(nominee));
    const sheet = page.getByRole("dialog").filter({ has: page.getByLabel(/^Employer/) });
    const text = "Kept over the sign-in";
    await field(sheet, "Employer").fill(text);
    const own = await staffToken(server, email, password);
    await server.command(["staff", "sign-out", "--email", email]);
    const isOut = async () => {
      const answer = await fetch(server.url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${own}` },
        body: JSON.stringify({ query: "{ viewer { id } }" }),
      });
      const { errors } = await answer.json();
      return errors?.[0].extensions.code === "UNAUTHENTICATED";
    };
    await eventually(isOut, "the session to end");
    await saveOf(sheet).click();
    const again = page.getByRole("dialog", { name: "Your session has ended" });
    await again.getByLabel(t.password, { exact: true }).fill(password);
    await expectAccessible(page, "the sign-in over the view");
    await named(again, "button", t.signIn).click();
    await again.waitFor({ state: "detached" });
    assert.equal(await field(sheet, "Employer").inputValue(), text);
    await saveOf(sheet).click();
    await says(page, t.saved);
    assert.equal((await findNominee(nominee.id)).employer, text);
  });

  test("when the page is loaded anew", async (context) => {
    const nominee = takeNominee();
    const { page } = await openAs(context, emails.owner, nomineeAt(nominee));
    const sheet = page.getByRole("dialog");
    await field(sheet, "City").fill("Reloadham");
    await page.reload();
    await sheet.getByText("Here are changes of yours that were not saved.").waitFor();
    assert.equal(await field(sheet, "City").inputValue(), "Reloadham");
    await saveOf(sheet).click();
    await says(page, t.saved);
    assert.equal((await findNominee(nominee.id)).city, "Reloadham");
  });

  test("when a colleague saves the same nominee first: both versions are shown", async (context) => {
    const nominee = takeNominee();
    const { page } = await openAs(context, emails.owner, nomineeAt(nominee));
    const { page: other } = await openAs(context, emails.owner, nomineeAt(nominee));
    const [mine, theirs] = [page.getByRole("dialog"), other.getByRole("dialog")];
    await field(mine, "Employer").fill("My employer");
    await field(mine, "City").fill("My city");
    await field(theirs, "Employer").fill("Their employer");
    await field(theirs, "Post or rank").fill("Their post");
    await saveOf(theirs).click();
    await says(other, t.saved);
    await saveOf(mine).click();
    const conflict = mine.locator(".conflict");
    await conflict.getByText("My employer").waitFor();
    await conflict.getByText("Their employer").waitFor();
    await expectAccessible(page, "two versions");
    assert.ok(await saveOf(mine).isDisabled());
    assert.equal((await findNominee(nominee.id)).employer, "Their employer");
    await conflict.getByRole("button", { name: /^Yours/ }).click();
    await saveOf(mine).click();
    await says(page, t.saved);
    const { employer, city, title } = await findNominee(nominee.id);
    assert.deepEqual({ employer, city, title }, { employer: "My employer", city: "My city", title: "Their post" });
  });

  test("when the connection is away while it is typed and saved", async (context) => {
    const nominee = takeNominee();
    const { page } = await openAs(context, emails.owner, nomineeAt(nominee));
    const sheet = page.getByRole("dialog");
    await field(sheet, "City").waitFor();
    await page.context().setOffline(true);
    await field(sheet, "City").fill("Offline upon Sea");
    const tried = page.waitForEvent("requestfailed", (request) => request.postData()?.includes("Offline upon Sea") ?? false);
    await saveOf(sheet).click();
    await tried;
    assert.equal(await field(sheet, "City").inputValue(), "Offline upon Sea");
    await page.context().setOffline(false);
    // It goes on by itself, or says that it did not and can be saved again.
    const isSaved = async () => {
      if (await sheet.locator(".refusal").isVisible()) await saveOf(sheet).click();
      return (await findNominee(nominee.id)).city === "Offline upon Sea";
    };
    await eventually(isSaved, "the edit to be saved");
  });

  test("when the answer to a new nominee is lost: it is made once", async (context) => {
    const name = `Only ${randomUUID().slice(0, 8)}`;
    const { page } = await openAs(context, emails.owner, `${demo}/nominees/new`);
    const sheet = page.getByRole("dialog");
    await field(sheet, "Name").fill(name);
    await field(sheet, "Employer").fill("Lost Answers");
    const lost = event("the answer to be lost");
    let attempts = 0;
    await page.route("**/graphql", async (route) => {
      const isCreation = route.request().postData()?.includes(name) ?? false;
      if (!isCreation || ++attempts > 2) return route.continue();
      await route.fetch();
      lost.happen();
      return route.abort();
    });
    await named(sheet, "button", "Add").click();
    await lost.happened();
    const isGone = async () => {
      if (await sheet.locator(".refusal").isVisible()) await named(sheet, "button", "Add").click();
      return (await sheet.count()) === 0;
    };
    await eventually(isGone, "the nominee to be made");
    assert.ok(attempts > 1);
    const query = "query ($search: String) { campaign(slug: \"demo\") { nominees(first: 10, search: $search) { nodes { name } } } }";
    const { nodes } = (await run(server, query, { search: name }, token)).campaign.nominees;
    assert.deepEqual(nodes, [{ name }]);
  });

  test("when it is typed while the edit before it is being saved", async (context) => {
    const nominee = takeNominee();
    const { page } = await openAs(context, emails.owner, nomineeAt(nominee));
    const sheet = page.getByRole("dialog");
    await field(sheet, "Employer").fill("Sent first");
    const { sent, release } = await hold(page, "Sent first");
    await saveOf(sheet).click();
    await sent;
    await field(sheet, "City").fill("Typed meanwhile");
    await field(sheet, "Employer").fill("Sent second");
    await release();
    await says(page, "Saved, but for what you have typed meanwhile.");
    const { employer, city } = await findNominee(nominee.id);
    assert.equal(employer, "Sent first");
    assert.notEqual(city, "Typed meanwhile");
    assert.equal(await field(sheet, "City").inputValue(), "Typed meanwhile");
    assert.equal(await field(sheet, "Employer").inputValue(), "Sent second");
    await saveOf(sheet).click();
    await sheet.waitFor({ state: "detached" });
    const saved = await findNominee(nominee.id);
    assert.deepEqual([saved.employer, saved.city], ["Sent second", "Typed meanwhile"]);
  });

  test("when it is typed while a new nominee is being made", async (context) => {
    const name = `Begun ${randomUUID().slice(0, 8)}`;
    const { page } = await openAs(context, emails.owner, `${demo}/nominees/new`);
    const sheet = page.getByRole("dialog");
    await field(sheet, "Name").fill(name);
    await field(sheet, "Employer").fill("Meanwhile Works");
    const { sent, release } = await hold(page, name);
    await named(sheet, "button", "Add").click();
    await sent;
    await field(sheet, "City").fill("Laterford");
    await release();
    await says(page, `${name} is on the list. Save what you have typed meanwhile, too.`);
    await saveOf(sheet).click();
    await sheet.waitFor({ state: "detached" });
    const query = `query ($search: String) { campaign(slug: "demo") { nominees(first: 10, search: $search) { nodes { name city } } } }`;
    const { nodes } = (await run(server, query, { search: name }, token)).campaign.nominees;
    assert.deepEqual(nodes, [{ name, city: "Laterford" }]);
  });

  test("when the language is switched", async (context) => {
    const { page } = await openAs(context, emails.owner, `${desk}/o/${organisation.slug}/new`);
    await field(page, "Title").fill("Typed before");
    await named(page, "button", "中文").click();
    assert.equal(await field(page, "标题").inputValue(), "Typed before");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
    await page.reload();
    assert.equal(await field(page, "标题").inputValue(), "Typed before");
  });
});

describe("a draft of a campaign", () => {
  const opensAt = `${new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)}T01:02:33Z`;
  const closesAt = `${new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)}T10:00:59Z`;
  const rules = {
    ...{ period: "DAY", scope: "CATEGORY", votesPerPeriod: 3 },
    ...{ tallyVisibility: "LIVE", admits: ["GUEST", "WECHAT_MINI_PROGRAM"] },
  };

  /** Makes a draft in Chinese time; gives the address of its rules, and how it stands. */
  async function makeDraft(slug) {
    const create = `mutation ($input: CreateCampaignInput!) {
      createCampaign(input: $input) { campaign { id } userErrors { code } } }`;
    const input = {
      organisationId: organisation.id,
      idempotencyKey: randomUUID(),
      ...{ slug, title: slug, votingOpensAt: opensAt, votingClosesAt: closesAt, timeZone: "Asia/Shanghai", rules },
      categories: [{ key: "all", name: "All", shortlistSize: 10 }],
    };
    assert.deepEqual((await run(server, create, { input }, token)).createCampaign.userErrors, []);
    const query = `query ($slug: String!) { campaign(slug: $slug) {
      timeZone votingOpensAt votingClosesAt categories { key name shortlistSize } } }`;
    return { url: `${desk}/c/${slug}/rules`, find: async () => (await run(server, query, { slug }, token)).campaign };
  }

  test("gets another time zone: found by its offset, and the seconds of its times stay", async (context) => {
    const { url, find } = await makeDraft("zones");
    const { page } = await openAs(context, emails.owner, url);
    const zone = page.getByRole("combobox", { name: "Time zone" });
    assert.equal(await zone.inputValue(), "Shanghai · Beijing time · UTC+08:00");
    await zone.fill("utc+9 japan");
    await named(page, "option", "Tokyo Japan Standard Time · UTC+09:00").click();
    await saveOf(page).click();
    await says(page, t.saved);
    const { timeZone, votingOpensAt, votingClosesAt } = await find();
    const earlier = (moment) => Date.parse(moment) - 3_600_000;
    assert.equal(timeZone, "Asia/Tokyo");
    assert.deepEqual([votingOpensAt, votingClosesAt].map(Date.parse), [opensAt, closesAt].map(earlier));
    await named(page, "button", "中文").click();
    assert.equal(await page.getByRole("combobox", { name: "时区" }).inputValue(), "日本时间 · Tokyo · UTC+09:00");
  });

  test("gets a category, which is edited while it is being saved", async (context) => {
    const { url, find } = await makeDraft("rows");
    const { page } = await openAs(context, emails.owner, url);
    const categories = page.getByRole("region", { name: "Categories" });
    await named(categories, "button", "Add a category").click();
    await field(categories, "Name").nth(1).fill("Second");
    const { sent, release } = await hold(page, "Second");
    await named(categories, "button", "Save the categories").click();
    await sent;
    await field(categories, "Places").nth(1).fill("7");
    await release();
    await says(page, "Saved, but for what you have typed meanwhile.");
    assert.deepEqual((await find()).categories.map(({ name, shortlistSize }) => [name, shortlistSize]), [
      ["All", 10],
      ["Second", 10],
    ]);
    await named(categories, "button", "Save the categories").click();
    const isSaved = async () => {
      const [, second, ...others] = (await find()).categories;
      return second.shortlistSize === 7 && others.length === 0;
    };
    await eventually(isSaved, "the category to be saved once");
  });
});

describe("the ways in of voters", () => {
  const own = "Photographers’ Association";
  const ways = [
    { kind: "WECHAT_MINI_PROGRAM", name: null },
    { kind: "WECHAT_WEB", name: null },
    { kind: "PHONE", name: null },
    { kind: "OIDC", name: own },
    { kind: "GUEST", name: null },
  ];
  const admitsOf = async (slug) => {
    const query = "query ($slug: String!) { campaign(slug: $slug) { rules { admits } } }";
    return (await run(server, query, { slug }, token)).campaign.rules.admits;
  };
  const tick = (page, name) => page.getByRole("checkbox", { name });
  const oneNeeded = "Tick at least one account: a campaign cannot be for guests alone.";

  /** Opens an address as the owner, of a server that is set up for these; `change` may change further answers. */
  async function openWith(context, url, change = () => undefined) {
    const window = await open(browser, context, url, laptop);
    await rewriteAnswers(window.page, (data, variables) => {
      if (data.signInWays) data.signInWays = ways;
      change(data, variables);
    });
    await signInHere(window.page, t, emails.owner, password);
    await window.page.locator("#side").waitFor({ state: "attached" });
    return window;
  }

  test("are all offered for a new campaign, and ticked but for guests", async (context) => {
    const { page, complaints } = await openWith(context, `${desk}/o/${organisation.slug}/new`);
    await field(page, "Title").fill("Ways in");
    await named(page, "button", "Next").click();
    await named(page, "button", "Tomorrow, 09:00").click();
    await named(page, "button", "After 7 days, 18:00").click();
    await named(page, "button", "Next").click();
    await page.getByRole("heading", { name: /Who may vote/ }).waitFor();
    const labels = await page.locator(".way-in strong").allTextContents();
    assert.deepEqual(labels, ["WeChat mini-program", "WeChat on the web", "Phone number", own, "Guests, without signing in"]);
    const ticked = () => page.getByRole("checkbox").evaluateAll((boxes) => boxes.map(({ checked }) => checked));
    assert.deepEqual(await ticked(), [true, true, true, true, false]);
    await expectAccessible(page, "the ways in of a new campaign");
    // Without an account one does not get on.
    await tick(page, /^Guests/).check();
    for (const name of [/^WeChat mini/, /^WeChat on/, /^Phone/, /^Photographers/]) await tick(page, name).uncheck();
    await page.getByRole("alert").getByText(oneNeeded).waitFor();
    await named(page, "button", "Next").click();
    await page.getByRole("heading", { name: /Who may vote/ }).waitFor();
    await tick(page, /^Photographers/).check();
    await page.getByText(oneNeeded).waitFor({ state: "detached" });
    await named(page, "button", "Next").click();
    await page.getByText(`Vote with your account of ${own} or in any browser without signing in.`).waitFor();
    await named(page, "button", "Next").click();
    await named(page, "button", "Next").click();
    await page.getByText(`${own} · Guests, without signing in`).waitFor();
    await named(page, "button", "Create the draft").click();
    await page.waitForURL(/overview|c\/ways-in/);
    const slug = new URL(page.url()).pathname.split("/")[3];
    assert.deepEqual(await admitsOf(slug), ["OIDC", "GUEST"]);
    assert.deepEqual(complaints, []);
  });

  test("that a campaign admits are there though the server is not set up for them", async (context) => {
    const create = `mutation ($input: CreateCampaignInput!) {
      createCampaign(input: $input) { campaign { id } userErrors { code } } }`;
    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
    const input = {
      organisationId: organisation.id,
      idempotencyKey: randomUUID(),
      ...{ slug: "douyin", title: "Douyin", votingOpensAt: day(1), votingClosesAt: day(2) },
      rules: {
        ...{ period: "DAY", scope: "CATEGORY", votesPerPeriod: 3, tallyVisibility: "LIVE" },
        admits: ["DOUYIN", "GUEST"],
      },
    };
    assert.deepEqual((await run(server, create, { input }, token)).createCampaign.userErrors, []);
    const { page, complaints } = await openWith(context, `${desk}/c/douyin/rules`);
    await page.getByText("This server is not set up for it: nobody can vote this way.").waitFor();
    const labels = await page.locator(".way-in strong").allTextContents();
    const expected = ["WeChat mini-program", "WeChat on the web", "Douyin mini-program", "Phone number", own, "Guests, without signing in"];
    assert.deepEqual(labels, expected);
    await expectAccessible(page, "the ways in of a draft");
    await tick(page, /^Douyin/).uncheck();
    await page.getByRole("alert").getByText(oneNeeded).waitFor();
    await saveOf(page).click();
    await tick(page, /^WeChat on the web/).check();
    await tick(page, /^Guests/).uncheck();
    await saveOf(page).click();
    await says(page, t.saved);
    assert.deepEqual(await admitsOf("douyin"), ["WECHAT_WEB"]);
    // What was unticked and is not there is not offered again.
    await tick(page, /^Douyin/).waitFor({ state: "detached" });
    await page.goto(`${desk}/c/douyin/log`);
    const details = page.locator("details").first();
    await details.locator("summary").click();
    const row = details.getByRole("row", { name: /^Accounts that may vote/ });
    assert.match(await row.textContent(), /Douyin mini-program.*WeChat on the web/);
    assert.deepEqual(complaints, []);
  });

  test("are counted on the overview, those without voters left out", async (context) => {
    const counts = [
      { kind: "WECHAT_MINI_PROGRAM", voters: 750 },
      { kind: "DOUYIN", voters: 0 },
      { kind: "OIDC", voters: 200 },
      { kind: null, voters: 50 },
    ];
    let isEmpty = false;
    // Figures do not come by socket here: the browser takes a page that was changed on its way for another network's.
    const { page } = await openWith(context, demo, ({ campaign }) => {
      if (campaign?.desk?.votersByWay) campaign.desk.votersByWay = isEmpty ? [] : counts;
    });
    const box = page.getByRole("region", { name: "Voters by way in" });
    await box.getByRole("rowheader", { name: own }).waitFor();
    const rows = await box.locator("tbody tr").allTextContents();
    assert.deepEqual(rows, ["WeChat mini-program75075%", `${own}20020%`, "No longer kept505%"]);
    await expectAccessible(page, "the overview with voters by way in");
    isEmpty = true;
    await page.reload();
    await box.getByText("Nobody has voted yet.").waitFor();
  });

  test("tell votes of guests apart where guests may vote, or have voted", async (context) => {
    let [admitsGuests, guests] = [true, 4];
    const at = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString();
    const { page, complaints } = await openWith(context, demo, ({ campaign }) => {
      if (campaign?.rules?.admits && !admitsGuests) campaign.rules.admits = ["WECHAT_MINI_PROGRAM"];
      if (campaign?.tally) {
        campaign.tally.guestVotes = guests;
        for (const [index, entry] of campaign.tally.entries.entries()) entry.guestVotes = index === 0 ? guests : 0;
      }
      if (campaign?.desk?.turnout) campaign.desk.turnout = [{ at, votes: 10, page: 7, miniProgram: 3, other: 0, guests }];
    });
    // Figures are asked for: what comes by socket or stream is not changed on its way.
    await page.routeWebSocket("**/graphql/ws", (socket) => socket.close());
    await page.route("**/graphql/stream", (route) => route.abort());
    await page.reload();
    const counted = page.locator(".totals").getByText("4 by guests");
    const rows = page.locator(".board .votes");
    const table = page.getByRole("region", { name: "Turnout" }).locator("table");
    const openTable = async () => {
      await page.getByText("As a table").click();
      await table.locator("tbody tr").nth(1).waitFor();
    };
    await counted.waitFor();
    await eventually(async () => (await rows.locator("small").count()) > 3, "the guests' part in each row");
    assert.equal(await rows.getByText("4 by guests").count(), 1);
    await openTable();
    const heads = ["Time", "Votes", "Mini-program", "Web page", "Other"];
    assert.deepEqual(await table.locator("thead th").allTextContents(), [...heads, "By guests"]);
    assert.deepEqual(await table.locator("tbody tr").first().locator("td").allTextContents(), ["10", "3", "7", "0", "4"]);
    await expectAccessible(page, "the overview with votes of guests");
    // They may vote no more, and have voted.
    admitsGuests = false;
    await page.reload();
    await counted.waitFor();
    guests = 0;
    await page.reload();
    await rows.first().waitFor();
    await openTable();
    assert.deepEqual(await table.locator("thead th").allTextContents(), heads);
    assert.equal(await page.getByText("by guests").count(), 0);
    // Of the stream, which was cut.
    assert.deepEqual(new Set(complaints), new Set(["Failed to load resource: net::ERR_FAILED"]));
  });

  test("are those of the voters of the demo", async (context) => {
    const { page } = await openAs(context, emails.owner);
    const box = page.getByRole("region", { name: "Voters by way in" });
    const query = '{ campaign(slug: "demo") { tally { voters } desk { votersByWay { voters } } } }';
    const { tally, desk: counted } = (await run(server, query, {}, token)).campaign;
    const sum = counted.votersByWay.reduce((all, { voters }) => all + voters, 0);
    assert.ok(sum <= tally.voters, `${sum} of ${tally.voters}`);
    if (sum > 0) await box.getByRole("row").nth(1).waitFor();
    else await box.getByText("Nobody has voted yet.").waitFor();
  });
});

describe("two people at one story", () => {
  test("what is handed in is what was seen", async (context) => {
    const writer = await staffToken(server, emails.editor, password);
    const ask = (document, input, as) => run(server, document, { input }, as);
    const { createStory } = await ask(
      "mutation ($input: CreateStoryInput!) { createStory(input: $input) { story { id desk { editRevision } } userErrors { code } } }",
      { campaignId: campaign.id, idempotencyKey: randomUUID(), title: "Seen by its author", body: "A text." },
      writer,
    );
    const { id, desk: { editRevision } } = createStory.story;
    const { page } = await openAs(context, emails.editor, `${demo}/stories/${id}`);
    const handIn = named(page, "button", "Hand in for review");
    await handIn.waitFor();
    const { updateStory } = await ask(
      "mutation ($input: UpdateStoryInput!) { updateStory(input: $input) { userErrors { code } } }",
      { storyId: id, expectedRevision: editRevision, title: "Changed by a colleague" },
      token,
    );
    assert.deepEqual(updateStory.userErrors, []);
    const find = async () => {
      const query = "query ($id: ID!) { story(id: $id) { title desk { state } } }";
      return (await run(server, query, { id }, token)).story;
    };
    await handIn.click();
    await page.getByRole("heading", { name: "Changed by a colleague", level: 1 }).waitFor();
    await page.locator(".steps .refusal").waitFor();
    assert.deepEqual(await find(), { title: "Changed by a colleague", desk: { state: "DRAFT" } });
    // What is seen now is handed in, with what is typed.
    await field(page, "Headline").fill("Seen by both");
    await handIn.click();
    await says(page, "Handed in. Somebody else approves it.");
    assert.deepEqual(await find(), { title: "Seen by both", desk: { state: "IN_REVIEW" } });
  });
});

describe("the desk minds what it asks and keeps", () => {
  test("a page that nobody looks at does not ask how far a sheet is read", async (context) => {
    const { page } = await openAs(context, emails.owner, desk);
    await page.addInitScript(() => {
      const { fetch } = globalThis;
      globalThis.askedUnseen = 0;
      globalThis.fetch = (...request) => {
        if (document.hidden) globalThis.askedUnseen++;
        return fetch(...request);
      };
    });
    let looks = 0;
    await rewriteAnswers(page, ({ node }) => {
      if (node?.readRows === undefined) return undefined;
      looks++;
      return { data: { node: { ...node, status: "READING" } } };
    });
    await page.clock.install();
    await page.goto(`${demo}/imports`);
    const give = page.locator("input[type=file]").first();
    await give.setInputFiles(file("unread-names.csv", "text/csv", Buffer.from("编号,姓名\n1,甲")));
    await eventually(() => looks > 2, "the desk to look again");
    const show = (isHidden) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
      }, isHidden);
    await show(true);
    for (let turn = 0; turn < 5; turn++) await page.clock.runFor(10_000);
    assert.equal(await page.evaluate(() => globalThis.askedUnseen), 0);
    const before = looks;
    await show(false);
    await eventually(() => looks > before, "the desk to look when it is looked at");
    // Whoever has the browser next does not learn the name of the file.
    await page.getByRole("heading", { name: "unread-names.csv" }).waitFor();
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    assert.ok(!kept.includes("unread-names"), kept);
  });

  test("the list of nominees is read once, whatever else asks for it", async (context) => {
    const { page } = await openAs(context, emails.owner, desk);
    const { sent, release } = await hold(page, campaign.id);
    await page.goto(`${demo}/nominees`);
    await sent;
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await release();
    await page.getByRole("grid").waitFor();
  });

  test("the question mark shows the keys, and is a letter where somebody types", async (context) => {
    const { page } = await openAs(context, emails.owner, `${demo}/nominees`);
    const search = page.getByRole("searchbox");
    await search.fill("");
    await search.press("?");
    assert.equal(await search.inputValue(), "?");
    const keys = page.getByRole("dialog", { name: "Keys" });
    assert.equal(await keys.count(), 0);
    await search.fill("");
    await page.locator("#content").focus();
    await page.keyboard.press("?");
    await keys.getByText("Saves it").waitFor();
    await expectAccessible(page, "the keys");
    await page.keyboard.press("Escape");
    await keys.waitFor({ state: "detached" });
  });
});

describe("what is refused is told where it happened", () => {
  test("a sheet that is none, one without known columns", async (context) => {
    const { page } = await openAs(context, emails.owner, `${demo}/imports`);
    const give = (name, text) => page.locator("input[type=file]").first().setInputFiles(file(name, "text/csv", Buffer.from(text)));
    await page.getByRole("heading", { name: "Import", exact: true }).waitFor();
    await give("notes.pdf", "nothing");
    await page.getByText("This is no .xlsx and no .csv file.").waitFor();
    await give("empty.csv", "");
    await page.getByText("The file is empty.").waitFor();
    await give("broken.xlsx", "no workbook at all");
    await page.getByRole("heading", { name: "There is no plan for this sheet" }).waitFor();
    assert.notEqual(await page.locator(".refusal").first().textContent(), "");
    await expectAccessible(page, "a sheet that cannot be read");
  });

  test("a picture that is none, and the next one is taken", async (context) => {
    const nominee = takeNominee();
    const { page } = await openAs(context, emails.owner, nomineeAt(nominee));
    const sheet = page.getByRole("dialog");
    const before = (await findNominee(nominee.id)).portraitUrl;
    const give = (...picture) => sheet.locator("input[type=file]").setInputFiles(file(...picture));
    await give("drawing.svg", "image/svg+xml", Buffer.from("<svg/>"));
    await sheet.getByText("This is no JPEG, PNG or WebP.").waitFor();
    await give("portrait.jpg", "image/jpeg", Buffer.from("a text that calls itself a picture"));
    // The server's word, where the file's name did not give it away.
    await sheet.locator(".portrait-edit .refusal").filter({ hasNotText: "This is no JPEG, PNG or WebP." }).waitFor();
    assert.equal((await findNominee(nominee.id)).portraitUrl, before);
    await give("portrait.png", "image/png", png(90));
    await says(page, "The portrait of");
    assert.notEqual((await findNominee(nominee.id)).portraitUrl, before);
  });

  test("a time that is past", async (context) => {
    const { page } = await openAs(context, emails.owner, `${desk}/o/${organisation.slug}/new?step=when`);
    await field(page, "Voting opens").fill("2020-01-01T09:00");
    await field(page, "Voting closes").fill("2020-01-02T09:00");
    await page.getByText("This time is past.").waitFor();
    await named(page, "button", "Next").click();
    assert.equal(new URL(page.url()).searchParams.get("step"), "when");
    await page.goto(`${demo}/rules`);
    await named(page, "button", "Extend voting…").click();
    await field(page.getByRole("dialog"), "Closing").fill("2020-01-02T09:00");
    await page.getByText("Choose a time after the present closing.").waitFor();
    const { votingClosesAt } = (await run(server, '{ campaign(slug: "demo") { votingClosesAt } }')).campaign;
    await named(page.getByRole("dialog"), "button", "Extend voting").click();
    await page.getByText("Choose a time after the present closing.").waitFor();
    assert.equal((await run(server, '{ campaign(slug: "demo") { votingClosesAt } }')).campaign.votingClosesAt, votingClosesAt);
  });
});

describe("a campaign of a thousand nominees whose votes only the organisers see", () => {
  const slug = "thousand";
  const long = `${"长名".repeat(50)}${"Longname".repeat(12)}four`;

  test("is made by the API", async () => {
    const create = `mutation ($input: CreateCampaignInput!) {
      createCampaign(input: $input) { campaign { id } userErrors { code } } }`;
    const soon = new Date(Date.now() - 5_000).toISOString();
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const input = {
      organisationId: organisation.id,
      idempotencyKey: randomUUID(),
      ...{ slug, title: "A thousand", votingOpensAt: soon, votingClosesAt: later },
      rules: {
        ...{ period: "DAY", scope: "CATEGORY", votesPerPeriod: 3 },
        ...{ tallyVisibility: "STAFF_ONLY", admits: ["GUEST", "WECHAT_MINI_PROGRAM"] },
      },
      categories: [{ key: "all", name: "All", shortlistSize: 10 }],
    };
    const { createCampaign } = await run(server, create, { input }, token);
    assert.deepEqual(createCampaign.userErrors, []);
    const campaignId = createCampaign.campaign.id;
    const nameOf = (number) => (number === 500 ? long : `Person ${number}`);
    const numbers = Array.from({ length: 1_000 }, (_, index) => index + 1);
    const rows = numbers.map((number) => `${number},all,${nameOf(number)},Employer ${number % 50}`);
    const sheet = ["编号 / Number,类别 / Category,姓名 / Name,单位 / Employer", ...rows].join("\r\n");
    await importNominees(server, token, { organisationId: organisation.id, campaignId, sheet });
    const announce = "mutation ($input: CampaignStepInput!) { announceCampaign(input: $input) { userErrors { code } } }";
    const { announceCampaign } = await run(server, announce, { input: { campaignId } }, token);
    assert.deepEqual(announceCampaign.userErrors, []);
  });

  test("opens, finds one of them, and goes to the last", async (context) => {
    const { page, complaints } = await openAs(context, emails.owner, `${desk}/c/${slug}/nominees`);
    await page.getByText("1,000 nominees", { exact: true }).waitFor();
    await page.getByRole("searchbox").fill("Person 777");
    await page.locator(".roster").getByText("Person 777", { exact: true }).waitFor();
    await page.getByText("1 of 1,000 nominees", { exact: true }).waitFor();
    await page.getByRole("searchbox").fill("");
    // The rows of the search go with it, and the focus with them.
    await page.getByText("1,000 nominees", { exact: true }).waitFor();
    await page.locator(".roster [data-column=name]").first().focus();
    await page.keyboard.press("ControlOrMeta+End");
    await page.locator(".roster").getByText("Person 1000", { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  });

  for (const [name, device] of [
    ["a laptop", laptop],
    ["a phone", { ...phone, locale: "en-GB" }],
  ]) {
    test(`shows a name of 200 characters on ${name}, nothing wider than the screen`, async (context) => {
      assert.equal([...long].length, 200);
      const { page } = await openAs(context, emails.owner, `${desk}/c/${slug}/nominees?q=500`, device);
      await page.getByText("1 of 1,000 nominees", { exact: true }).waitFor();
      await expectAccessible(page, "a long name in the list");
      await page.locator(".roster a, .roster-cards a").first().click();
      const sheet = page.getByRole("dialog");
      assert.equal(await field(sheet, "Name").inputValue(), long);
      await expectAccessible(page, "a long name at the side");
      const isInside = await sheet.evaluate((element) => element.scrollWidth <= element.clientWidth);
      assert.ok(isInside, "the sheet scrolls sideways");
      // More is not taken.
      await field(sheet, "Name").pressSequentially("more");
      assert.equal(await field(sheet, "Name").inputValue(), long);
    });
  }

  test("shows an editor no figures", async (context) => {
    const { page } = await openAs(context, emails.editor, `${desk}/c/${slug}`);
    await page.getByRole("note").waitFor();
    assert.equal(await page.locator("[data-figure], .board").count(), 0);
    assert.equal(await page.locator("#side").getByRole("link", { name: /Result|Export|Import|Log|Signals|Votes withheld/ }).count(), 0);
    for (const part of ["signals", "withholding", "result", "exports", "log", "imports"]) {
      await page.goto(`${desk}/c/${slug}/${part}`);
      await page.getByText("There is nothing at this address").waitFor();
    }
    await goBySide(page, t, /^Nominees/);
    await page.getByRole("grid").waitFor();
    assert.equal(await page.getByRole("columnheader", { name: "Votes" }).count(), 0);
    const editor = await staffToken(server, emails.editor, password);
    const query = "query ($slug: String!) { campaign(slug: $slug) { tally { rawVotes } nominees(first: 1) { nodes { votes } } } }";
    const { tally, nominees } = (await run(server, query, { slug }, editor)).campaign;
    assert.deepEqual({ tally, nominees }, { tally: null, nominees: { nodes: [{ votes: null }] } });
    // The same is there for who may see it.
    const { page: owner } = await openAs(context, emails.owner, `${desk}/c/${slug}`);
    await owner.locator("[data-figure=votes]").getByText("0", { exact: true }).waitFor();
  });
});

describe("members who look for what they may not do", () => {
  /** What an auditor may press: it looks for something, opens something or fetches something. */
  const harmless = new RegExp(
    `^(${[
      ...["Menu", "中文", "Sign out", "Keys \\?", "Close", "Show all.*", "More.*", "\\d+ more"],
      ...["All", "Draft", "In review", "Approved", "Scheduled", "Published", "Retracted"].map((state) => `${state}( \\d+)?`),
      // Stories of the calendar, which are opened.
      ...["Hours", "Days", "Last hour", "24 hours", "\\d\\d:\\d\\d .*"],
      ...["Write", "Preview", "Month", "Week", "Today", "Earlier", "Later"],
      ...["No\\.", "Name", "Employer", "Post", "City", "Category", "State", "Votes"],
    ].join("|")})$`,
  );

  test("an auditor sees everything and no button that changes anything", async (context) => {
    const nominee = takeNominee();
    const { page, complaints } = await openAs(context, emails.auditor, demo);
    const story = (await run(server, '{ stories(first: 1) { nodes { id } } }')).stories.nodes[0].id;
    const office = `${desk}/o/${organisation.slug}`;
    const views = [
      [demo, "Overview"],
      [`${demo}/nominees`, "Nominees"],
      [`${demo}/nominees/${nominee.id}`, nominee.name],
      [`${demo}/stories`, "Stories"],
      [`${demo}/stories/${story}`, /./],
      [`${demo}/schedule`, "Schedule"],
      [`${demo}/rules`, "Rules and times"],
      [`${demo}/signals`, "Signals"],
      [`${demo}/withholding`, "Votes withheld"],
      [`${demo}/result`, "Result and report"],
      [`${demo}/log`, "Log"],
      [office, "Campaigns"],
      [`${office}/members`, "Members"],
      [`${office}/log`, "Log"],
    ];
    const buttons = new Set();
    for (const [path, heading] of views) {
      await page.goto(path);
      await page.locator("main h1, dialog h2").filter({ hasText: heading }).first().waitFor();
      // What is read first decides what is offered.
      await page.waitForLoadState("networkidle");
      for (const button of await page.getByRole("button").all()) {
        const text = (await button.getAttribute("aria-label")) ?? (await button.innerText());
        if (await button.isVisible()) buttons.add(`${new URL(path).pathname}: ${text.replace(/\s+/g, " ").trim()}`);
      }
      const typed = await page
        .locator("main, dialog")
        .locator("input:not([type=search]):not([type=checkbox]):not([type=date]), textarea")
        .evaluateAll((inputs) => inputs.filter((input) => input.checkVisibility() && !input.disabled && !input.readOnly).map((input) => input.outerHTML));
      assert.deepEqual(typed, [], path);
    }
    const changing = [...buttons].filter((button) => !harmless.test(button.slice(button.indexOf(": ") + 2)));
    assert.deepEqual(changing, []);
    for (const path of [`${demo}/imports`, `${desk}/o/${organisation.slug}/new`]) {
      await page.goto(path);
      await page.getByText("There is nothing at this address").waitFor();
    }
    assert.deepEqual(complaints, []);
  });

  test("an auditor is refused by the API", async () => {
    const nominee = takeNominee();
    const auditor = await staffToken(server, emails.auditor, password);
    const input = { nomineeId: nominee.id, expectedRevision: 1, city: "Elsewhere" };
    const response = await fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${auditor}` },
      body: JSON.stringify({
        query: "mutation ($input: UpdateNomineeInput!) { updateNominee(input: $input) { userErrors { code } } }",
        variables: { input },
      }),
    });
    const { errors } = await response.json();
    assert.equal(errors[0].extensions.code, "FORBIDDEN");
    assert.notEqual((await findNominee(nominee.id)).city, "Elsewhere");
  });

  test("a campaign of another organisation is not there", async (context) => {
    await server.command(["organisation", "add", "--slug", "others", "--name", "Others"]);
    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
    const campaign = ["--organisation", "others", "--slug", "theirs", "--title", "Theirs", "--opens", day(1), "--closes", day(2)];
    await server.command(["campaign", "create", ...campaign, "--votes", "1", "--category", "a=A:1"]);
    const { page } = await openAs(context, emails.owner, `${desk}/c/theirs`);
    await page.getByText("There is nothing at this address").waitFor();
    await page.goto(`${desk}/o/others`);
    await page.getByText("There is nothing at this address").waitFor();
    assert.ok(!(await page.content()).includes("Theirs"));
  });
});
