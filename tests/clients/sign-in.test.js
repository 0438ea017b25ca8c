// Signing in to vote: each way from the tap to the counted vote, in the browsers that people have.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { run } from "./api.js";
import { expectAccessible } from "./axe.js";
import { desktop, open, phone, startBrowser } from "./browser.js";
import { campaignMaker } from "./campaign.js";
import { staffToken } from "./desk.js";
import { startProvider, startWeChat, startWebhook } from "./platforms.js";
import { startServer } from "./server.js";
import { eventually } from "./waiting.js";

const provider = await startProvider({ after });
const wechat = await startWeChat({ after });
const webhook = await startWebhook({ after });
const server = await startServer({ after }, (origin) => ({
  ...{ ACCLAIM_PUBLIC_URL: origin, ACCLAIM_LIMIT_QUERY: "100000/1000000", ACCLAIM_LIMIT_FAILED_CODE: "1000/1000" },
  ...provider.settings,
  ...wechat.settings,
  ...webhook.settings,
  ACCLAIM_LIMIT_PHONE_CODE: "1000/1000",
}));
provider.serve(server.origin);
const browser = await startBrowser(after);
const [, email, password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(server.log), "the sign-in");
const token = await staffToken(server, email, password);

const agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.49";
const inWeChat = { ...phone, userAgent: agent };
const inMiniProgram = { ...phone, userAgent: `${agent} miniProgram/wx-program` };

const campaignOf = campaignMaker(server, token);

const card = (page, number) => page.locator(".nominee", { has: page.locator(`a[href$="/n/${number}"]`) });
const voteFor = (page, number) => card(page, number).locator(".act");
const hasVotedFor = (page, number) => card(page, number).locator(".act.voted").waitFor();
const sheet = (page) => page.getByRole("dialog");

/** At the provider's page, under this name. */
async function signInAtProvider(page, name) {
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Sign in" }).click();
}

