// The mini-program's client in Douyin and Alipay, on phones as strict as their documentation; and its voter in a page.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { run, signIn } from "./api.js";
import { open, phone as telephone, startBrowser } from "./browser.js";
import { campaignMaker } from "./campaign.js";
import { staffToken } from "./desk.js";
import { alipayPhoneOf } from "./my.js";
import { startAlipay, startDouyin, startWeChat } from "./platforms.js";
import { Acclaim, documents, platforms } from "./program.js";
import { startServer } from "./server.js";
import { douyinPhoneOf } from "./tt.js";
import { event, eventually } from "./waiting.js";
import { phoneOf as wechatPhoneOf } from "./wx.js";

const [wechat, douyin, alipay] = [await startWeChat({ after }), await startDouyin({ after }), await startAlipay({ after })];
// Phones of one address, and a test that asks for votes again and again, are more than the server lets one ask.
const limits = { ACCLAIM_LIMIT_QUERY: "100000/1000000" };
const server = await startServer({ after }, { ...limits, ...wechat.settings, ...douyin.settings, ...alipay.settings });
const browser = await startBrowser(after);
const [, email, password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(server.log), "the sign-in");
const token = await staffToken(server, email, password);
const campaignOf = campaignMaker(server, token);

/** A phone with the mini-program open; it is the only platform that the program finds. */
function openPhone(kind, name, language = "zh-CN") {
  const person = `${name}-on-${kind.replaceAll(" ", "-")}`;
  const phone = {
    wechat: () => wechatPhoneOf(person, { codeFor: wechat.loginCode }),
    douyin: () => douyinPhoneOf(person, douyin),
    alipay: (options) => alipayPhoneOf(person, alipay, options),
    "old Alipay": () => alipayPhoneOf(person, alipay, { isOld: true }),
    "Alipay that fails by status": () => alipayPhoneOf(person, alipay, { isFailingByStatus: true }),
    "Alipay that fails silently": () => alipayPhoneOf(person, alipay, { isFailingByStatus: true, isSilent: true }),
  }[kind]();
  for (const name of ["wx", "tt", "my"]) {
    if (phone[name]) globalThis[name] = phone[name];
    else delete globalThis[name];
  }
  const platform = phone.tt ? platforms.douyin : phone.my ? platforms.alipay : platforms.wechat;
  return { phone, open: () => new Acclaim({ origin: server.origin, language, platform }) };
}

const sent = (phone, document) => phone.requests.filter(({ data }) => data?.extensions.persistedQuery.sha256Hash === document.id);
const textless = (requests) => requests.filter(({ data }) => !data.query);
const socketOf = ({ sockets, socket }) => sockets?.at(-1) ?? socket;

