// The package of clients/typescript as others get it: packed, installed into a folder of its own, and run from there in
// Node and in Chromium against the real server.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { WebSocket } from "ws";
import { castVote, findCampaign, listStories, run } from "./api.js";
import { startBrowser } from "./browser.js";
import { startProxy } from "./proxy.js";
import { startServer, temporaryFolder } from "./server.js";
import { deadlineMs, event, eventually } from "./waiting.js";

const source = join(import.meta.dirname, "../../clients/typescript");
const folder = temporaryFolder();
const installed = join(folder, "node_modules/@acclaim/client");
const npm = promisify(execFile).bind(undefined, "npm");

if (!existsSync(join(source, "node_modules"))) throw new Error("first: npm --prefix clients/typescript ci");
await npm(["pack", "--pack-destination", folder], { cwd: source });
const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
await npm(["install", "--offline", "--no-audit", "--no-fund", join(folder, tarball)], { cwd: folder });

/** A module of the installed package, as a program of that folder imports it. */
const importInstalled = async (name) => {
  const { exports } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  return import(pathToFileURL(join(installed, exports[name])).href);
};
const { AcclaimError, SignInRefused, createClient, documents, fileStorage, memoryStorage, socket, stream } =
  await importInstalled("./node");

const server = await startServer({ after });
const browser = await startBrowser(after);
const campaign = await findCampaign(server);
const votesOf = async (to, id) => (await run(to, "query ($id: ID!) { nominee(id: $id) { votes } }", { id })).nominee.votes;
const votesReach = async (id, votes) => {
  await eventually(async () => (await votesOf(server, id)) >= votes, `${votes} votes`);
  assert.equal(await votesOf(server, id), votes);
};

/**
 * A client, and the list of its requests. `intercept` may change (`json`) or drop an answer on its way, after the server
 * has given it.
 */
function open(t, options = {}) {
  const client = createClient({ origin: server.origin, ...options });
  t.after(() => client.close());
  const requests = [];
  const opened = { client, requests, intercept: () => undefined };
  const { request } = client.platform;
  client.platform.request = async (sent) => {
    const entry = { ...sent, at: Date.now() };
    requests.push(entry);
    const reply = await request(sent);
    const before = reply.data.startsWith?.("{") ? JSON.parse(reply.data) : undefined;
    Object.assign(entry, { status: reply.status, json: before, answeredAt: Date.now() });
    // As the platform says it where no answer comes.
    if ((await opened.intercept(entry)) === "drop") throw new PlatformError("dropped");
    return entry.json === before ? reply : { ...reply, data: JSON.stringify(entry.json) };
  };
  return opened;
}

const { PlatformError } = await importInstalled(".");
const sent = (requests, { id }) => requests.filter(({ data }) => data?.extensions?.persistedQuery.sha256Hash === id);
/** Those that were sent by hash alone: where the server does not know it, the text follows. */
const hashed = (requests, document) => sent(requests, document).filter(({ data }) => !data.query);

/** Makes the access token one that has to be renewed. */
const expire = (client) => client.write("tokens", { ...client.read("tokens"), accessExpiresMs: 0 });

describe("the installed package", () => {
  test("needs no other, and has the types of all that it exports", async () => {
    const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
    assert.equal(manifest.dependencies, undefined);
    for (const path of Object.values(manifest.exports).filter((path) => path.endsWith(".js"))) {
      assert.ok(existsSync(join(installed, path)), path);
      assert.ok(existsSync(join(installed, path.replace(/\.js$/, ".d.ts"))), `the types of ${path}`);
    }
  });

  test("is typed: a program that is wrong does not compile", async () => {
    const program = `import { createClient, documents } from "@acclaim/client/node";
      const client = createClient({ origin: "http://127.0.0.1" });
      const { campaign } = await client.query(documents.ReadStories, { slug: "demo", first: 5 });
      const title: string | undefined = campaign?.stories.nodes[0]?.title;
      const at: string = (await client.castVote("id")).quota!.resetsAt!;
      // @ts-expect-error
      await client.query(documents.ReadStories, { slug: 1 });
      // @ts-expect-error
      const wrong: number | undefined = campaign?.stories.nodes[0]?.title;
      console.log(title, at, wrong);`;
    await writeFile(join(folder, "program.ts"), program);
    const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--types", "", "program.ts"];
    const tsc = join(source, "node_modules/typescript/bin/tsc");
    const said = await promisify(execFile)(process.execPath, [tsc, ...options], { cwd: folder }).catch(({ stdout }) => ({ stdout }));
    assert.equal(said.stdout, "");
  });

  test("for mini-programs is one file that needs neither a browser nor Node", async () => {
    const text = await readFile(join(installed, "miniprogram_dist/index.js"), "utf8");
    assert.equal(text, await readFile(join(import.meta.dirname, "../../examples/miniprogram/lib/acclaim.js"), "utf8"));
    const module = { exports: {} };
    const missing = ["window", "document", "navigator", "localStorage", "fetch", "WebSocket", "AbortController", "TextDecoder", "crypto", "require", "process"];
    new Function("module", ...missing, text)(module);
    // The platform says what is missing; a client is made all the same.
    assert.equal(new module.exports.Acclaim({ origin: "https://example.org" }).platform.name, "WECHAT");
  });
});

