// Votes that a challenge is solved for: by the page in its worker, and by the mini-program's client in slices.
import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { findCampaign, run, signIn } from "./api.js";
import { desktop, open, phone, rewriteAnswers, startBrowser } from "./browser.js";
import { startDouyin } from "./platforms.js";
import { Acclaim, documents, platforms, root } from "./program.js";
import { startServer } from "./server.js";
import { douyinPhoneOf } from "./tt.js";
import { eventually } from "./waiting.js";

const { solveChallenge } = createRequire(import.meta.url)(join(root, "lib/acclaim.js"));

const douyin = await startDouyin({ after });
const server = await startServer({ after }, douyin.settings, "--challenge");
const browser = await startBrowser(after);
const campaign = await findCampaign(server);
const address = `${server.origin}/c/demo`;

const votesOf = async (id) => (await run(server, "query ($id: ID!) { nominee(id: $id) { votes } }", { id })).nominee.votes;

async function votesReach(id, votes) {
  await eventually(async () => (await votesOf(id)) >= votes, `${votes} votes`);
  assert.equal(await votesOf(id), votes);
}

/** The casts that a page sends, as they are sent. */
function castsOf(page) {
  const casts = [];
  page.on("request", (request) => {
    const variables = request.postDataJSON()?.variables;
    if (variables?.idempotencyKey && variables.nomineeId) casts.push(variables);
  });
  return casts;
}

/** Opens a nominee's page, and gives its button. */
async function openNominee(t, id, device = phone) {
  const number = campaign.nominees.indexOf(id) + 1;
  const opened = await open(browser, t, `${address}/n/${number}`, device);
  return { ...opened, casts: castsOf(opened.page), button: opened.page.locator(".ballot .act") };
}

describe("a challenged vote of a page", () => {
  for (const [language, device, counted] of [
    ["zh", phone, "已计入"],
    ["en", desktop, "counts"],
  ]) {
    test(`is solved in a worker and counts, in ${language}`, async (t) => {
      const nominee = campaign.takeNominee();
      const { page, casts, button, complaints, foreign } = await openNominee(t, nominee, device);
      const loaded = [];
      page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
      const workers = [];
      page.on("worker", (worker) => workers.push(worker));
      await button.click();
      await page.locator(".notice").getByText(counted).waitFor();
      await votesReach(nominee, 1);
      assert.equal(casts.length, 2);
      assert.equal(casts[0].challengeSolution, null);
      assert.equal(casts[1].idempotencyKey, casts[0].idempotencyKey);
      const { challenge, solution } = JSON.parse(Buffer.from(casts[1].challengeSolution, "base64"));
      assert.equal(solution.derivedKey.startsWith(challenge.parameters.keyPrefix), true);
      assert.equal(workers.length, 1);
      assert.equal(loaded.filter((path) => path.includes("challenge_worker")).length <= 1, true);
      assert.deepEqual(complaints, []);
      assert.deepEqual(foreign(), []);
    });
  }

  test("shows that it is under way until it is solved, and the page stays alive", async (t) => {
    const { page, button } = await openNominee(t, campaign.takeNominee());
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/challenge_worker*", async (route) => {
      await held;
      await route.fallback();
    });
    await button.click();
    await page.getByText("提交中…").first().waitFor();
    assert.equal(await page.evaluate(() => 1 + 1), 2);
    release();
    await page.locator(".notice").getByText("已计入").waitFor();
  });

  test("a challenge that has expired is asked for anew once; then it is said in words", async (t) => {
    const nominee = campaign.takeNominee();
    const { page, casts, button } = await openNominee(t, nominee);
    await rewriteAnswers(page, ({ castVote }) => {
      // Each solution is as good as one that comes too late.
      const { challenge } = castVote ?? {};
      if (challenge) challenge.parameters = challenge.parameters.replace(/"signature":".{8}/, '"signature":"00000000');
    });
    await page.reload();
    await button.click();
    await page.getByText("投票前需要短暂校验，本次尚未计票，请重试。").first().waitFor();
    assert.equal(casts.length, 3);
    assert.equal(new Set(casts.map(({ idempotencyKey }) => idempotencyKey)).size, 1);
    assert.equal(await votesOf(nominee), 0);
  });

  for (const [device, words] of [
    [phone, /没有/],
    [desktop, /not/],
  ]) {
    test(`says so where the worker cannot be had, in ${device.locale}`, async (t) => {
      const { page, button } = await openNominee(t, campaign.takeNominee(), device);
      await page.route("**/challenge_worker*", (route) => route.abort());
      await button.click();
      await page.locator("[role=alert], .refusal, .notice").getByText(words).first().waitFor();
      await button.and(page.locator(":enabled")).waitFor();
    });
  }
});

