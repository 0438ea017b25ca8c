// Votes that a captcha is solved for, in the mini-program; and what a page says that is asked for one.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { findCampaign } from "./api.js";
import { desktop, open, phone as phoneBrowser, rewriteAnswers, startBrowser } from "./browser.js";
import { campaignMaker } from "./campaign.js";
import { staffToken } from "./desk.js";
import { startCaptcha } from "./platforms.js";
import { Acclaim, documents, root } from "./program.js";
import { startServer } from "./server.js";
import { eventually } from "./waiting.js";
import { appId, appSecret, phoneOf, startPlatform } from "./wx.js";

const { showCaptcha, captchaHandlers } = createRequire(import.meta.url)(join(root, "lib/captcha.js"));

const [platform, captcha] = [await startPlatform(after), await startCaptcha({ after })];
const server = await startServer(
  { after },
  {
    ...captcha.settings,
    ...{ ACCLAIM_WECHAT_APP_ID: appId, ACCLAIM_WECHAT_SECRET: appSecret, ACCLAIM_WECHAT_BASE_URL: platform.url },
  },
);
const [, email, password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(server.log), "the sign-in");
const campaignOf = campaignMaker(server, await staffToken(server, email, password), "ALWAYS");
const { nominees, expectVotes } = await campaignOf("WECHAT_MINI_PROGRAM");

/**
 * A phone whose open page has the plugin's component, unless it is said that it has none. `answer` is what its owner
 * does once the captcha is shown.
 */
function openPhone(person, answer, { hasPlugin = true, language = "zh-CN" } = {}) {
  const phone = phoneOf(person, platform);
  globalThis.wx = phone.wx;
  const page = { data: {}, shown: [], ...captchaHandlers };
  page.setData = (change, done) => {
    Object.assign(page.data, change);
    done?.();
  };
  const component = { show: () => setImmediate(() => answer(page, page.shown.push(page.data.captchaAppId))) };
  page.selectComponent = (selector) => (hasPlugin && selector === "#captcha" && page.data.captchaAppId ? component : null);
  globalThis.getCurrentPages = () => [page];
  return { phone, page, client: new Acclaim({ origin: server.origin, language, showCaptcha }) };
}

const solved = (ticket) => (page) => {
  page.onCaptchaVerify({ detail: { ret: 0, ticket } });
  // As the plugin does.
  page.onCaptchaClose({ detail: { ret: 0 } });
};
const castsOf = (phone) => phone.requests.filter(({ data }) => data?.extensions.persistedQuery.sha256Hash === documents.CastVote.id);
let votes = 0;

describe("a challenged vote of the mini-program", () => {
  test("is solved in the plugin, and counts once", async () => {
    const { phone, page, client } = openPhone("lin", solved("ok-lin"));
    const [first, second] = await Promise.all([client.castVote(nominees[0]), client.castVote(nominees[0])]);
    assert.deepEqual(first.userErrors, []);
    assert.equal(second, first);
    assert.deepEqual(page.shown, ["199999164"]);
    assert.deepEqual(captcha.asked, ["ok-lin"]);
    const keys = castsOf(phone).map(({ data }) => data.variables.idempotencyKey);
    assert.equal(new Set(keys).size, 1);
    assert.deepEqual(client.pendingVotes(), []);
    await expectVotes((votes += 1));
  });

  test("is asked for another captcha where the first was not good", async () => {
    const { page, client } = openPhone("wen", (page, count) => solved(count > 1 ? "ok-wen" : "bad-wen")(page));
    assert.deepEqual((await client.castVote(nominees[0])).userErrors, []);
    assert.equal(page.shown.length, 2);
    await expectVotes((votes += 1));
  });

  for (const [what, answer, language, words] of [
    ["closed", (page) => page.onCaptchaClose({ detail: { ret: 2 } }), "zh-CN", /验证没有完成/],
    ["broken", (page) => page.onCaptchaError(), "en", /was not finished/],
    ["left behind", () => (globalThis.getCurrentPages = () => [{}]), "en", /was not finished/],
  ]) {
    test(`says so where the captcha is ${what}, and the next tap is another vote`, async () => {
      const person = `zhao-${what.replace(" ", "-")}`;
      const { client } = openPhone(person, answer, { language });
      const failed = client.castVote(nominees[1]);
      await assert.rejects(failed, (error) => {
        assert.equal(error.code, "CAPTCHA_UNSOLVED");
        assert.match(error.message, words);
        return error.isRetryable === false;
      });
      assert.deepEqual(client.pendingVotes(), []);
      const again = openPhone(person, solved(`ok-${person}`));
      assert.deepEqual((await again.client.castVote(nominees[1])).userErrors, []);
      await expectVotes((votes += 1));
    });
  }

  test("says so where the program has no plugin", async () => {
    for (const [language, words] of [["zh-CN", /请更新小程序/], ["en", /Update the mini-program/]]) {
      const { page, client } = openPhone("qian", () => undefined, { hasPlugin: false, language });
      await assert.rejects(client.castVote(nominees[2]), (error) => error.code === "CHALLENGE_UNKNOWN" && words.test(error.message));
      assert.deepEqual(page.shown, []);
    }
    const { phone } = openPhone("sun", () => undefined);
    // A client that was given nothing to show one with.
    const client = new Acclaim({ origin: server.origin });
    await assert.rejects(client.castVote(nominees[2]), { code: "CHALLENGE_UNKNOWN" });
    assert.equal(castsOf(phone).filter(({ data }) => data.variables.challengeSolution).length, 0);
  });

  test("is solved by the phone where the captcha's service is away", async () => {
    const { phone, page, client } = openPhone("zhou", solved("away-zhou"));
    assert.deepEqual((await client.castVote(nominees[2])).userErrors, []);
    assert.equal(page.shown.length, 1);
    const { challenge } = JSON.parse(Buffer.from(castsOf(phone).at(-1).data.variables.challengeSolution, "base64"));
    assert.ok(challenge.signature);
    await expectVotes((votes += 1));
  });
});

describe("a page that is asked for a captcha", async () => {
  const browser = await startBrowser(after);
  const campaign = await findCampaign(server);
  for (const [device, words] of [
    [phoneBrowser, "这个页面无法完成投票前的校验，本次未计票。请在微信小程序中投票，或刷新页面。"],
    [desktop, "This page cannot do the check before this vote, which was not counted."],
  ]) {
    test(`says that it cannot, in ${device.locale}, and its button is there again`, async (t) => {
      const nominee = campaign.takeNominee();
      const number = campaign.nominees.indexOf(nominee) + 1;
      const { page } = await open(browser, t, `${server.origin}/c/demo/n/${number}`, device);
      await rewriteAnswers(page, (data) => {
        if (!data.castVote) return;
        data.castVote.userErrors = [{ code: "CHALLENGE_REQUIRED", message: "" }];
        data.castVote.challenge = { algorithm: "TENCENT_CAPTCHA", parameters: '{"captchaAppId":"1"}' };
      });
      await page.reload();
      const button = page.locator(".ballot .act");
      await button.click();
      await page.getByText(words).first().waitFor();
      await button.and(page.locator(":enabled")).waitFor();
    });
  }
});