describe("a session", () => {
  test("is made once for all who wait for it, and kept by the storage: the same guest is the same voter", async (t) => {
    const path = join(temporaryFolder(), "session.json");
    const { client, requests } = open(t, { storage: fileStorage(path) });
    const nominees = [campaign.takeNominee(), campaign.takeNominee(), campaign.takeNominee()];
    const casts = await Promise.all(nominees.map((id) => client.castVote(id)));
    assert.ok(casts.every(({ userErrors }) => userErrors.length === 0));
    assert.equal(hashed(requests, documents.SignInGuest).length, 1);
    const reopened = open(t, { storage: fileStorage(path) });
    assert.equal(reopened.client.isSignedIn, true);
    assert.equal((await reopened.client.castVote(nominees[0])).userErrors[0].code, "ALREADY_VOTED");
    assert.equal(sent(reopened.requests, documents.SignInGuest).length, 0);
    // Without its tokens, but with the device's id, it is the same guest.
    reopened.client.write("tokens", undefined);
    assert.equal((await reopened.client.castVote(nominees[0])).userErrors[0].code, "ALREADY_VOTED");
  });

  test("whose token expires is refreshed once, however many calls wait for it", async (t) => {
    for (const spoil of [
      // By its time, which the client knows;
      expire,
      // and before it, as when the server's key changes.
      (client) => client.write("tokens", { ...client.read("tokens"), access: "not.a.token" }),
    ]) {
      const { client, requests } = open(t);
      await client.signIn();
      const { refresh } = client.read("tokens");
      spoil(client);
      const answers = await Promise.all(
        Array.from({ length: 30 }, () => client.query(documents.ReadCampaign, { slug: "demo" })),
      );
      assert.ok(answers.every(({ campaign: { viewerQuotas } }) => viewerQuotas !== null), "all as the voter");
      assert.equal(hashed(requests, documents.RefreshSession).length, 1);
      assert.notEqual(client.read("tokens").refresh, refresh);
      assert.equal(hashed(requests, documents.SignInGuest).length, 1);
    }
  });

  test("whose refresh is lost on its way is refreshed by the same token", async (t) => {
    const opened = open(t);
    const { client, requests } = opened;
    await client.signIn();
    expire(client);
    let lost = 0;
    opened.intercept = ({ data, json }) => (data.variables.refreshToken && json.data && (lost += 1) === 1 ? "drop" : undefined);
    const { campaign: answer } = await client.execute(documents.ReadCampaign, { slug: "demo" });
    assert.notEqual(answer.viewerQuotas, null);
    const tokens = new Set(sent(requests, documents.RefreshSession).map(({ data }) => data.variables.refreshToken));
    assert.equal(tokens.size, 1);
    assert.equal(lost, 2);
  });

  test("that has ended does not stand in the way of reading, and is made anew by a vote", async (t) => {
    const { client, requests } = open(t);
    const nominee = campaign.takeNominee();
    await client.castVote(nominee);
    client.write("tokens", { ...client.read("tokens"), accessExpiresMs: 0, refresh: "gone" });
    const { campaign: answer } = await client.query(documents.ReadCampaign, { slug: "demo" });
    assert.equal(answer.viewerQuotas, null, "read as nobody");
    assert.equal(hashed(requests, documents.SignInGuest).length, 1, "a reader does not sign in");
    assert.equal((await client.castVote(nominee)).userErrors[0].code, "ALREADY_VOTED");
    assert.equal(hashed(requests, documents.SignInGuest).length, 2);
  });

  test("is signed out here and at the server", async (t) => {
    const { client, requests } = open(t);
    await client.signIn();
    const { refresh } = client.read("tokens");
    client.signOut();
    assert.equal(client.isSignedIn, false);
    await eventually(() => sent(requests, documents.SignOut).some(({ json }) => json?.data?.signOut.signedOut), "the end");
    const again = "mutation ($token: String!) { refreshSession(input: { refreshToken: $token }) { userErrors { code } } }";
    assert.equal((await run(server, again, { token: refresh })).refreshSession.userErrors.length, 1);
  });

  test("is refused to who has the wrong password or code, in the language of the client", async (t) => {
    const { client } = open(t, { language: "zh-CN" });
    await assert.rejects(client.signInStaff("nobody@example.org", "wrong"), (error) => {
      return error instanceof SignInRefused && !error.isRetryable && /[\u4e00-\u9fff]/.test(error.message);
    });
    await assert.rejects(client.redeemHandOver("no code of ours"), SignInRefused);
    assert.ok((await client.signInWays()).some(({ kind }) => kind === "GUEST"));
  });
});