describe("signing in to vote", () => {
  test("by the association's account, on a laptop, from the tap to the counted vote", async (t) => {
    const { url, expectVotes } = await campaignOf("OIDC");
    const { page, complaints } = await open(browser, t, `${url}?order=NUMBER`, desktop);
    await voteFor(page, 2).click();
    await sheet(page).getByRole("heading", { name: "Sign in to vote" }).waitFor();
    await sheet(page).getByText("Your vote for Grace counts").waitFor();
    await expectAccessible(page);
    await sheet(page).getByRole("button", { name: "Sign in with the Association" }).waitFor();
    assert.equal(await sheet(page).locator("img").count(), 0, "nothing to scan");
    await sheet(page).getByRole("button", { name: "Sign in with the Association" }).click();
    await signInAtProvider(page, "ada@example.org");
    await hasVotedFor(page, 2);
    await page.getByText("1 of 2 votes left").waitFor();
    assert.equal(page.url(), `${url}?order=NUMBER`, "nothing is left in the address");
    await expectVotes(1);
    // From now on a tap is a vote, here and in every campaign.
    await voteFor(page, 1).click();
    await hasVotedFor(page, 1);
    const other = await campaignOf("OIDC");
    await page.goto(other.url);
    await voteFor(page, 3).click();
    await hasVotedFor(page, 3);
    assert.deepEqual(complaints, []);
    // The same account in another browser is the same voter.
    const { page: again } = await open(browser, t, url, desktop);
    await voteFor(again, 3).click();
    await sheet(again).getByRole("button", { name: "Sign in with the Association" }).click();
    await signInAtProvider(again, "ada@example.org");
    await card(again, 3).getByText("You have no votes left for now.").waitFor();
    await expectVotes(2);
  });

  test("is told when it was declined, and votes for nobody", async (t) => {
    const { url, expectVotes } = await campaignOf("OIDC");
    const { page } = await open(browser, t, `${url}/n/1`, desktop);
    await page.locator(".ballot .act").click();
    await sheet(page).getByRole("button", { name: "Sign in with the Association" }).click();
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.getByText("You have not signed in: your vote was not cast.").waitFor();
    assert.equal(page.url(), `${url}/n/1`);
    await expectVotes(0);
    // And it can be done after all.
    await page.locator(".ballot .act").click();
    await sheet(page).getByRole("button", { name: "Sign in with the Association" }).click();
    await signInAtProvider(page, "grace@example.org");
    await page.locator(".ballot .act.voted").waitFor();
  });

  test("by WeChat inside it, in one tap more", async (t) => {
    wechat.person = "wen";
    const { url, expectVotes } = await campaignOf("WECHAT_WEB", "OIDC");
    const { page, complaints } = await open(browser, t, "about:blank", inWeChat);
    await withScript(page);
    await page.goto(url);
    await voteFor(page, 1).tap();
    const ways = sheet(page).locator(".ways button");
    await ways.first().waitFor();
    assert.deepEqual(await ways.allTextContents(), ["微信登录", "用 the Association 登录"]);
    await expectAccessible(page);
    await ways.first().tap();
    await hasVotedFor(page, 1);
    await expectVotes(1);
    assert.deepEqual(complaints, []);
  });

  test("by WeChat from another browser: a code to scan", async (t) => {
    const { url } = await campaignOf("WECHAT_WEB");
    const { page } = await open(browser, t, url, desktop);
    await voteFor(page, 1).click();
    await sheet(page).getByRole("heading", { name: "With WeChat on your phone" }).waitFor();
    const code = sheet(page).getByRole("img", { name: "A code that leads to this page" });
    await code.waitFor();
    assert.ok(await code.evaluate((image) => image.decode().then(() => image.naturalWidth > 0)));
    assert.equal(await sheet(page).locator(".ways").count(), 0);
    await page.keyboard.press("Escape");
    await sheet(page).waitFor({ state: "detached" });
  });

  test("in WeChat's preview of a page says how to open the page itself", async (t) => {
    const { url, expectVotes } = await campaignOf("WECHAT_WEB");
    wechat.isSnapshot = true;
    t.after(() => (wechat.isSnapshot = false));
    const { page } = await open(browser, t, "about:blank", inWeChat);
    await withScript(page);
    await page.goto(url);
    await voteFor(page, 1).tap();
    await sheet(page).getByRole("button", { name: "微信登录" }).tap();
    await page.getByText("请点击底部的“使用完整服务”").waitFor();
    await expectVotes(0);
  });

  test("by keyboard alone", async (t) => {
    const { url } = await campaignOf("OIDC");
    const { page } = await open(browser, t, url, desktop);
    await voteFor(page, 1).focus();
    await page.keyboard.press("Enter");
    const way = sheet(page).getByRole("button", { name: "Sign in with the Association" });
    await way.waitFor();
    await page.keyboard.press("Escape");
    await sheet(page).waitFor({ state: "detached" });
    assert.ok(await voteFor(page, 1).evaluate((button) => button === document.activeElement), "the button has the keyboard again");
    await page.keyboard.press("Enter");
    await way.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Name" }).focus();
    await page.keyboard.type("mary@example.org");
    await page.keyboard.press("Enter");
    await hasVotedFor(page, 1);
  });

  test("is asked of a guest where guests may not vote, and the guest's votes stay its own", async (t) => {
    const open_ = await campaignOf("GUEST", "OIDC");
    const closed = await campaignOf("OIDC");
    const { page } = await open(browser, t, open_.url, desktop);
    await voteFor(page, 1).click();
    await hasVotedFor(page, 1);
    await page.goto(closed.url);
    await voteFor(page, 1).click();
    await card(page, 1).getByText("To vote here, sign in with the organiser's account.").waitFor();
    await card(page, 1).getByRole("button", { name: "Sign in" }).click();
    await sheet(page).getByRole("button", { name: "Sign in with the Association" }).click();
    await signInAtProvider(page, "guest@example.org");
    await hasVotedFor(page, 1);
    await page.goto(open_.url);
    await hasVotedFor(page, 1);
    await page.getByText("1 of 2 votes left").waitFor();
  });

  test("by a link that somebody sent is refused", async (t) => {
    const { url, nominees, expectVotes } = await campaignOf("WECHAT_MINI_PROGRAM", "OIDC");
    const code = await handOver("mallory", nominees[0]);
    const { page } = await open(browser, t, `${url}#hand-over=${code}`, desktop);
    await page.waitForFunction(() => location.hash === "");
    await voteFor(page, 2).click();
    await sheet(page).waitFor();
    await expectVotes(1);
  });

  test("in a mini-program is signing in to the pages that it opens", async (t) => {
    const { url, nominees, expectVotes } = await campaignOf("WECHAT_MINI_PROGRAM", "WECHAT_WEB");
    const code = await handOver("mo", nominees[0]);
    const { page } = await open(browser, t, `${url}#hand-over=${code}`, inMiniProgram);
    await hasVotedFor(page, 1);
    await voteFor(page, 2).tap();
    await hasVotedFor(page, 2);
    // The page in WeChat's own browser is the same person's, by the unionid.
    wechat.person = "mo";
    const { page: other } = await open(browser, t, "about:blank", inWeChat);
    await withScript(other);
    await other.goto(url);
    await voteFor(other, 3).tap();
    await sheet(other).getByRole("button", { name: "微信登录" }).tap();
    await card(other, 3).getByText("您的票数已用完。").waitFor();
    await expectVotes(2);
  });
});

