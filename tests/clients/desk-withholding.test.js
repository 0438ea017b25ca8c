// Votes are withheld at the desk: one member looks at them and proposes, on a laptop in English, another decides on a
// phone in Chinese, and the public reads why.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { post, run } from "./api.js";
import { expectAccessible } from "./axe.js";
import { desktop, laptop, open, phone, startBrowser } from "./browser.js";
import { field, goBySide, named, openDesk, staffToken, words } from "./desk.js";
import { startServer } from "./server.js";
import { eventually } from "./waiting.js";

const server = await startServer(
  { after },
  {
    // Voters come from the networks that their requests name.
    ACCLAIM_TRUSTED_PROXIES: "127.0.0.1/32",
    ACCLAIM_LIMIT_QUERY: "100000/1000000",
    ACCLAIM_LIMIT_STAFF: "100000/1000000",
    ACCLAIM_LIMIT_STAFF_SIGN_IN: "100/1000",
    ACCLAIM_LIMIT_SIGN_IN: "100/1000",
  },
);
const browser = await startBrowser(after);
const [, email, password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(server.log), "the sign-in");
const proposer = { email, password, t: words.en, device: laptop };
const darkPhone = { ...phone, colorScheme: "dark" };
const approver = { email: "second@demo.example", password: "a lamp, a dog and a sea", t: words.zh, device: darkPhone };
const auditor = { email: "auditor@demo.example", password, t: words.en, device: laptop };

const token = await staffToken(server, email, password);
const { viewer } = await run(server, "{ viewer { memberships { organisation { id slug } } } }", {}, token);
const { id: organisationId, slug: organisation } = viewer.memberships[0].organisation;
const account = ["--email", approver.email, "--name", "林批准", "--organisation", organisation, "--role", "organiser"];
await server.command(["staff", "add", ...account], `${approver.password}\n`);
const approverToken = await staffToken(server, approver.email, approver.password);