describe("a vote", () => {
  test("whose answers are cut is sent again with its key, and counts once", async (t) => {
    const opened = open(t);
    const { client, requests } = opened;
    let retries = 0;
    client.onRetry = () => (retries += 1);
    const nominee = campaign.takeNominee();
    let lost = 0;
    opened.intercept = ({ data, json }) => (data.variables.nomineeId && json.data && (lost += 1) <= 2 ? "drop" : undefined);
    const [first, second] = await Promise.all([client.castVote(nominee), client.castVote(nominee)]);
    assert.deepEqual(first.userErrors, []);
    assert.equal(second, first, "a double tap is one vote");
    assert.equal(new Set(sent(requests, documents.CastVote).map(({ data }) => data.variables.idempotencyKey)).size, 1);
    assert.equal(lost, 3);
    assert.equal(retries, 2, "who waits is told");
    assert.deepEqual(client.pendingVotes(), []);
    await votesReach(nominee, 1);
  });

  test("without an answer keeps its key through a restart", async (t) => {
    const storage = memoryStorage();
    const opened = open(t, { storage });
    const nominee = campaign.takeNominee();
    opened.intercept = ({ data }) => (data.variables.nomineeId ? "drop" : undefined);
    const cut = opened.client.castVote(nominee);
    await votesReach(nominee, 1);
    opened.client.close();
    await assert.rejects(cut, ({ code }) => code === "ABORTED");
    const reopened = open(t, { storage });
    assert.deepEqual(reopened.client.pendingVotes(), [nominee]);
    assert.deepEqual((await reopened.client.castVote(nominee)).userErrors, []);
    assert.deepEqual(reopened.client.pendingVotes(), []);
    const [key] = new Set(sent(reopened.requests, documents.CastVote).map(({ data }) => data.variables.idempotencyKey));
    assert.equal(key, sent(opened.requests, documents.CastVote)[0].data.variables.idempotencyKey);
    await votesReach(nominee, 1);
  });

  test("that is challenged is solved and counts", async (t) => {
    const strict = await startServer(t, {}, "--challenge");
    const { nominees } = await findCampaign(strict);
    const { client, requests } = open(t, { origin: strict.origin });
    assert.deepEqual((await client.castVote(nominees[0])).userErrors, []);
    const casts = sent(requests, documents.CastVote);
    assert.equal(casts.some(({ data }) => data.variables.challengeSolution), true);
    assert.equal(new Set(casts.map(({ data }) => data.variables.idempotencyKey)).size, 1);
  });

  test("during a kill and restart of the server counts once", async (t) => {
    const other = await startServer(t);
    const { nominees } = await findCampaign(other);
    const { client } = open(t, { origin: other.origin });
    await client.signIn();
    await other.kill();
    const vote = client.castVote(nominees[0]);
    await other.start();
    assert.deepEqual((await vote).userErrors, []);
    await eventually(async () => (await votesOf(other, nominees[0])) === 1, "the vote");
  });
});