/** A code by which the mini-program hands over a person, who has voted for a nominee there. */
async function handOver(person, nomineeId) {
  const signIn = `mutation ($code: String!) { signInMiniProgram(input: { platform: WECHAT, code: $code }) {
    session { accessToken } userErrors { code } } }`;
  const { signInMiniProgram } = await run(server, signIn, { code: wechat.loginCode(person) });
  const { accessToken } = signInMiniProgram.session;
  const vote = "mutation ($id: ID!) { castVote(input: { nomineeId: $id }) { vote { id } userErrors { code } } }";
  const { castVote } = await run(server, vote, { id: nomineeId }, accessToken);
  assert.deepEqual(castVote.userErrors, []);
  const { createHandOver } = await run(server, "mutation { createHandOver { code } }", {}, accessToken);
  return createHandOver.code;
}

/** Stands in for WeChat's script, which notes what it is given. */
const withScript = (page) =>
  page.route("https://res.wx.qq.com/**", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: `globalThis.told = {};
        globalThis.wx = {
          config: (settings) => (told.settings = settings),
          ready: (then) => then(),
          updateAppMessageShareData: (card) => (told.card = card),
          updateTimelineShareData: (card) => (told.short = card),
        };`,
    }),
  );

/** A number that nobody has had a code for. */
let numbers = 0;
const newNumber = () => `139${String(10_000_000 + ++numbers)}`;