for (const [kind, way] of [
  ["douyin", "DOUYIN"],
  ["alipay", "ALIPAY"],
  ["old Alipay", "ALIPAY"],
  ["Alipay that fails by status", "ALIPAY"],
]) {
  describe(`the mini-program's client on ${kind}`, () => {
    test("from the login code to the counted vote: one sign-in for all who wait, one vote for a double tap", async () => {
      const { nominees, expectVotes } = await campaignOf(way);
      const { phone, open: openProgram } = openPhone(kind, "lin");
      const client = openProgram();
      const [first, second, other] = await Promise.all([nominees[0], nominees[0], nominees[1]].map((id) => client.castVote(id)));
      assert.deepEqual([first.userErrors, other.userErrors], [[], []]);
      assert.equal(second, first);
      assert.equal(phone.logins, 1);
      await expectVotes(2);
      const spent = await client.castVote(nominees[2]);
      assert.equal(spent.userErrors[0].code, "QUOTA_SPENT");
      assert.match(spent.userErrors[0].message, /[\u4e00-\u9fff]/, "in the language of the phone");
      // The same person on another phone is the same voter.
      const again = await openPhone(kind, "lin").open().castVote(nominees[0]);
      assert.equal(again.userErrors[0].code, "ALREADY_VOTED");
      await expectVotes(2);
    });

    test("a vote whose answer is lost counts once, also after a restart of the program", async () => {
      const { nominees, expectVotes } = await campaignOf(way);
      const { phone, open: openProgram } = openPhone(kind, "zhao");
      phone.intercept = ({ data }) => (data?.variables.nomineeId ? "drop" : undefined);
      const closed = openProgram().castVote(nominees[0]);
      await expectVotes(1);
      phone.intercept = () => undefined;
      const reopened = openProgram();
      assert.equal(reopened.isSignedIn, true, "the session is stored");
      assert.deepEqual(reopened.pendingVotes(), [nominees[0]]);
      assert.deepEqual((await reopened.castVote(nominees[0])).userErrors, []);
      assert.deepEqual(reopened.pendingVotes(), []);
      assert.deepEqual((await closed).userErrors, []);
      await expectVotes(1);
      assert.equal(phone.logins, 1);
    });

    test("a session is refreshed once for a burst, and one that has ended is a new sign-in of the same voter", async () => {
      const { slug, nominees, expectVotes } = await campaignOf(way);
      const { phone, open: openProgram } = openPhone(kind, "qian");
      const client = openProgram();
      await client.castVote(nominees[0]);
      for (const expire of [
        (tokens) => ({ ...tokens, accessExpiresMs: Date.now() - 1 }),
        (tokens) => ({ ...tokens, access: `${tokens.access}x` }),
      ]) {
        const before = textless(sent(phone, documents.RefreshSession)).length;
        client.write("tokens", expire(client.read("tokens")));
        const asked = Array.from({ length: 20 }, () => client.query(documents.Nominee, { slug, number: 1 }));
        const answers = await Promise.all(asked);
        assert.ok(answers.every(({ campaign }) => campaign.nominee.viewerHasVoted === true), "all as the voter");
        assert.equal(textless(sent(phone, documents.RefreshSession)).length - before, 1);
      }
      assert.equal(phone.logins, 1);
      client.write("tokens", { ...client.read("tokens"), accessExpiresMs: 0, refresh: "gone" });
      assert.equal((await client.castVote(nominees[0])).userErrors[0].code, "ALREADY_VOTED");
      assert.equal(phone.logins, 2);
      await expectVotes(1);
    });

    test("what is watched hears of votes, and that its socket has come back", async (t) => {
      const { id, nominees } = await campaignOf(way);
      const { phone, open: openProgram } = openPhone(kind, "sun");
      const client = openProgram();
      let opened = 0;
      let counted;
      // What the server knows at first: a vote that is cast before may be in it or not.
      let refusal;
      const hears = () => eventually(() => counted !== undefined || refusal, "the tally");
      const stop = client.subscribe(documents.WatchTally, { campaignId: id }, {
        next: ({ tallyChanged }) => (counted = tallyChanged.countedVotes),
        open: () => (opened += 1),
        error: (error) => (refusal = error),
      });
      t.after(stop);
      await eventually(() => opened === 1, "the socket to open");
      assert.equal(socketOf(phone).protocol, "graphql-transport-ws");
      await hears();
      assert.equal(refusal, undefined);
      await client.castVote(nominees[0]);
      await eventually(() => counted === 1, "the first vote");
      socketOf(phone).terminate();
      await eventually(() => opened === 2, "the socket to come back");
      // Without a network there is an error, and on some platforms no close after it.
      phone.isConnected = false;
      const before = phone.sockets.length;
      socketOf(phone).terminate();
      await eventually(() => phone.sockets.length > before + 1, "attempts without a network");
      counted = undefined;
      phone.isConnected = true;
      await eventually(() => opened === 3, "the socket to come back with the network");
      await hears();
      assert.equal(refusal, undefined);
      await client.castVote(nominees[1]);
      await eventually(() => counted === 2, "the second vote");
      // It is closed after the last who watches, and another begins anew.
      const closed = event("the socket to close");
      socketOf(phone).on("close", closed.happen);
      stop();
      await closed.happened();
      const heard = event("the tally again");
      t.after(client.subscribe(documents.WatchTally, { campaignId: id }, { next: heard.happen }));
      await heard.happened();
      if (phone.listeners) {
        const most = Math.max(...Object.values(phone.listeners).map(({ size }) => size));
        assert.ok(most <= 1, "an ended socket listens no more");
      }
    });

    test("a token that the server takes no more is renewed for the socket, too", async (t) => {
      const { id } = await campaignOf(way);
      const { phone, open: openProgram } = openPhone(kind, "zhou");
      const client = openProgram();
      await client.signIn();
      const { access } = client.read("tokens");
      client.write("tokens", { ...client.read("tokens"), access: `${access}x` });
      const heard = event("the tally");
      t.after(client.subscribe(documents.WatchTally, { campaignId: id }, { next: heard.happen }));
      await heard.happened();
      assert.equal(textless(sent(phone, documents.RefreshSession)).length, 1);
      assert.notEqual(client.read("tokens").access, `${access}x`);
    });

    test("the tally is polled by its ETag; answers that are none, and statuses of failures, are told apart", async (t) => {
      const { slug } = await campaignOf(way);
      const { phone, open: openProgram } = openPhone(kind, "wu");
      const client = openProgram();
      const seen = [];
      t.after(client.pollTally(slug, (tally) => seen.push(tally), 50));
      await eventually(() => phone.requests.some(({ status }) => status === 304), "an answer that nothing has changed");
      assert.equal(seen.length, 1);
      assert.equal(typeof seen[0].version, "number");
      // A variable that the document does not allow is an error of the API with a status of 400.
      await assert.rejects(client.query(documents.Nominee, { slug, number: "one" }), ({ code }) => !["NETWORK", "UNAVAILABLE"].includes(code));
      const reply = await client.api.request("GET", "/nowhere", undefined, {});
      assert.deepEqual([reply.status, reply.data], [404, undefined]);
    });

    test("a phone whose storage is full votes and signs out all the same", async () => {
      const { nominees } = await campaignOf(way);
      const { phone, open: openProgram } = openPhone(kind, "full");
      const client = openProgram();
      assert.equal(client.isSignedIn, false);
      await client.signIn();
      phone.isStorageFull = true;
      assert.deepEqual((await client.castVote(nominees[0])).userErrors, []);
      client.signOut();
      assert.equal(client.isSignedIn, false);
      assert.equal(openProgram().isSignedIn, false);
    });
  });
}