describe("an error", () => {
  /** What becomes of a query whose first answer is an error. */
  async function failOnce(t, code, retryAfterMs, options) {
    const opened = open(t);
    opened.intercept = (entry) => {
      if (opened.requests.length === 1) entry.json = { errors: [{ message: code, extensions: { code, retryAfterMs } }] };
    };
    const answer = await opened.client.execute("{ serverTime }", {}, { needsVoter: false, ...options }).catch((error) => error);
    return { ...opened, answer };
  }

  test("is retried if its code says that it passes, and not before the server's time is over", async (t) => {
    for (const code of ["UNAVAILABLE", "OVERLOADED", "RATE_LIMITED", "INTERNAL"]) {
      const { answer, requests } = await failOnce(t, code, 1_500);
      assert.ok(answer.serverTime, code);
      assert.equal(requests.length, 2);
      const waitedMs = requests[1].at - requests[0].answeredAt;
      assert.ok(waitedMs >= 1_499, `${waitedMs} ms`);
    }
  });

  test("of another code is final", async (t) => {
    for (const code of ["FORBIDDEN", "BAD_USER_INPUT", "NOT_FOUND", "QUERY_TOO_COMPLEX", "GRAPHQL_VALIDATION_FAILED"]) {
      const { answer, requests } = await failOnce(t, code);
      assert.ok(answer instanceof AcclaimError && answer.code === code && !answer.isRetryable);
      assert.equal(requests.length, 1);
    }
  });

  test("of an operation that is sent once is final where it may have been executed, and not where it was refused", async (t) => {
    const { answer, requests } = await failOnce(t, "UNAVAILABLE", 0, { once: true });
    assert.equal(answer.code, "UNAVAILABLE");
    assert.equal(requests.length, 1);
    const refused = await failOnce(t, "RATE_LIMITED", 0, { once: true });
    assert.ok(refused.answer.serverTime);
  });

  test("ABORTED ends a call at once, in its wait too", async (t) => {
    const opened = open(t);
    const { client, requests } = opened;
    const abort = new AbortController();
    opened.intercept = () => {
      abort.abort();
      return "drop";
    };
    const call = client.query(documents.ReadCampaign, { slug: "demo" }, { signal: abort.signal });
    await assert.rejects(call, ({ code }) => code === "ABORTED");
    const count = requests.length;
    await assert.rejects(client.query(documents.ReadCampaign, { slug: "demo" }, { signal: abort.signal }), { code: "ABORTED" });
    assert.equal(requests.length, count, "nothing is sent any more");
    const waiting = new AbortController();
    opened.intercept = (entry) => {
      entry.json = { errors: [{ message: "", extensions: { code: "UNAVAILABLE", retryAfterMs: 3_600_000 } }] };
      setImmediate(() => waiting.abort());
    };
    const slow = client.query(documents.ReadCampaign, { slug: "demo" }, { signal: waiting.signal });
    await assert.rejects(slow, ({ code }) => code === "ABORTED");
  });

  test("of the network is NETWORK after some tries", async (t) => {
    const { client, requests } = open(t, { origin: "http://127.0.0.1:9" });
    client.api.pause = () => Promise.resolve();
    await assert.rejects(client.query(documents.ReadCampaign, { slug: "demo" }), ({ code, isRetryable }) => {
      return code === "NETWORK" && isRetryable;
    });
    assert.equal(requests.length, 7);
  });
});

test("stories are read page by page", async (t) => {
  const { client } = open(t);
  const ids = [];
  let after = null;
  do {
    const { stories } = (await client.query(documents.ReadStories, { slug: "demo", first: 7, after })).campaign;
    ids.push(...stories.nodes.map(({ id }) => id));
    after = stories.pageInfo.hasNextPage ? stories.pageInfo.endCursor : null;
  } while (after !== null);
  assert.ok(ids.length > 7);
  assert.deepEqual(ids, await listStories(server));
});

test("likes and documents that a program has of its own", async (t) => {
  const { client, requests } = open(t);
  const nominee = campaign.takeNominee();
  assert.equal((await client.setLike(nominee, true)).subject.viewerHasLiked, true);
  const own = await client.query("query ($id: ID!) { nominee(id: $id) { likeCount } }", { id: nominee });
  assert.equal(own.nominee.likeCount, 1);
  // As GraphQL Code Generator writes documents.
  const text = Object.assign(new String(documents.SignInWays.text), { __meta__: { hash: documents.SignInWays.id } });
  assert.ok((await client.query(text, {})).signInWays);
  assert.equal(hashed(requests, documents.SignInWays).length, 1);
});