describe("signing in by a telephone number", () => {
  const phoneField = (page) => sheet(page).getByLabel(/^(Phone number|手机号)$/);
  const codeField = (page) => sheet(page).getByLabel(/^(Code|验证码)$/);
  const submit = (page) => sheet(page).locator('button[type="submit"]');
  /** The button of a code, whatever it says. */
  const codeButton = (page) => sheet(page).locator(".code-row button");
  const codeOf = (number) => eventually(() => webhook.codes.get(`+86${number}`), "a message");
  const wrong = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

  test("from the tap to the counted vote, on a phone", async (t) => {
    const { url, expectVotes } = await campaignOf("PHONE");
    const number = newNumber();
    const { page, complaints } = await open(browser, t, `${url}?order=NUMBER`, phone);
    await voteFor(page, 2).tap();
    await sheet(page).getByRole("heading", { name: "手机号登录" }).waitFor();
    assert.equal(await sheet(page).locator(".ways, .scan").count(), 0, "there is one way only");
    for (const [field, attributes] of [
      [phoneField(page), { type: "tel", autocomplete: "tel", inputmode: "tel" }],
      [codeField(page), { autocomplete: "one-time-code", inputmode: "numeric" }],
    ]) {
      for (const [name, value] of Object.entries(attributes)) assert.equal(await field.getAttribute(name), value);
    }
    await expectAccessible(page, "the form");
    await phoneField(page).fill(`${number.slice(0, 3)} ${number.slice(3)}`);
    await codeButton(page).tap();
    await sheet(page).getByRole("status").getByText("验证码已通过短信发出").waitFor();
    assert.ok(await codeField(page).evaluate((field) => field === document.activeElement), "the code is next");
    await codeField(page).fill(await codeOf(number));
    await expectAccessible(page, "the form with a code");
    await submit(page).tap();
    await hasVotedFor(page, 2);
    await sheet(page).waitFor({ state: "detached" });
    await expectVotes(1);
    // From now on a tap is a vote.
    await voteFor(page, 1).tap();
    await hasVotedFor(page, 1);
    await expectVotes(2);
    assert.deepEqual(complaints, []);
  });

  test("a wrong code is told beside its field, and the right one is taken after it", async (t) => {
    const { url, expectVotes } = await campaignOf("PHONE");
    const number = newNumber();
    const { page } = await open(browser, t, url, desktop);
    await voteFor(page, 1).click();
    await phoneField(page).fill(number);
    await codeButton(page).click();
    const code = await codeOf(number);
    // Nothing was entered.
    await sheet(page).getByText("The code is on its way").waitFor();
    await submit(page).click();
    await sheet(page).getByRole("alert").getByText("Enter the six digits of the code.").waitFor();
    await codeField(page).fill(wrong(code));
    await submit(page).click();
    await sheet(page).getByRole("alert").getByText("This is not the code").waitFor();
    assert.equal(await codeField(page).getAttribute("aria-invalid"), "true");
    const note = await codeField(page).getAttribute("aria-describedby");
    assert.match(await page.locator(`#${note}`).textContent(), /This is not the code/);
    assert.ok(await codeField(page).evaluate((field) => field === document.activeElement));
    await expectAccessible(page, "the form with a fault");
    await expectVotes(0);
    await codeField(page).fill(code);
    await submit(page).click();
    await hasVotedFor(page, 1);
    await expectVotes(1);
  });

  test("a number that is none is told beside its field, in the language of the page", async (t) => {
    const { url } = await campaignOf("PHONE");
    for (const [device, text] of [
      [desktop, "This is no telephone number: write +"],
      [phone, "手机号有误：请输入11位手机号"],
    ]) {
      const { page } = await open(browser, t, url, device);
      await voteFor(page, 1).click();
      await phoneField(page).fill("12345");
      await codeButton(page).click();
      await sheet(page).getByRole("alert").getByText(text).waitFor();
      assert.equal(await phoneField(page).getAttribute("aria-invalid"), "true");
      assert.equal(await codeButton(page).getAttribute("aria-disabled"), "false", "it can be asked for at once");
    }
  });

  test("another code comes after a countdown, and the server has the last word", async (t) => {
    const { url } = await campaignOf("PHONE");
    const number = newNumber();
    const { page } = await open(browser, t, "about:blank", desktop);
    await page.clock.install();
    await page.goto(url);
    await voteFor(page, 1).click();
    await phoneField(page).fill(number);
    await codeButton(page).click();
    await sheet(page).getByRole("button", { name: /^Another in \d+ s$/ }).waitFor();
    assert.equal(await codeButton(page).getAttribute("aria-disabled"), "true");
    const first = await codeOf(number);
    await codeButton(page).click({ force: true });
    await page.clock.fastForward(30_000);
    await sheet(page).getByRole("button", { name: /^Another in [12]?\d s$/ }).waitFor();
    assert.equal(webhook.codes.get(`+86${number}`), first);
    await page.clock.fastForward(60_000);
    await sheet(page).getByRole("button", { name: "Another code" }).click();
    await sheet(page).getByRole("alert").getByText("Codes have been sent to this number").waitFor();
    // A number that was mistyped has no countdown of the other one.
    await phoneField(page).fill(newNumber());
    await sheet(page).getByRole("button", { name: "Get a code" }).click();
    await sheet(page).getByText("The code is on its way").waitFor();
  });

  test("a webhook that is away is told, and asked again", async (t) => {
    const { url } = await campaignOf("PHONE");
    const number = newNumber();
    const { page } = await open(browser, t, url, desktop);
    webhook.status = 500;
    t.after(() => (webhook.status = 204));
    await voteFor(page, 1).click();
    await phoneField(page).fill(number);
    await codeButton(page).click();
    await sheet(page).getByRole("alert").getByText("The platform does not answer").waitFor();
    webhook.status = 204;
    await sheet(page).getByRole("button", { name: "Get a code" }).click();
    await sheet(page).getByText("The code is on its way").waitFor();
    await codeOf(number);
  });

  test("by keyboard alone, beside another way", async (t) => {
    const { url, expectVotes } = await campaignOf("OIDC", "PHONE");
    const number = newNumber();
    const { page } = await open(browser, t, url, desktop);
    await voteFor(page, 1).focus();
    await page.keyboard.press("Enter");
    await sheet(page).getByRole("button", { name: "Sign in with the Association" }).waitFor();
    await sheet(page).getByText("or", { exact: true }).waitFor();
    await expectAccessible(page, "two ways");
    await phoneField(page).focus();
    await page.keyboard.type(number);
    // Enter asks for the code, as there is none yet; then the code has the keyboard.
    await page.keyboard.press("Enter");
    await sheet(page).getByText("The code is on its way").waitFor();
    await page.keyboard.type(await codeOf(number));
    await page.keyboard.press("Enter");
    await hasVotedFor(page, 1);
    await sheet(page).waitFor({ state: "detached" });
    assert.ok(await voteFor(page, 1).evaluate((button) => button === document.activeElement), "the button has the keyboard again");
    await expectVotes(1);
  });

  test("is asked of a guest where guests may not vote, and the guest's votes stay its own", async (t) => {
    const open_ = await campaignOf("GUEST", "PHONE");
    const closed = await campaignOf("PHONE");
    const number = newNumber();
    const { page } = await open(browser, t, open_.url, desktop);
    await voteFor(page, 1).click();
    await hasVotedFor(page, 1);
    await page.goto(closed.url);
    await voteFor(page, 1).click();
    await card(page, 1).getByText("To vote here, sign in by telephone number.").waitFor();
    await card(page, 1).getByRole("button", { name: "Sign in" }).click();
    await phoneField(page).fill(number);
    await codeButton(page).click();
    await codeField(page).fill(await codeOf(number));
    await submit(page).click();
    await hasVotedFor(page, 1);
    await page.goto(open_.url);
    await hasVotedFor(page, 1);
    await page.getByText("1 of 2 votes left").waitFor();
  });
});