test("where Alipay tells nothing of a failure's status, votes and renewed sessions need no such status", async () => {
  const { slug, nominees, expectVotes } = await campaignOf("ALIPAY");
  const { phone, open: openProgram } = openPhone("Alipay that fails silently", "han");
  const client = openProgram();
  assert.deepEqual((await client.castVote(nominees[0])).userErrors, []);
  client.write("tokens", { ...client.read("tokens"), accessExpiresMs: 0 });
  const { campaign } = await client.query(documents.Nominee, { slug, number: 1 });
  assert.equal(campaign.nominee.viewerHasVoted, true);
  client.write("tokens", { ...client.read("tokens"), accessExpiresMs: 0, refresh: "gone" });
  assert.equal((await client.castVote(nominees[0])).userErrors[0].code, "ALREADY_VOTED");
  assert.equal(phone.logins, 2);
  assert.ok(phone.requests.every(({ status }) => status === 200), "no answer is lost");
  await expectVotes(1);
});

describe("signing in to the platform", () => {
  test("is not asked again of somebody who declines, nor taken for the device's own name", async () => {
    const { nominees } = await campaignOf("DOUYIN");
    for (const [login, language, words] of [
      ["declined", "zh-CN", /请?先登录/],
      ["anonymous", "en", /sign in/],
    ]) {
      const { phone, open: openProgram } = openPhone("douyin", "feng", language);
      const client = openProgram();
      phone.login = login;
      await assert.rejects(client.castVote(nominees[0]), ({ code, message, isRetryable }) => {
        return code === "LOGIN_CANCELLED" && !isRetryable && words.test(message);
      });
      assert.equal(phone.logins, 1);
      assert.equal(sent(phone, documents.SignInMiniProgram).length, 0);
      assert.deepEqual(client.pendingVotes(), [], "a tap later is another vote");
      phone.login = "done";
      assert.equal((await client.castVote(nominees[0])).nominee.viewerHasVoted, true);
      client.signOut();
    }
  });

  test("is tried again where the platform is busy", async () => {
    const { nominees } = await campaignOf("ALIPAY");
    const { phone, open: openProgram } = openPhone("alipay", "chen");
    phone.isLoginBroken = true;
    const vote = openProgram().castVote(nominees[0]);
    await eventually(() => phone.logins >= 2, "another try");
    phone.isLoginBroken = false;
    assert.deepEqual((await vote).userErrors, []);
  });

  test("on a platform that the program was not told of is a mistake that shows at once", async () => {
    openPhone("alipay", "wei");
    const client = new Acclaim({ origin: server.origin, platform: platforms.douyin });
    await assert.rejects(client.signIn(), ReferenceError);
  });
});