describe("the live tally", () => {
  /** Watches a nominee's votes; `reaches` waits for them. */
  function watch(t, client, { state, transports }) {
    const states = [];
    const watchers = new Set();
    let tally;
    const notice = () => watchers.forEach((watcher) => watcher());
    const stop = client.watchTally(
      { id: campaign.id, slug: "demo" },
      (next) => notice((tally = next)),
      (next) => notice(states.push(next)),
      transports,
    );
    t.after(stop);
    const until = async (isSo, what) => {
      const happened = event(what);
      const watcher = () => isSo() && happened.happen();
      watchers.add(watcher);
      watcher();
      await happened.happened();
      watchers.delete(watcher);
    };
    const number = async (id) => (await run(server, "query ($id: ID!) { nominee(id: $id) { number } }", { id })).nominee.number;
    const reaches = async (id, votes) => {
      const of = await number(id);
      await until(() => tally?.votes.get(of) >= votes, `${votes} votes`);
      assert.equal(tally.votes.get(of), votes);
      assert.equal(states.at(-1), state);
    };
    return { states, reaches, until, stop };
  }

  /** Sockets that this network does not let through. */
  class Closed {
    constructor() {
      setImmediate(() => this.onclose({ code: 1006 }));
    }
    send() {}
    close() {}
  }

  for (const [what, options, without, state] of [
    ["by a socket", { webSocket: WebSocket }, [], "live"],
    ["by server-sent events where there is no class of sockets", { webSocket: null }, [], "live"],
    ["by server-sent events where sockets are not let through", { webSocket: Closed }, [], "live"],
    ["by polling where neither is", { webSocket: Closed }, ["stream"], "polling"],
  ]) {
    test(`comes ${what}`, async (t) => {
      const { client, requests } = open(t, options);
      for (const name of without) delete client.platform[name];
      const nominee = campaign.takeNominee();
      const { reaches } = watch(t, client, { state });
      await castVote(server, nominee);
      await reaches(nominee, 1);
      const polls = requests.filter(({ url }) => url.endsWith("/tally.json"));
      assert.equal(polls.length > 0, state === "polling");
    });
  }

  for (const [name, transport] of Object.entries({ socket, stream })) {
    test(`comes back after a break of its ${name}, and ends when it is told to`, async (t) => {
      const proxy = await startProxy(t, server);
      const { client } = open(t, { origin: proxy.origin, webSocket: WebSocket });
      const nominee = campaign.takeNominee();
      const watched = watch(t, client, { state: "live", transports: [transport] });
      await watched.until(() => watched.states.includes("live"), "the connection");
      proxy.cut();
      await watched.until(() => watched.states.includes("lost"), "the loss");
      await castVote(server, nominee);
      await watched.reaches(nominee, 1);
      assert.deepEqual(watched.states, ["connecting", "live", "lost", "live"]);
      watched.stop();
      await eventually(() => proxy.count() === 0, "the connection to end");
    });
  }

  test("comes back where the network falls silent without a word", async (t) => {
    const proxy = await startProxy(t, server);
    const { client } = open(t, { origin: proxy.origin, webSocket: WebSocket });
    const watched = watch(t, client, { state: "live", transports: [socket] });
    await watched.until(() => watched.states.includes("live"), "the connection");
    proxy.silence();
    await watched.until(() => watched.states.at(-1) === "live" && watched.states.includes("lost"), "another connection");
    assert.deepEqual(watched.states, ["connecting", "live", "lost", "live"]);
  });

  test("that is not wanted any more before its socket is open closes it without a complaint", async (t) => {
    const closed = event("the socket to close");
    const complaints = [];
    let made;
    class Noted extends WebSocket {
      constructor(...words) {
        super(...words);
        made = this;
        this.on("error", (error) => complaints.push(error.message));
        this.on("close", (code) => closed.happen(complaints.push(code)));
        stop();
      }
    }
    const { client } = open(t, { webSocket: Noted });
    const { stop } = watch(t, client, { state: "live", transports: [socket] });
    await closed.happened();
    assert.equal(made.readyState, WebSocket.CLOSED);
    assert.deepEqual(complaints, [1000]);
  });

  test("renews a token that the server takes no more", async (t) => {
    const { client, requests } = open(t, { webSocket: WebSocket });
    await client.signIn();
    client.write("tokens", { ...client.read("tokens"), access: "not.a.token" });
    const watched = watch(t, client, { state: "live", transports: [socket] });
    await watched.until(() => watched.states.includes("live"), "the connection");
    assert.equal(hashed(requests, documents.RefreshSession).length, 1);
  });

  test("subscriptions share a socket, which comes back and is closed after the last", async (t) => {
    let opened = 0;
    let closed = 0;
    const sockets = [];
    class Counted extends WebSocket {
      constructor(...words) {
        super(...words);
        opened += 1;
        sockets.push(this);
        this.on("close", () => (closed += 1));
      }
    }
    const { client } = open(t, { webSocket: Counted });
    let opens = 0;
    let heard = 0;
    const observer = { next: () => (heard += 1), open: () => (opens += 1) };
    const stops = [1, 2].map(() => client.subscribe(documents.WatchTally, { campaignId: campaign.id }, observer));
    await eventually(() => heard >= 2, "both tallies");
    assert.equal(opened, 1);
    sockets[0].terminate();
    await eventually(() => opens === 4, "both to be told");
    assert.equal(opened, 2);
    stops.forEach((stop) => stop());
    await eventually(() => closed === 2, "the socket to close");
  });
});