/** Executes a mutation of a member that must not be refused, and gives its payload. */
async function change(name, type, selection, input, as = token) {
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code } } }`;
  const payload = (await run(server, document, { input }, as))[name];
  assert.deepEqual(payload.userErrors, [], name);
  return payload;
}

/** An operation of somebody in a network. */
async function ask(network, query, variables, as) {
  const headers = { "x-forwarded-for": network, ...(as && { authorization: `Bearer ${as}` }) };
  const { json } = await post(server, { query, variables }, headers);
  assert.equal(json.errors, undefined, JSON.stringify(json.errors));
  return json.data;
}

const script = "203.0.113.7";
const company = "198.51.100.9";

/** A vote of a new guest: after a look at the campaign, or without one. */
async function vote(campaign, network, nominee, isSeen) {
  const guest = "mutation ($input: SignInGuestInput!) { signInGuest(input: $input) { session { accessToken } } }";
  const { signInGuest } = await ask(network, guest, { input: { deviceId: randomUUID() } });
  const voter = signInGuest.session.accessToken;
  const look = "query ($id: ID!) { campaign(id: $id) { ticket } }";
  const seen = isSeen && { ticket: (await ask(network, look, { id: campaign.id }, voter)).campaign.ticket };
  const input = { nomineeId: campaign.nominees[nominee], idempotencyKey: randomUUID(), ...seen };
  const cast = "mutation ($input: CastVoteInput!) { castVote(input: $input) { userErrors { code } } }";
  assert.deepEqual((await ask(network, cast, { input }, voter)).castVote.userErrors, []);
}

/**
 * A campaign whose first of four nominees has six votes of a script and one of a person, before five, four and three of
 * a company's people; three of them are selected.
 */
async function makeCampaign(slug) {
  const now = Date.now();
  const { campaign } = await change("createCampaign", "CreateCampaignInput", "campaign { id categories { id } }", {
    ...{ organisationId, slug, idempotencyKey: randomUUID(), title: `Makers of ${slug}` },
    votingOpensAt: new Date(now - 5_000).toISOString(),
    votingClosesAt: new Date(now + 86_400_000).toISOString(),
    rules: {
      ...{ period: "DAY", scope: "CATEGORY", votesPerPeriod: 10, tallyVisibility: "LIVE", challenge: "NEVER" },
      admits: ["GUEST", "WECHAT_MINI_PROGRAM"],
    },
    categories: [{ key: "makers", name: "Makers", shortlistSize: 3 }],
  });
  const made = { id: campaign.id, slug, nominees: [], desk: `${server.origin}/desk/c/${slug}` };
  for (const [index, name] of ["Ada", "Ben", "Cai", "Dan"].entries()) {
    const person = { categoryId: campaign.categories[0].id, number: index + 1, name, employer: `Employer of ${name}` };
    const input = { campaignId: made.id, idempotencyKey: randomUUID(), ...person };
    const { nominee } = await change("createNominee", "CreateNomineeInput", "nominee { id }", input);
    made.nominees.push(nominee.id);
  }
  await change("announceCampaign", "CampaignStepInput", "", { campaignId: made.id });
  for (let index = 0; index < 6; index++) await vote(made, script, 0, false);
  for (const [nominee, votes] of [1, 5, 4, 3].entries()) {
    for (let index = 0; index < votes; index++) await vote(made, company, nominee, true);
  }
  return made;
}

const openAs = (context, member, url) => openDesk(browser, context, { url, ...member });
const says = (page, text) => page.locator(".notices").getByText(text, { exact: true }).waitFor();
const standingIs = (place, standing) => place.locator(`[data-standing="${standing}"]`).first().waitFor();

/** Waits until the tally has so many votes that count and that are withheld. */
const talliesAre = ({ id }, counted, withheld) =>
  eventually(async () => {
    const query = "query ($id: ID!) { campaign(id: $id) { tally { countedVotes withheldVotes } } }";
    const { tally } = (await run(server, query, { id }, token)).campaign;
    return tally.countedVotes === counted && tally.withheldVotes === withheld;
  }, `${counted} votes that count and ${withheld} that are withheld`);

/** Waits until a nominee has so many votes on the public's board, which is not loaded anew. */
const boardHas = (page, number, votes) =>
  page.waitForFunction(
    ([selector, text]) => {
      const figure = document.querySelector(selector);
      return figure && (figure.querySelector(".unseen") ?? figure).textContent === text;
    },
    [`.board [data-number="${number}"] .figure`, String(votes)],
  );

const cells = (row) => row.locator("th, td").allInnerTexts();
const squeezed = (texts) => texts.map((text) => text.replace(/\s+/g, " ").trim());

/** A proposal by the API to withhold what the script cast. */
async function propose({ id, nominees }, reason) {
  const selection = { nomineeIds: [nominees[0]], behaviours: ["UNSEEN"] };
  const input = { campaignId: id, selection, reason };
  const payload = await change("proposeWithholding", "ProposeWithholdingInput", "rule { id editRevision }", input);
  return payload.rule;
}

const campaign = await makeCampaign("makers");

describe("votes are withheld", () => {
  test("one member proposes from the groups, another applies, and it is reverted", async (context) => {
    const [one, board] = await Promise.all([
      openAs(context, proposer, campaign.desk),
      open(browser, context, `${server.origin}/c/${campaign.slug}/board`, desktop),
    ]);
    const { page } = one;
    await boardHas(board.page, 1, 7);

    // Nothing is withheld yet; the votes are looked at.
    await goBySide(page, proposer.t, "Votes withheld");
    await page.getByText("No votes are withheld").waitFor();
    await expectAccessible(page, "no rules yet");
    await named(page, "link", "Look at votes").click();
    const rows = page.locator("table.groups tbody tr");
    await page.getByText("20,000 honest voters").waitFor();
    await page.waitForFunction(() => document.querySelectorAll("table.groups tbody tr").length === 2);
    const shownFor = (text) => rows.filter({ hasText: text });
    const ofCompany = squeezed(await cells(rows.nth(0)));
    assert.deepEqual([ofCompany[2], ofCompany[3], ofCompany[4], ofCompany[7]], ["13", "13", "0", "0"]);
    const ofScript = squeezed(await cells(rows.nth(1)));
    assert.deepEqual(ofScript.slice(2), ["6", "6", "6 100%", "0", "6 100%", "0"]);
    const key = ofScript[1];
    assert.match(key, /^[0-9a-f]{8}$/);
    assert.notEqual(key, ofCompany[1]);

    // For one nominee; a time at which there was nothing; and the address has what is looked for.
    const forNominee = page.getByRole("combobox", { name: "For the nominee" });
    await forNominee.fill("Ada");
    await page.getByRole("option", { name: /Ada/ }).click();
    await field(page, "Until").fill("2020-01-01T00:00");
    await named(page, "button", "Look").click();
    await page.getByText("There are no votes like this.").waitFor();
    await field(page, "Until").fill("");
    await named(page, "button", "Look").click();
    await page.waitForFunction(() => document.querySelectorAll("table.groups tbody tr").length === 2);
    assert.deepEqual(squeezed(await cells(rows.nth(0)))[2], "6");
    assert.deepEqual(squeezed(await cells(rows.nth(1)))[2], "1");
    assert.ok(new URL(page.url()).searchParams.get("nominee"));
    await page.reload();
    await shownFor(key).waitFor();
    assert.equal(await forNominee.inputValue(), "1 · Ada");

    // The script's group is selected, and proposed. Without a behaviour it takes a window of time, too.
    assert.equal(await named(page, "button", "Propose to withhold…").count(), 0);
    await page.getByRole("checkbox", { name: `Select ${key}` }).check();
    await page.getByText("1 selected: 6 votes", { exact: true }).waitFor();
    await expectAccessible(page, "the groups");
    await named(page, "button", "Propose to withhold…").click();
    const sheet = page.getByRole("dialog");
    await sheet.locator(".names").getByText("1 · Ada", { exact: true }).waitFor();
    await sheet.locator(".names").getByText(key, { exact: true }).waitFor();
    assert.ok(await named(sheet, "button", "Propose").isDisabled());
    const reason = "Six votes in a row, none after a look at the page";
    await field(sheet, "Reason, which the public reads").fill(reason);
    const unseen = sheet.getByRole("checkbox", { name: /^unseen/ });
    await unseen.uncheck();
    await expectAccessible(page, "the proposal");
    await named(sheet, "button", "Propose").click();
    await sheet.getByRole("alert").getByText(/names too much/).waitFor();
    await unseen.check();
    await named(sheet, "button", "Propose").click();
    await says(page, "Proposed. Somebody else applies it.");

    // What it names and would change; who proposed it may turn it down only.
    await standingIs(page, "draft");
    await page.getByText("You proposed this: another owner or organiser applies it.").waitFor();
    await page.locator("[data-figure=effect]").getByText("6 votes of 6 voters", { exact: true }).waitFor();
    await page.getByText("2 nominees cross the cut line").waitFor();
    const changes = await page.locator(".effect tbody tr").evaluateAll((rows) =>
      rows.map((row) => [...row.cells].map((cell) => (cell.querySelector("[aria-hidden]") ?? cell).textContent).join("|")),
    );
    assert.deepEqual(changes.sort(), [
      "1 · Adacrosses the cut line|6|7 → 1|1 → 4",
      "2 · Ben|–|5|2 → 1",
      "3 · Cai|–|4|3 → 2",
      "4 · Dancrosses the cut line|–|3|4 → 3",
    ]);
    await expectAccessible(page, "a proposal of one's own");
    assert.equal(await named(page, "button", "Apply…").count(), 0);
    assert.equal(await named(page, "button", "Turn down…").count(), 1);
    const id = decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1));
    const apply = "mutation ($input: ApplyWithholdingInput!) { applyWithholding(input: $input) { userErrors { code } } }";
    const own = { ruleId: id, expectedRevision: 1, typedVotes: 6 };
    const { applyWithholding } = await run(server, apply, { input: own }, token);
    assert.deepEqual(applyWithholding.userErrors, [{ code: "SAME_PERSON" }]);
    await talliesAre(campaign, 19, 0);

    // The other reads it, types the number, and applies it.
    const other = await openAs(context, approver, campaign.desk);
    await goBySide(other.page, approver.t, "暂扣选票");
    const row = other.page.locator(`[data-rule="${id}"]`);
    await standingIs(row, "draft");
    await row.getByText("提出时 6 票", { exact: true }).waitFor();
    await expectAccessible(other.page, "the rules on a phone");
    await row.getByRole("link", { name: reason }).tap();
    await other.page.locator(".effect").getByText("2 位候选人跨越入选线").waitFor();
    await expectAccessible(other.page, "a proposal on a phone");
    await named(other.page, "button", "批准…").tap();
    const question = other.page.getByRole("dialog");
    const confirm = named(question, "button", "暂扣");
    await question.getByLabel("请输入“6”以确认").fill("5");
    assert.ok(await confirm.isDisabled());
    await question.getByLabel("请输入“6”以确认").fill("6");
    await expectAccessible(other.page, "the question before applying");
    await confirm.tap();
    await says(other.page, "已批准，正在暂扣。");
    await standingIs(other.page, "holding");
    await other.page.locator("[data-figure=held]").getByText("6", { exact: true }).waitFor();
    await talliesAre(campaign, 13, 6);
    await boardHas(board.page, 1, 1);
    await boardHas(board.page, 2, 5);

    // Who proposed it sees it come by itself, and lets the votes go again.
    await standingIs(page, "holding");
    await page.locator("[data-figure=held]").getByText("6", { exact: true }).waitFor();
    await page.locator(".steps").getByText(/^Applied by 林批准/).waitFor();
    await expectAccessible(page, "a rule that holds votes");
    await named(page, "button", "Revert…").click();
    const undo = named(page.getByRole("dialog"), "button", "Revert");
    assert.ok(await undo.isDisabled());
    await field(page.getByRole("dialog"), "Reason").fill("A class had voted from one room");
    await undo.click();
    await says(page, "Reverted. The votes are being let go.");
    await page.locator(".steps q").getByText("A class had voted from one room", { exact: true }).waitFor();
    await standingIs(page, "reverted");
    await page.locator("[data-figure=held]").getByText("0", { exact: true }).waitFor();
    await talliesAre(campaign, 19, 0);
    await boardHas(board.page, 1, 7);
    assert.equal(await named(page, "button", "Revert…").count(), 0);

    // The log has all three.
    await goBySide(page, proposer.t, "Log");
    for (const text of [/proposed to withhold 6 votes of/, /林批准 withheld votes of/, /let withheld votes of .* count again/]) {
      await page.locator("main").getByText(text).first().waitFor();
    }
    for (const window of [one, other, board]) {
      assert.deepEqual(window.complaints, []);
      assert.deepEqual(window.foreign(), []);
    }
  });

  test("a proposal that was turned down meanwhile is told where it was to be applied", async (context) => {
    const rule = await propose(campaign, "Looks odd");
    const url = `${campaign.desk}/withholding/${encodeURIComponent(rule.id)}`;
    const { page } = await openAs(context, approver, url);
    await named(page, "button", "批准…").click();
    const question = page.getByRole("dialog");
    await question.getByLabel("请输入“6”以确认").fill("6");
    const input = { ruleId: rule.id, expectedRevision: rule.editRevision, reason: "Not enough to go by" };
    await change("revertWithholding", "RevertWithholdingInput", "rule { id }", input);
    await named(question, "button", "暂扣").click();
    await question.getByRole("alert").getByText(/请刷新/).waitFor();
    // The answer has brought the rule as it stands: nothing had to be asked again.
    assert.equal(await page.locator("[data-standing=turnedDown]").count(), 1);
    await named(question, "button", "取消").click();
    await page.locator(".steps q").getByText("Not enough to go by", { exact: true }).waitFor();
    assert.equal(await named(page, "button", "批准…").count(), 0);
    await talliesAre(campaign, 19, 0);
  });

  test("a rule for accounts that the platform rates highest is proposed without a group", async (context) => {
    const { page, complaints } = await openAs(context, proposer, `${campaign.desk}/withholding/votes`);
    await named(page, "button", "Propose by rating…").click();
    const sheet = page.getByRole("dialog");
    const rated = sheet.getByRole("checkbox", { name: "Only votes of accounts that the platform rates 4" });
    assert.ok(await rated.isChecked());
    for (const name of [/^unseen/, /^fast/]) assert.equal(await sheet.getByRole("checkbox", { name }).isChecked(), false);
    await field(sheet, "Reason, which the public reads").fill("The platform advises not to count these accounts");
    await expectAccessible(page, "a proposal by rating");
    // There is no such account here, and without the rating the selection is none.
    await named(sheet, "button", "Propose").click();
    await sheet.getByRole("alert").getByText(/No vote that counts/).waitFor();
    await rated.uncheck();
    await named(sheet, "button", "Propose").click();
    await sheet.getByRole("alert").getByText(/names too much/).waitFor();
    await rated.check();
    await sheet.getByRole("checkbox", { name: /^Stays active/ }).check();
    await named(sheet, "button", "Propose").click();
    await says(page, "Proposed. Somebody else applies it.");
    await page.locator(".names").getByText("rated 4 by the platform", { exact: true }).waitFor();
    await page.getByText("By the platform’s rating").first().waitFor();
    const id = decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1));
    await goBySide(page, proposer.t, "Votes withheld");
    const row = page.locator(`[data-rule="${id}"]`);
    await row.getByText("By the platform’s rating", { exact: true }).waitFor();
    await row.getByText("rated 4 by the platform").waitFor();
    const input = { ruleId: id, expectedRevision: 1, reason: "Not needed" };
    await change("revertWithholding", "RevertWithholdingInput", "rule { id }", input);
    assert.deepEqual(complaints, []);
  });

  test("an auditor looks at everything, and changes nothing", async (context) => {
    const rule = await propose(campaign, "To be looked at");
    const { page } = await openAs(context, auditor, `${campaign.desk}/withholding/votes`);
    await page.waitForFunction(() => document.querySelectorAll("table.groups tbody tr").length === 2);
    assert.equal(await page.locator("table.groups input").count(), 0);
    await goBySide(page, auditor.t, "Votes withheld");
    await page.locator(`[data-rule="${rule.id}"] a`).click();
    await page.locator("[data-figure=effect]").getByText("6 votes of 6 voters", { exact: true }).waitFor();
    assert.deepEqual(await page.locator("main button").allInnerTexts(), ["Count again"]);
  });

  test("the public reads the reason with the published result", async (context) => {
    const reason = "Six votes without a look at the page, within a minute";
    const rule = await propose(campaign, reason);
    const input = { ruleId: rule.id, expectedRevision: rule.editRevision, typedVotes: 6 };
    await change("applyWithholding", "ApplyWithholdingInput", "rule { id }", input, approverToken);
    await talliesAre(campaign, 13, 6);
    const { page, complaints } = await open(browser, context, "about:blank", phone);
    const address = `${server.origin}/c/${campaign.slug}/result`;
    const step = (name) =>
      eventually(async () => {
        const document = `mutation ($input: CampaignStepInput!) { ${name}(input: $input) { userErrors { code } } }`;
        return (await run(server, document, { input: { campaignId: campaign.id } }, token))[name].userErrors.length === 0;
      }, name);
    await step("closeVoting");
    await page.goto(address);
    await page.getByRole("heading", { name: "计票办法" }).waitFor();
    assert.equal(await page.getByText(reason).count(), 0, "nothing is said before the result is out");
    await step("publishResult");
    await page.reload();
    const listed = page.locator(".withholdings li");
    await listed.getByText(reason, { exact: true }).waitFor();
    assert.match(await listed.locator(".hint").textContent(), /^6 票，.+ 起暂扣，依据投票方式$/);
    assert.equal(await listed.count(), 1, "rules that were reverted or turned down are none");
    await expectAccessible(page, "a result with withheld votes");
    assert.deepEqual(complaints, []);
  });
});