describe("handing over to a page", () => {
  const agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36";
  const card = (page, number) => page.locator(".nominee", { has: page.locator(`a[href$="/n/${number}"]`) });
  const voteFor = (page, number) => card(page, number).locator(".act");

  for (const [kind, way, web] of [
    ["wechat", "WECHAT_MINI_PROGRAM", `${agent} MicroMessenger/8.0.49 miniProgram/wx-program`],
    ["douyin", "DOUYIN", `${agent} aweme/31.0 ToutiaoMicroApp/3.20.0 PluginVersion/0`],
    ["alipay", "ALIPAY", `${agent} AliApp(AP/10.5.90) AlipayClient/10.5.90 MiniProgram`],
  ]) {
    test(`in the web-view of ${kind} the voter is the same, with one quota`, async (t) => {
      // A page lets people vote where the campaign admits a way in that browsers have.
      const { url, slug, nominees, expectVotes } = await campaignOf(way, "WECHAT_WEB");
      const { open: openProgram } = openPhone(kind, "mo");
      const client = openProgram();
      assert.deepEqual((await client.castVote(nominees[0])).userErrors, []);
      const address = await client.handOver(`/c/${slug}#other`);
      assert.match(address, new RegExp(`^${url}#hand-over=[\\w-]+$`));
      const { page } = await open(browser, t, address, { ...telephone, userAgent: web });
      await card(page, 1).locator(".act.voted").waitFor();
      assert.equal(page.url(), url, "nothing is left in the address");
      await voteFor(page, 2).tap();
      await card(page, 2).locator(".act.voted").waitFor();
      await expectVotes(2);
      // The mini-program's quota is the page's.
      assert.equal((await client.castVote(nominees[2])).userErrors[0].code, "QUOTA_SPENT");
      await expectVotes(2);
    });
  }

  test("signs in by the platform first, and makes a code that is good once", async () => {
    const { url } = await campaignOf("ALIPAY");
    const { phone, open: openProgram } = openPhone("alipay", "gu");
    const address = await openProgram().handOver(url);
    assert.equal(phone.logins, 1);
    const redeem = "mutation ($code: String!) { redeemHandOver(input: { code: $code }) { session { accessToken } userErrors { code } } }";
    const take = async () => (await run(server, redeem, { code: address.split("#hand-over=")[1] })).redeemHandOver;
    assert.ok((await take()).session);
    assert.deepEqual((await take()).userErrors, [{ code: "INVALID_CODE" }]);
  });

  test("goes to this server's pages only", async () => {
    const { phone, open: openProgram } = openPhone("douyin", "shen");
    for (const page of ["https://elsewhere.example/c/demo", "//elsewhere.example/c/demo", `${server.origin}.elsewhere.example/`, "c/demo"]) {
      await assert.rejects(openProgram().handOver(page), /is no page of/);
    }
    assert.equal(phone.requests.length, 0);
  });

  test("is refused to a guest, who is told what to do", async () => {
    for (const [language, words] of [
      ["zh-CN", /signOut\(\).*signIn\(\).*登录/],
      ["en", /signOut\(\), then signIn\(\)/],
    ]) {
      const { open: openProgram } = openPhone("alipay", "guest", language);
      const client = openProgram();
      client.write("tokens", { access: await signIn(server), accessExpiresMs: Date.now() + 600_000, refresh: "a guest's" });
      await assert.rejects(client.handOver("/c/demo"), ({ code, message }) => code === "FORBIDDEN" && words.test(message));
      client.signOut();
      await client.signIn();
      assert.match(await client.handOver("/c/demo"), /#hand-over=/);
    }
  });
});
