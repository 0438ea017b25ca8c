// What signals have found, at the desk: one member reads a case and proposes what it offers, another applies it; cases
// are dismissed and opened again; an auditor looks only, and an editor finds nothing.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { post, run } from "./api.js";
import { expectAccessible } from "./axe.js";
import { laptop, phone, startBrowser } from "./browser.js";
import { field, goBySide, named, openDesk, staffToken, words } from "./desk.js";
import { startServer } from "./server.js";
import { alarm, changeCase, execute, offer, takeCampaign, writeCase, writeExamination } from "./signal-cases.js";
import { eventually } from "./waiting.js";

const server = await startServer(
  { after },
  {
    // The cases of this test are its own: no examination is to find that they are gone.
    ACCLAIM_SIGNALS: "off",
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
const editor = { email: "editor@demo.example", password, t: words.en, device: laptop };

const token = await staffToken(server, email, password);
const { viewer } = await run(server, "{ viewer { memberships { organisation { id slug } } } }", {}, token);
const { id: organisationId, slug: organisation } = viewer.memberships[0].organisation;
const account = ["--email", approver.email, "--name", "林批准", "--organisation", organisation, "--role", "organiser"];
await server.command(["staff", "add", ...account], `${approver.password}\n`);

/** Executes a mutation of a member that must not be refused, and gives its payload. */
async function change(name, type, selection, input) {
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code } } }`;
  const payload = (await run(server, document, { input }, token))[name];
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

/** A vote of a new guest, without a look at the campaign. */
async function vote(network, nominee) {
  const guest = "mutation ($input: SignInGuestInput!) { signInGuest(input: $input) { session { accessToken } } }";
  const { signInGuest } = await ask(network, guest, { input: { deviceId: randomUUID() } });
  const cast = "mutation ($input: CastVoteInput!) { castVote(input: $input) { userErrors { code } } }";
  const input = { nomineeId: nominee, idempotencyKey: randomUUID() };
  assert.deepEqual((await ask(network, cast, { input }, signInGuest.session.accessToken)).castVote.userErrors, []);
}

const startMs = Date.now();
const at = (ms) => new Date(startMs + ms).toISOString();
const hour = 3_600_000;
const day = { from: at(-12 * hour), until: at(12 * hour) };

/** A campaign of three nominees. Nobody examines it but the test: it is taken before it is announced. */
async function makeCampaign(slug) {
  const { campaign } = await change("createCampaign", "CreateCampaignInput", "campaign { id categories { id } }", {
    ...{ organisationId, slug, idempotencyKey: randomUUID(), title: `Makers of ${slug}` },
    votingOpensAt: new Date(Date.now() - 5_000).toISOString(),
    votingClosesAt: at(24 * hour),
    rules: {
      ...{ period: "DAY", scope: "CATEGORY", votesPerPeriod: 10, tallyVisibility: "LIVE", challenge: "NEVER" },
      admits: ["GUEST", "WECHAT_MINI_PROGRAM"],
    },
    categories: [{ key: "makers", name: "Makers", shortlistSize: 2 }],
  });
  const ids = [];
  for (const [index, name] of ["Ada", "Ben", "Cai"].entries()) {
    const person = { categoryId: campaign.categories[0].id, number: index + 1, name, employer: `Employer of ${name}` };
    const input = { campaignId: campaign.id, idempotencyKey: randomUUID(), ...person };
    ids.push((await change("createNominee", "CreateNomineeInput", "nominee { id }", input)).nominee.id);
  }
  const taken = takeCampaign(server, slug);
  await change("announceCampaign", "CampaignStepInput", "", { campaignId: campaign.id });
  return { ...taken, slug, campaignId: campaign.id, ids, desk: `${server.origin}/desk/c/${slug}` };
}

const points = [4, 60, 9].map((votes, step) => ({ at: at(-12 * hour + step * 1_800_000), votes, expected: 2.5 }));

/** A case of a network whose votes, all unseen, are the script's, and with it the same ballot. */
function networkCase({ nominees }, network) {
  const ada = nominees.get(1);
  const selector = { nomineeIds: [ada], addresses: [network], behaviours: ["UNSEEN"], ...day };
  const leading = alarm({
    ...{ signal: "SELECTIVE_NETWORK", nomineeIds: [ada], place: { network }, ...day, number: 73, expected: 7.5, points },
    ...{ votes: 73, voters: 70, offers: [offer(selector)] },
    findings: [
      { behaviour: "UNSEEN", number: 0.92, threshold: 0.56 },
      { behaviour: "REPEAT", number: 0.97, threshold: 0.95 },
    ],
  });
  const joined = { signal: "SAME_BALLOT", nomineeIds: [1, 2, 3].map((number) => nominees.get(number)), ...day };
  return [leading, alarm({ ...joined, number: 64, expected: 3, votes: 192, voters: 64 })];
}

/** A case of a concentration alone. */
const spikeCase = ({ nominees }, number) => [
  alarm({
    ...{ signal: "SHARE_SPIKE", nomineeIds: [nominees.get(number)], from: at(-2 * hour), until: at(-hour) },
    ...{ number: 90, expected: 30, votes: 90, voters: 89, points },
  }),
];

const openAs = (context, member, url) => openDesk(browser, context, { url, ...member });
const says = (page, text) => page.locator(".notices").getByText(text, { exact: true }).waitFor();
const standingIs = (place, standing) => place.locator(`[data-standing="${standing}"]`).first().waitFor();
const badge = (page) => page.locator("#side a").filter({ hasText: /Signals|线索/ }).locator(".badge");
const isCase = (path) => /\/signals\/[^/]+$/.test(path);

/** The id of the case that a signal leads, as the API has it. */
async function findCase({ campaignId }, kind) {
  const query = "query ($id: ID!) { campaign(id: $id) { desk { cases { id editRevision signals { kind } } } } }";
  const { cases } = (await run(server, query, { id: campaignId }, token)).campaign.desk;
  return cases.find(({ signals }) => signals[0].kind === kind);
}

const casePath = (campaign, { id }) => `${campaign.desk}/signals/${encodeURIComponent(id)}`;

describe("what signals have found", () => {
  test("a case is read, its offer proposed and applied, and the case shows the rule", async (context) => {
    const campaign = await makeCampaign("found");
    const script = "203.0.113.7";
    for (let index = 0; index < 4; index++) await vote(script, campaign.ids[0]);
    await vote("198.51.100.9", campaign.ids[1]);
    const find = "SELECT DISTINCT network_hash FROM vote WHERE campaign_id = ? AND nominee_id = ?";
    const bytes = (uuid) => ({ hex: uuid.replaceAll("-", "") });
    const [[network]] = execute(server, find, [bytes(campaign.id), bytes(campaign.nominees.get(1))]);

    // Before the first examination, and after one that found nothing.
    const { page, complaints, foreign } = await openAs(context, proposer, campaign.desk);
    await goBySide(page, proposer.t, "Signals");
    await page.getByText("Not examined yet: within five minutes of the opening.").waitFor();
    await expectAccessible(page, "signals before an examination");
    assert.equal(await badge(page).count(), 0);
    const [[opening]] = execute(server, "SELECT voting_opens_at FROM campaign WHERE id = ?", [bytes(campaign.id)]);
    writeExamination(campaign, { from: opening, to: at(0), votes: 5 });
    await page.reload();
    await page.getByText("Nothing was found that is worth a look.").waitFor();
    assert.match(await page.locator("[data-figure=examined]").innerText(), /^Last examined .*\d\d:\d\d: 5 votes$/);

    // Two cases, of which one is found no longer, and a concentration that is none.
    writeCase(campaign, { alarms: networkCase(campaign, network), foundAt: at(-hour) });
    writeCase(campaign, { alarms: spikeCase(campaign, 3), foundAt: at(-2 * hour), isCurrent: false });
    const listed = { signal: "SELECTIVE_NETWORK", nomineeIds: [campaign.nominees.get(2)], place: { network: "ab".repeat(16) } };
    const concentration = alarm({ ...listed, ...day, number: 41, expected: 3.5, votes: 41, voters: 41 });
    writeExamination(campaign, { from: at(0), to: at(0), votes: 5, listed: [concentration] });
    await goBySide(page, proposer.t, "Overview");
    const todo = page.locator(".todos li").filter({ hasText: "1 open case: votes that are worth a look" });
    await todo.getByRole("link").click();
    await badge(page).getByText("1", { exact: true }).waitFor();
    await page.locator("[data-figure=examined]").getByText(/those from .* on/).waitFor();
    const row = page.locator(".cases > li").first();
    await row.getByText("With it: Same ballot", { exact: true }).waitFor();
    assert.deepEqual(await row.locator(".behaviours li").allInnerTexts(), ["voted without a look", "the same voters day after day"]);
    await row.getByText("73 votes", { exact: true }).waitFor();
    assert.equal(await page.locator("[data-standing=gone]").isVisible(), false);
    await page.getByText("1 case dismissed, or no longer found").click();
    await standingIs(page, "gone");
    await page.getByText(/Dozens of honest workplaces/).waitFor();
    const cells = await page.locator(".listed tbody tr").locator("td").allInnerTexts();
    assert.deepEqual(cells.slice(1, 3), ["41", "3.5"]);
    assert.match(cells[0], /^41 voters from one network voted for Ben on /);
    await expectAccessible(page, "the list of cases");

    // The case: numbers, chart with its table, behaviours, and why a concentration alone offers nothing.
    await row.getByRole("link").click();
    const signal = page.locator('[data-signal="SELECTIVE_NETWORK"]');
    await signal.locator("[data-figure=number]").getByText("73", { exact: true }).waitFor();
    await signal.locator("[data-figure=expected]").getByText("about 7.5 would be usual").waitFor();
    assert.ok(isCase(new URL(page.url()).pathname));
    await signal.getByText("As a table").click();
    const table = await signal.locator(".under tbody tr").locator("td").allInnerTexts();
    assert.deepEqual(table, ["4", "2.5", "60", "2.5", "9", "2.5"]);
    const chart = signal.getByRole("slider");
    await chart.focus();
    await page.keyboard.press("Home");
    assert.match(await chart.getAttribute("aria-valuetext"), /4 votes, usual 2\.5$/);
    await signal.locator("[data-behaviour=UNSEEN]").getByText(/^92% of the visits .*56%/).waitFor();
    await signal.locator("[data-behaviour=REPEAT]").getByText("weak", { exact: true }).waitFor();
    const ballot = page.locator('[data-signal="SAME_BALLOT"]');
    await ballot.getByText(/A concentration alone is what a crowd makes, too/).waitFor();
    assert.equal(await named(ballot, "button", "Propose to withhold…").count(), 0);
    await expectAccessible(page, "a case");

    // Its votes in groups, with the one that the signal is about.
    await signal.getByRole("link", { name: "Look at these votes" }).click();
    const group = page.locator("table.groups tbody tr").filter({ hasText: "of the signal" });
    await group.getByText(network.slice(0, 8), { exact: true }).waitFor();
    await page.goBack();

    // What it offers is proposed, and leads to the rule.
    await signal.locator(".offers .names").getByText(network.slice(0, 8), { exact: true }).waitFor();
    await named(signal, "button", "Propose to withhold…").click();
    const sheet = page.getByRole("dialog");
    await sheet.locator(".names").getByText("1 · Ada", { exact: true }).waitFor();
    const reason = "Votes without a look at the page, all from one network";
    await field(sheet, "Reason, which the public reads").fill(reason);
    await expectAccessible(page, "the proposal of an offer");
    await named(sheet, "button", "Propose").click();
    await says(page, "Proposed. Somebody else applies it.");
    await page.locator("[data-figure=effect]").getByText("4 votes of 4 voters", { exact: true }).waitFor();
    await page.getByText("By how they were cast").waitFor();
    await badge(page).waitFor({ state: "detached" });

    // Another one applies it, on a phone.
    const other = await openAs(context, approver, page.url());
    await named(other.page, "button", "批准…").tap();
    const question = other.page.getByRole("dialog");
    await question.getByLabel("请输入“4”以确认").fill("4");
    await named(question, "button", "暂扣").tap();
    await says(other.page, "已批准，正在暂扣。");
    await goBySide(other.page, approver.t, "线索");
    const held = other.page.locator(".cases > li").first();
    await standingIs(held, "held");
    await expectAccessible(other.page, "the list of cases on a phone");
    await held.getByRole("link").tap();
    const rule = other.page.locator(".case-rules li");
    await rule.getByRole("link", { name: reason }).waitFor();
    await other.page.locator('[data-signal="SAME_BALLOT"]').getByText(/^仅有集中并不说明问题/).waitFor();
    await expectAccessible(other.page, "a case on a phone");
    for (const window of [{ complaints, foreign }, other]) {
      assert.deepEqual(window.complaints, []);
      assert.deepEqual(window.foreign(), []);
    }
  });

  test("a case is dismissed and opened again, and one that somebody else has judged is shown as it is", async (context) => {
    const campaign = await makeCampaign("judged");
    writeExamination(campaign, { from: at(-hour), to: at(0), votes: 90 });
    const id = writeCase(campaign, { alarms: spikeCase(campaign, 2), foundAt: at(-hour) });
    const path = casePath(campaign, await findCase(campaign, "SHARE_SPIKE"));
    const [{ page, complaints }, other] = await Promise.all([openAs(context, proposer, path), openAs(context, approver, path)]);
    await badge(page).getByText("1", { exact: true }).waitFor();
    await standingIs(other.page, "open");

    await named(page, "button", "Dismiss…").click();
    const question = page.getByRole("dialog");
    assert.ok(await named(question, "button", "Dismiss").isDisabled());
    await expectAccessible(page, "the question before a dismissal");
    await question.getByRole("textbox").fill("A class had voted from one room");
    await named(question, "button", "Dismiss").click();
    await says(page, "Dismissed.");
    await standingIs(page, "dismissed");
    await page.locator(".decided blockquote").getByText("A class had voted from one room", { exact: true }).waitFor();
    await expectAccessible(page, "a case that was dismissed");

    // The other still has it open: the refusal brings the case as it stands, and nothing has to be asked again.
    await named(other.page, "button", "排除…").tap();
    const late = other.page.getByRole("dialog");
    await late.getByRole("textbox").fill("同上");
    await named(late, "button", "排除").tap();
    await late.getByRole("alert").getByText("该线索已被他人处理，请刷新后再操作。").waitFor();
    assert.equal(await other.page.locator("[data-standing=dismissed]").count(), 1);
    await named(late, "button", "取消").tap();
    await other.page.locator(".decided blockquote").getByText("A class had voted from one room", { exact: true }).waitFor();

    await named(other.page, "button", "重新打开").tap();
    await says(other.page, "已重新打开。");
    await standingIs(other.page, "open");
    // So it is with the first, whose revision is older by now.
    await named(page, "button", "Open again").click();
    await page.locator(".notices").getByText(/Somebody else has decided on the case/).waitFor();
    assert.equal(await page.locator("[data-standing=open]").count(), 1);
    await named(page, "button", "Dismiss…").waitFor();

    // An examination no longer finds it.
    changeCase(campaign, id, { is_current: 0 });
    await page.reload();
    await standingIs(page, "gone");
    await page.getByText(/The last examination no longer finds it/).waitFor();
    await goBySide(page, proposer.t, "Log");
    await page.locator("main").getByText(/dismissed a case of “Makers of judged”.*A class had voted from one room/).first().waitFor();
    await page.locator("main").getByText("林批准 opened a case of “Makers of judged” again").first().waitFor();
    assert.deepEqual(complaints, []);
    assert.deepEqual(other.complaints, []);
  });

  test("an offer that an examination has taken back is told", async (context) => {
    const campaign = await makeCampaign("gone");
    writeExamination(campaign, { from: at(-hour), to: at(0), votes: 73 });
    const alarms = networkCase(campaign, "cd".repeat(16));
    const id = writeCase(campaign, { alarms, foundAt: at(-hour) });
    const { page } = await openAs(context, proposer, casePath(campaign, await findCase(campaign, "SELECTIVE_NETWORK")));
    await named(page, "button", "Propose to withhold…").click();
    const sheet = page.getByRole("dialog");
    await field(sheet, "Reason, which the public reads").fill("Votes without a look");
    changeCase(campaign, id, { alarms: JSON.stringify(spikeCase(campaign, 1)) });
    await named(sheet, "button", "Propose").click();
    await sheet.getByRole("alert").getByText(/does not offer this any more/).waitFor();
    // What is typed is lost with the sheet only, and the case is then as the examination has it.
    await named(sheet, "button", "Cancel").click();
    await page.locator('[data-signal="SHARE_SPIKE"]').waitFor();
    assert.equal(await named(page, "button", "Propose to withhold…").count(), 0);
  });

  test("an auditor looks at cases and changes nothing, an editor finds neither page nor number", async (context) => {
    const campaign = await makeCampaign("looked-at");
    writeExamination(campaign, { from: at(-hour), to: at(0), votes: 73 });
    writeCase(campaign, { alarms: networkCase(campaign, "cd".repeat(16)), foundAt: at(-hour) });
    const { page } = await openAs(context, auditor, `${campaign.desk}/signals`);
    await badge(page).getByText("1", { exact: true }).waitFor();
    await page.locator(".cases > li").getByRole("link").click();
    await page.locator(".offers .names").first().waitFor();
    assert.deepEqual(await page.locator("main button").allInnerTexts(), []);
    assert.equal(await page.getByText("choose them yourself").count(), 0);

    const { page: plain } = await openAs(context, editor, campaign.desk);
    await plain.locator("#side").getByRole("link", { name: "Stories" }).waitFor();
    await plain.locator(".todos").waitFor();
    await plain.waitForLoadState("networkidle");
    assert.equal(await plain.locator("#side").getByRole("link", { name: "Signals" }).count(), 0);
    assert.equal(await plain.getByText("open case").count(), 0);
    await plain.goto(`${campaign.desk}/signals`);
    await plain.getByText("There is nothing at this address").waitFor();
    const { desk } = (
      await run(
        server,
        "query ($id: ID!) { campaign(id: $id) { desk { cases { id } signals { kind } examination { votes } } } }",
        { id: campaign.campaignId },
        await staffToken(server, editor.email, password),
      )
    ).campaign;
    assert.deepEqual(desk, { cases: [], signals: [], examination: null });
  });
});