describe("a page that is sent on in WeChat", () => {
  test("has a card with its title, text and picture, signed for its address", async (t) => {
    const { page, complaints } = await open(browser, t, "about:blank", inWeChat);
    await withScript(page);
    await page.goto(`${server.origin}/c/demo?from=singlemessage`);
    const told = await (await page.waitForFunction(() => globalThis.told?.short && globalThis.told)).jsonValue();
    assert.ok(wechat.hasSigned(told.settings, `${server.origin}/c/demo?from=singlemessage`));
    assert.equal(told.settings.appId, "wx-account");
    assert.equal(told.card.link, `${server.origin}/c/demo?from=singlemessage`);
    assert.equal(told.card.title, await page.title());
    assert.ok(told.card.desc.length > 0);
    assert.match(told.card.imgUrl, /^http.*\/media\//);
    // Another page of it has its own.
    await page.locator(".nominee a").first().tap();
    await page.waitForFunction(() => globalThis.told.card.link === location.href);
    assert.ok(wechat.hasSigned(await page.evaluate(() => globalThis.told.settings), page.url()));
    assert.deepEqual(complaints, []);
  });

  test("is shown without a card where the script does not come", async (t) => {
    const { page } = await open(browser, t, "about:blank", inWeChat);
    const asked = page.waitForRequest("https://res.wx.qq.com/**");
    await page.route("https://res.wx.qq.com/**", (route) => route.abort());
    await page.goto(`${server.origin}/c/demo`);
    await asked;
    await page.locator(".act.open").first().tap();
    await page.locator(".act.voted").first().waitFor();
  });
});