describe("the mini-program's client", () => {
  /** A phone of Douyin whose owner stays a guest there and is a voter here only where it signs in. */
  function openPhone(name) {
    const phone = douyinPhoneOf(name, douyin);
    globalThis.tt = phone.tt;
    delete globalThis.wx;
    return { phone, client: new Acclaim({ origin: server.origin, language: "zh-CN", platform: platforms.douyin }) };
  }

  test("solves a challenge with its own solver, and the vote counts once", async () => {
    const { phone, client } = openPhone("lin-is-challenged");
    // As a guest, who is challenged here.
    const data = await run(
      server,
      "mutation ($input: SignInGuestInput!) { signInGuest(input: $input) { session { accessToken accessTokenExpiresAt refreshToken } } }",
      { input: { deviceId: randomUUID() } },
    );
    const { accessToken, accessTokenExpiresAt, refreshToken } = data.signInGuest.session;
    client.write("tokens", { access: accessToken, accessExpiresMs: Date.parse(accessTokenExpiresAt), refresh: refreshToken });
    const nominee = campaign.takeNominee();
    const [first, second] = await Promise.all([client.castVote(nominee), client.castVote(nominee)]);
    assert.deepEqual(first.userErrors, []);
    assert.equal(second, first);
    await votesReach(nominee, 1);
    const casts = phone.requests.filter(({ data }) => data?.extensions.persistedQuery.sha256Hash === documents.CastVote.id);
    const solutions = casts.filter(({ data }) => !data.query || casts.length === 2).map(({ data }) => data.variables.challengeSolution);
    assert.equal(solutions.some(Boolean), true);
    assert.equal(new Set(casts.map(({ data }) => data.variables.idempotencyKey)).size, 1);
  });

  test("solves what it is given in slices, between which timers run", async () => {
    const hash = (bytes) => createHash("sha256").update(bytes).digest();
    const parametersOf = (number, cost) => {
      const [salt, nonce, counter] = [randomBytes(16), randomBytes(16), Buffer.alloc(4)];
      counter.writeUInt32BE(number);
      let key = hash(Buffer.concat([salt, nonce, counter]));
      for (let n = 1; n < cost; n++) key = hash(key);
      const keyPrefix = key.subarray(0, 16).toString("hex");
      const parameters = { salt: salt.toString("hex"), nonce: nonce.toString("hex"), cost, keyPrefix };
      return [JSON.stringify({ parameters, signature: "00" }), key.toString("hex")];
    };
    for (const [number, cost] of [[0, 1], [1, 2], [255, 1], [65_536, 1], [299_999, 1], [700, 50]]) {
      const [text, derivedKey] = parametersOf(number, cost);
      let ticks = 0;
      const timer = setInterval(() => (ticks += 1), 1);
      const startMs = Date.now();
      const solved = JSON.parse(Buffer.from(await solveChallenge(text), "base64"));
      clearInterval(timer);
      assert.deepEqual(solved.solution, { counter: number, derivedKey });
      assert.deepEqual(solved.challenge, JSON.parse(text));
      if (Date.now() - startMs > 300) assert.equal(ticks >= 4, true, `${ticks} ticks`);
    }
  });
});

test("a script that skips the challenge gets no vote", async () => {
  const nominee = campaign.takeNominee();
  const token = await signIn(server);
  const cast = "mutation ($input: CastVoteInput!) { castVote(input: $input) { vote { id } userErrors { code } } }";
  for (let i = 0; i < 5; i++) {
    const { castVote } = await run(server, cast, { input: { nomineeId: nominee, idempotencyKey: randomUUID() } }, token);
    assert.deepEqual(castVote, { vote: null, userErrors: [{ code: "CHALLENGE_REQUIRED" }] });
  }
  assert.equal(await votesOf(nominee), 0);
});