describe("in a browser", () => {
  const files = new Map();
  let site;

  before(async () => {
    // The page of the README, with the package where a page without a bundler finds it.
    const readme = await readFile(join(source, "README.md"), "utf8");
    const [, page] = /```html\n([^]*?)^```/m.exec(readme);
    files.set("/", page.replaceAll("http://127.0.0.1:8080", server.origin));
    for (const name of await readdir(join(installed, "dist"))) {
      if (name.endsWith(".js")) files.set(`/client/${name}`, await readFile(join(installed, "dist", name), "utf8"));
    }
    site = createServer(({ url }, response) => {
      const path = url.split("?")[0];
      const type = extname(path) === ".js" ? "text/javascript" : "text/html; charset=utf-8";
      response.writeHead(files.has(path) ? 200 : 404, { "content-type": type }).end(files.get(path));
    }).listen(0, "127.0.0.1");
    await once(site, "listening");
  });
  after(() => site?.close());

  /** Opens the page; `hide` are the parts of the browser that it does not have. */
  async function openPage(t, hide = []) {
    const context = await browser.newContext();
    context.setDefaultTimeout(deadlineMs());
    t.after(() => context.close());
    const page = await context.newPage();
    await page.addInitScript((hidden) => {
      const closed = class extends EventTarget {
        constructor() {
          super();
          setTimeout(() => this.onclose?.({ code: 1006 }));
        }
        close() {}
      };
      if (hidden.includes("WebSocket")) globalThis.WebSocket = closed;
    }, hide);
    if (hide.includes("stream")) await page.route("**/graphql/stream", (route) => route.abort());
    await page.goto(`http://localhost:${site.address().port}/`);
    return { page, rows: page.locator("#nominees li") };
  }

  test("the README's page reads stories page by page", async (t) => {
    const { page } = await openPage(t);
    await page.locator("article").nth(4).waitFor();
    await page.click("#more");
    await page.locator("article").nth(9).waitFor();
    assert.equal(new Set(await page.locator("article h3").allTextContents()).size, 10);
  });

  // Each has a nominee of its own, for whom no other test votes.
  for (const [index, hide] of [[], ["WebSocket"], ["WebSocket", "stream"]].entries()) {
    test(`a tap on its button counts and is seen live, without ${hide.join(" and ") || "nothing"}`, async (t) => {
      const { page, rows } = await openPage(t, hide);
      const row = rows.nth(9 - index);
      await row.locator("button").waitFor();
      const before = Number(await row.locator("b").textContent());
      await row.locator("button").click();
      await row.getByText("9 left").waitFor();
      await row.locator("b").getByText(String(before + 1), { exact: true }).waitFor();
      await page.reload();
      await row.locator("button").click();
      await row.getByText("already").waitFor();
    });
  }

  test("a vote whose answers are lost counts once, also where the page is closed meanwhile", async (t) => {
    const { page, rows } = await openPage(t);
    const row = rows.nth(6);
    await row.locator("button").waitFor();
    const keys = new Set();
    let isCut = true;
    const asked = event("the vote");
    await page.route("**/graphql", async (route) => {
      const { variables } = route.request().postDataJSON() ?? {};
      if (!variables?.nomineeId) return route.continue();
      keys.add(variables.idempotencyKey);
      if (!isCut) return route.continue();
      const json = await (await route.fetch()).json();
      if (json.data) asked.happen();
      return route.abort();
    });
    await row.locator("button").click();
    await asked.happened();
    await page.reload();
    isCut = false;
    await row.locator("button").click();
    await row.getByText("9 left").waitFor();
    assert.equal(keys.size, 1);
  });
});
