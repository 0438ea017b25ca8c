// The result of a small campaign, from before the close to its publication: places and ties as the server ranks them, by
// votes that were really cast, and what the rules keep hidden.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { run, signIn } from "./api.js";
import { expectAccessible } from "./axe.js";
import { desktop, open, phone, rewriteAnswers, startBrowser } from "./browser.js";
import { staffToken } from "./desk.js";
import { startServer } from "./server.js";
import { eventually } from "./waiting.js";

const many = "100000/1000000";
const server = await startServer({ after }, { ACCLAIM_LIMIT_QUERY: many, ACCLAIM_LIMIT_SIGN_IN: "100/1000" });
const browser = await startBrowser(after);
const [, email, password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(server.log), "the sign-in");
const token = await staffToken(server, email, password);
const { viewer } = await run(server, "{ viewer { memberships { organisation { id } } } }", {}, token);
const organisationId = viewer.memberships[0].organisation.id;

/** The narrowest phone. */
const narrow = { ...phone, viewport: { width: 320, height: 640 } };

/** Executes a mutation of the organiser that must not be refused, and gives its payload. */
async function change(name, type, selection, input) {
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code } } }`;
  const payload = (await run(server, document, { input }, token))[name];
  assert.deepEqual(payload.userErrors, [], name);
  return payload;
}

/** A campaign that is open, with two categories: one whose nominees get votes, and one without. */
async function makeCampaign(slug, tallyVisibility) {
  const now = Date.now();
  const { campaign } = await change("createCampaign", "CreateCampaignInput", "campaign { id categories { id } }", {
    ...{ organisationId, slug, idempotencyKey: randomUUID(), title: `Makers of ${slug}` },
    votingOpensAt: new Date(now - 5_000).toISOString(),
    votingClosesAt: new Date(now + 86_400_000).toISOString(),
    rules: { period: "DAY", scope: "CATEGORY", votesPerPeriod: 10, tallyVisibility, admits: ["GUEST", "WECHAT_MINI_PROGRAM"], challenge: "NEVER" },
    categories: [
      { key: "makers", name: "Makers", shortlistSize: 3 },
      { key: "others", name: "Others", shortlistSize: 3 },
    ],
  });
  const [makers, others] = campaign.categories;
  const nominees = [];
  for (const [number, name] of ["Ada", "Ben", "Cai", "Dan", "Eve", "Fay"].entries()) {
    const input = { campaignId: campaign.id, categoryId: makers.id, number: number + 1, name, employer: `Employer of ${name}` };
    const made = await change("createNominee", "CreateNomineeInput", "nominee { id }", { ...input, idempotencyKey: randomUUID() });
    nominees.push(made.nominee.id);
  }
  const alone = { campaignId: campaign.id, categoryId: others.id, number: 7, name: "Gus", employer: "Employer of Gus" };
  await change("createNominee", "CreateNomineeInput", "nominee { id }", { ...alone, idempotencyKey: randomUUID() });
  await change("announceCampaign", "CampaignStepInput", "", { campaignId: campaign.id });
  return { id: campaign.id, slug, address: `${server.origin}/c/${slug}/result`, nominees };
}

/** Casts votes by one voter each list: Cai and Dan share the third of three places, and only one of them fits. */
async function castVotes({ nominees }) {
  for (const count of [5, 4, 2, 1]) {
    const voter = await signIn(server);
    for (const nomineeId of nominees.slice(0, count)) {
      const document = "mutation ($input: CastVoteInput!) { castVote(input: $input) { userErrors { code } } }";
      const input = { nomineeId, idempotencyKey: randomUUID() };
      const { castVote } = await run(server, document, { input }, voter);
      assert.deepEqual(castVote.userErrors, []);
    }
  }
}

/** A step of a campaign's life, once the server is ready for it. */
async function step(name, { id }) {
  const document = `mutation ($input: CampaignStepInput!) { ${name}(input: $input) { userErrors { code } } }`;
  await eventually(async () => {
    const { userErrors } = (await run(server, document, { input: { campaignId: id } }, token))[name];
    return userErrors.length === 0;
  }, name);
}

const openResult = (context, { address }, device) => open(browser, context, address, device);

/** The rows of the list as they are read: rank, name, votes, and what is said of a tie. */
const rowsOf = (page) =>
  page.locator(".places .place").evaluateAll((rows) =>
    rows.map((row) => {
      const text = (selector) => row.querySelector(selector)?.textContent ?? "";
      const words = [...row.querySelectorAll(".tie")].map((tie) => tie.textContent);
      return [text(".rank span"), text("strong"), text(".figure b"), words.join(" ")].join("|");
    }),
  );

const podiumOf = (page) =>
  page.locator(".podium li").evaluateAll((places) =>
    places.map((place) => [".podium-place", "strong", ".podium-votes"].map((part) => place.querySelector(part).textContent).join("|")),
  );

const running = await makeCampaign("running", "AFTER_CLOSE");
const shown = await makeCampaign("shown", "AFTER_CLOSE");
const hidden = await makeCampaign("hidden", "STAFF_ONLY");
for (const campaign of [shown, hidden]) await castVotes(campaign);
await step("closeVoting", shown);
await step("closeVoting", hidden);

describe("the result", () => {
  test("says before the close when it will be there, and leads to the vote", async (t) => {
    const { page, response, complaints, foreign } = await openResult(t, running, phone);
    assert.equal(response.status(), 200);
    await page.getByRole("heading", { name: "投票结束后公布结果" }).waitFor();
    await page.getByText("每位投票人每天每个类别可投 10 票").waitFor();
    await page.getByText("微信小程序用户和浏览器访客均可投票。").waitFor();
    assert.equal(await page.locator(".podium, .places").count(), 0);
    await page.getByRole("link", { name: "去投票" }).tap();
    await page.getByRole("button", { name: /^为Ada投票$/ }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "投票结束后公布结果" }).waitFor();
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });

  test("is provisional after the close, and its figures are read again until it is published", async (t) => {
    const { page } = await open(browser, t, "about:blank", desktop);
    await page.clock.install();
    let later = 0;
    await rewriteAnswers(page, (data) => {
      if (data.campaign?.tally) data.campaign.tally.guestVotes = 0;
      for (const entry of data.campaign?.tally?.entries ?? []) if (entry.nominee.number === 1) entry.votes += later;
    });
    await page.goto(shown.address);
    await page.getByText("have yet to publish the result").waitFor();
    assert.deepEqual(await podiumOf(page), ["First|Ada|4 votes", "Second|Ben|3 votes"]);
    assert.equal(await page.getByText("from guests").count(), 0, "guests are told of where there are any");
    assert.equal(await page.getByRole("button", { name: /^Certificate/ }).count(), 0);
    later = 5;
    await eventually(async () => {
      await page.clock.fastForward(30_000);
      return (await podiumOf(page))[0] === "First|Ada|9 votes";
    }, "the later figures");
  });

  test("keeps figures that are the organisers' own, and says so", async (t) => {
    const { page, complaints } = await openResult(t, hidden, desktop);
    await page.getByRole("heading", { name: "The figures of this vote are not public" }).waitFor();
    await page.getByText("seen by the organisers only").waitFor();
    assert.equal(await page.locator(".podium, .places, .turnout").count(), 0);
    assert.doesNotMatch(await page.locator("main").textContent(), /Ada|Ben/);
    assert.deepEqual(complaints, []);
  });

  for (const [name, campaign, landmark] of [
    ["before the close", running, ".result-ways"],
    ["hidden", hidden, ".result-ways"],
    ["closed", shown, ".places"],
  ]) {
    for (const [screen, device] of [
      ["a narrow phone", narrow],
      ["a dark narrow phone", { ...narrow, colorScheme: "dark", locale: "en-GB" }],
      ["a desktop", desktop],
      ["a dark desktop", { ...desktop, colorScheme: "dark" }],
    ]) {
      test(`has no serious findings ${name}, on ${screen}`, async (t) => {
        const { page } = await openResult(t, campaign, device);
        await page.locator(landmark).waitFor();
        await expectAccessible(page, `the result ${name}`);
      });
    }
  }
});

describe("a published result", () => {
  before(() => step("publishResult", shown));

  test("has places, ties and the line as the server ranks them", async (t) => {
    const { page, complaints, foreign } = await openResult(t, shown, desktop);
    await page.getByText("The result is published.").waitFor();
    assert.deepEqual(await podiumOf(page), ["First|Ada|4 votes", "Second|Ben|3 votes"]);
    assert.deepEqual(await rowsOf(page), ["3|Cai|2|tied undecided", "3|Dan|2|tied undecided", "5|Eve|1|", "6|Fay|0|"]);
    await page.getByText("2 nominees share place 3, and 1 of them can be chosen.").waitFor();
    await page.getByText("12 of 12 votes came from guests, who need no account.").waitFor();
    // The API has the last word.
    const query = `{ campaign(slug: "shown") { tally { countedVotes withheldVotes voters entries { rank nominee { name } } } } }`;
    const { tally } = (await run(server, query)).campaign;
    const ranks = tally.entries.map(({ rank, nominee }) => `${rank} ${nominee.name}`);
    assert.deepEqual(ranks, ["1 Ada", "2 Ben", "3 Cai", "3 Dan", "5 Eve", "6 Fay", "1 Gus"]);
    const turnout = await page.locator(".turnout > div").evaluateAll((rows) => rows.map((row) => row.textContent));
    const { countedVotes, withheldVotes, voters } = tally;
    assert.deepEqual([countedVotes, withheldVotes, voters], [12, 0, 4]);
    assert.deepEqual(turnout, ["Votes that count12", "Voters4", "Votes in all12", "Withheld0"]);
    await page.getByText("Each voter has 10 votes a day in each category").waitFor();
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });

  test("puts the first in the middle where there are three, and reads them out in their order", async (t) => {
    const { page } = await open(browser, t, "about:blank", desktop);
    await rewriteAnswers(page, (data) => {
      const dan = data.campaign?.tally?.entries?.find(({ nominee }) => nominee.name === "Dan");
      if (dan) Object.assign(dan, { votes: 1, rank: 4 });
    });
    await page.goto(shown.address);
    await page.locator(".podium li").nth(2).waitFor();
    const places = await page.locator(".podium li").evaluateAll((all) =>
      all.map((place) => ({ name: place.querySelector("strong").textContent, left: place.getBoundingClientRect().left })),
    );
    assert.deepEqual(places.map(({ name }) => name), ["Ada", "Ben", "Cai"]);
    const byPlace = places.sort((one, other) => one.left - other.left);
    assert.deepEqual(byPlace.map(({ name }) => name), ["Ben", "Ada", "Cai"]);
    assert.deepEqual((await rowsOf(page)).map((row) => row.split("|")[1]), ["Dan", "Eve", "Fay"]);
    await page.getByText("The top 3 are chosen").waitFor();
  });

  test("gives the chosen a certificate, and nobody else", async (t) => {
    const { page, complaints } = await openResult(t, shown, desktop);
    const buttons = page.getByRole("button", { name: /^Certificate of/ });
    await buttons.first().waitFor();
    assert.deepEqual(
      await buttons.evaluateAll((all) => all.map((button) => button.getAttribute("aria-label"))),
      ["Certificate of Ada", "Certificate of Ben"],
    );
    await buttons.first().click();
    const dialog = page.getByRole("dialog", { name: "Certificate of Ada" });
    const picture = dialog.getByRole("img", { name: /Ada, Employer of Ada: First place of Makers .* with 4 votes/ });
    await picture.waitFor();
    assert.deepEqual(await picture.evaluate((img) => [img.naturalWidth, img.naturalHeight]), [1080, 1440]);
    await expectAccessible(page, "the certificate");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(complaints, []);
  });

  test("is at the category and the place that were left, when somebody comes back", async (t) => {
    const { page } = await openResult(t, shown, narrow);
    await page.getByRole("button", { name: "Others" }).tap();
    await page.getByText("本类别没有投票。").waitFor();
    assert.equal(new URL(page.url()).searchParams.get("category"), "others");
    await page.getByRole("button", { name: "Makers" }).tap();
    await page.locator(".place").last().scrollIntoViewIfNeeded();
    const left = await page.evaluate(() => scrollY);
    assert.ok(left > 0, "the page scrolls");
    await page.locator(".place a").last().tap();
    await page.locator(".person").waitFor();
    await page.goBack();
    await page.locator(".place").last().waitFor();
    await eventually(() => page.evaluate((y) => Math.abs(scrollY - y) < 2, left), "the place that was left");
    // A link that names a category leads to it.
    await page.goto(`${shown.address}?category=others`);
    await page.getByText("本类别没有投票。").waitFor();
  });

  for (const [screen, device] of [
    ["a narrow phone", narrow],
    ["a dark narrow phone", { ...narrow, colorScheme: "dark", locale: "en-GB" }],
    ["a desktop", desktop],
    ["a dark desktop", { ...desktop, colorScheme: "dark" }],
  ]) {
    test(`has no serious findings on ${screen}`, async (t) => {
      const { page } = await openResult(t, shown, device);
      await page.getByRole("button", { name: /喜报|Certificate/ }).first().waitFor();
      await expectAccessible(page, "the published result");
      const small = await page.locator("main button:visible, main .button:visible").evaluateAll((targets) =>
        targets.filter((target) => {
          const { width, height } = target.getBoundingClientRect();
          return width < 44 || height < 44;
        }).map((target) => target.outerHTML),
      );
      assert.deepEqual(small, []);
    });
  }
});
