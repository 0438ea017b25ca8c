// The client of the sample mini-program, on a phone of the platform as Node can be one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, describe, test } from "node:test";
import { castVote, findCampaign, listStories, run } from "./api.js";
import { startServer } from "./server.js";
import { event, eventually } from "./waiting.js";
import { appId, appSecret, phoneOf, startPlatform } from "./wx.js";

const require = createRequire(import.meta.url);
const program = "../../examples/miniprogram";
const { Acclaim, documents } = require(`${program}/lib/acclaim.js`);

const platform = await startPlatform(after);
const wechat = {
  ACCLAIM_WECHAT_APP_ID: appId,
  ACCLAIM_WECHAT_SECRET: appSecret,
  ACCLAIM_WECHAT_BASE_URL: platform.url,
};
const server = await startServer({ after }, wechat);
const campaign = await findCampaign(server);

/** A phone with the mini-program open; the program's `wx` is this phone's until the next is opened. */
function openPhone(person, to = server) {
  const phone = phoneOf(person, platform);
  globalThis.wx = phone.wx;
  return { phone, client: new Acclaim({ origin: to.origin }) };
}

const sent = (phone, document) => phone.requests.filter(({ data }) => data?.extensions.persistedQuery.sha256Hash === document.id);
const votesOf = async (to, id) => (await run(to, "query ($id: ID!) { nominee(id: $id) { votes } }", { id })).nominee.votes;

async function votesReach(to, id, votes) {
  await eventually(async () => (await votesOf(to, id)) >= votes, `${votes} votes`);
  assert.equal(await votesOf(to, id), votes);
}

describe("the mini-program's client", () => {
  test("a vote signs in by the platform, once for all who wait, and a double tap is one vote", async () => {
    const { phone, client } = openPhone("lin");
    const nominee = campaign.takeNominee();
    const [first, second, other] = await Promise.all([
      client.castVote(nominee),
      client.castVote(nominee),
      client.castVote(campaign.takeNominee()),
    ]);
    assert.deepEqual(first.userErrors, []);
    assert.equal(second, first);
    assert.equal(other.quota.used + first.quota.used >= 3, true);
    assert.equal(phone.logins, 1);
    assert.equal(sent(phone, documents.CastVote).filter(({ data }) => !data.query).length, 2);
    await votesReach(server, nominee, 1);
    const again = await client.castVote(nominee);
    assert.equal(again.userErrors[0].code, "ALREADY_VOTED");
    assert.equal(again.userErrors[0].message, "您已经为该候选人投过票了。");
    // The same person on another phone is the same voter.
    const { client: elsewhere } = openPhone("lin");
    assert.equal((await elsewhere.castVote(nominee)).userErrors[0].code, "ALREADY_VOTED");
  });

  test("a document's text is sent once, then its hash alone", async () => {
    const { phone, client } = openPhone("wen");
    const variables = { slug: "demo", number: 1 };
    const { campaign: answer } = await client.query(documents.Nominee, variables);
    assert.equal(answer.nominee.name, "尤俊杰");
    await client.query(documents.Nominee, variables);
    const texts = sent(phone, documents.Nominee).map(({ data }) => data.query !== undefined);
    assert.deepEqual(texts, [false, true, false]);
  });

  test("a vote whose answer is lost is sent again and counts once; one whose phone is restarted, too", async () => {
    const { phone, client } = openPhone("zhao");
    let retries = 0;
    client.onRetry = () => (retries += 1);
    const nominee = campaign.takeNominee();
    let lost = 0;
    phone.intercept = ({ data }) => (data?.variables.nomineeId && (lost += 1) <= 2 ? "drop" : undefined);
    const { nominee: voted, userErrors } = await client.castVote(nominee);
    assert.deepEqual(userErrors, []);
    assert.equal(voted.viewerHasVoted, true);
    const keys = new Set(sent(phone, documents.CastVote).map(({ data }) => data.variables.idempotencyKey));
    assert.equal(keys.size, 1);
    assert.ok(lost >= 3);
    assert.equal(retries, 2, "who waits is told");
    await votesReach(server, nominee, 1);
    // Every answer is lost, until the mini-program is closed and opened again.
    const other = campaign.takeNominee();
    phone.intercept = ({ data }) => (data?.variables.nomineeId ? "drop" : undefined);
    const closed = client.castVote(other);
    await votesReach(server, other, 1);
    phone.intercept = () => undefined;
    const reopened = new Acclaim({ origin: server.origin });
    assert.deepEqual(reopened.pendingVotes(), [other]);
    assert.deepEqual((await reopened.castVote(other)).userErrors, []);
    assert.deepEqual(reopened.pendingVotes(), []);
    assert.deepEqual((await closed).userErrors, []);
    await votesReach(server, other, 1);
  });

  test("a token that expires during a burst is refreshed once, and ten requests run at once", async () => {
    for (const expire of [
      // By its time, which the client knows;
      (tokens) => ({ ...tokens, expiresMs: Date.now() - 1 }),
      // and before it, as when the server's key changes.
      (tokens) => ({ ...tokens, access: `${tokens.access}x` }),
    ]) {
      const { phone, client } = openPhone("qian");
      await client.signIn();
      client.write("tokens", expire(client.read("tokens")));
      const asked = Array.from({ length: 40 }, (_, i) => client.query(documents.Nominee, { slug: "demo", number: i + 1 }));
      const answers = await Promise.all(asked);
      assert.ok(answers.every(({ campaign }) => campaign.nominee.viewerHasVoted === false), "all as the voter");
      assert.equal(sent(phone, documents.Refresh).filter(({ data, status }) => status === 200 && data).length, 1);
      assert.equal(phone.logins, 1);
      assert.equal(phone.concurrentMax, 10);
    }
  });

  test("a session that has ended is a new sign-in of the same voter", async () => {
    const { phone, client } = openPhone("sun");
    const nominee = campaign.takeNominee();
    await client.castVote(nominee);
    client.write("tokens", { ...client.read("tokens"), expiresMs: 0, refresh: "gone" });
    assert.equal((await client.castVote(nominee)).userErrors[0].code, "ALREADY_VOTED");
    assert.equal(phone.logins, 2);
  });

  test("reading needs no session: it is anonymous where none can be renewed, and soon", async () => {
    for (const isDropped of [false, true]) {
      const { phone, client } = openPhone("reader");
      await client.signIn();
      client.write("tokens", { ...client.read("tokens"), expires: 0, expiresMs: 0, ...(!isDropped && { refresh: "gone" }) });
      phone.isLoginBroken = true;
      phone.intercept = ({ data }) => (isDropped && data?.variables.refreshToken ? "drop" : undefined);
      const since = Date.now();
      const { campaign: answer } = await client.query(documents.Nominee, { slug: "demo", number: 1 });
      assert.equal(answer.nominee.viewerHasVoted, null);
      assert.equal(phone.logins, 1, "a reader does not sign in");
      assert.equal(phone.requests.filter(({ data, at }) => at >= since && data?.variables.slug).length, 1);
    }
  });

  test("a report of views that is refused is not sent again and again", async (t) => {
    const strict = await startServer(t, wechat);
    const { nominees } = await findCampaign(strict);
    const { phone, client } = openPhone("reporter", strict);
    const refusal = { errors: [{ message: "Slow down.", extensions: { code: "RATE_LIMITED", retryAfterMs: 1 } }] };
    const later = event("a call after the report");
    phone.intercept = (entry) => {
      if (!entry.data?.variables.subjectIds) return;
      entry.json = refusal;
      later.happen();
    };
    client.recordViews([nominees[0]]);
    await later.happened();
    // Where the report is sent again, it is before the next report.
    await client.execute(documents.RecordViews, { subjectIds: [nominees[1]], key: crypto.randomUUID() }, {
      needsVoter: false,
      isBackground: true,
    }).catch(() => undefined);
    assert.equal(sent(phone, documents.RecordViews).filter(({ data }) => data.variables.subjectIds[0] === nominees[0]).length, 1);
  });

  test("a phone whose storage is full votes, renews and signs out all the same", async () => {
    const { phone, client } = openPhone("full");
    await client.signIn();
    const first = client.read("tokens");
    phone.isStorageFull = true;
    const nominee = campaign.takeNominee();
    client.write("tokens", { ...first, expires: 0, expiresMs: 0 });
    assert.deepEqual((await client.castVote(nominee)).userErrors, []);
    assert.notEqual(client.read("tokens").refresh, first.refresh, "the newer session wins");
    client.signOut();
    assert.equal(client.isSignedIn, false);
    // Nor does the old one come back with the next start.
    assert.equal(new Acclaim({ origin: server.origin }).isSignedIn, false);
  });

  test("what is watched hears that its socket has come back", async (t) => {
    const { phone, client } = openPhone("traveller");
    let opened = 0;
    const observer = { next: () => undefined, open: () => (opened += 1) };
    const stop = client.subscribe(documents.WatchStories, { campaignId: campaign.id }, observer);
    t.after(stop);
    await eventually(() => opened === 1, "the socket to open");
    phone.socket.terminate();
    await eventually(() => opened === 2, "the socket to come back");
  });

  test("a rate limit is obeyed: nothing is sent before the server's time is over, and all votes count", async (t) => {
    const strict = await startServer(t, { ...wechat, ACCLAIM_LIMIT_CAST: "2/2" });
    const { nominees } = await findCampaign(strict);
    const { phone, client } = openPhone("li", strict);
    const votes = await Promise.all(nominees.slice(0, 5).map((id) => client.castVote(id)));
    assert.ok(votes.every(({ userErrors }) => userErrors.length === 0));
    const casts = sent(phone, documents.CastVote);
    let refused = 0;
    for (const [i, cast] of casts.entries()) {
      const error = JSON.parse(cast.answer).errors?.[0];
      if (error?.extensions.code !== "RATE_LIMITED") continue;
      refused += 1;
      const next = casts.slice(i + 1).find(({ data }) => data.variables.nomineeId === cast.data.variables.nomineeId);
      const waited = next.at - cast.answeredAt;
      assert.ok(waited >= error.extensions.retryAfterMs - 1, `${waited} of ${error.extensions.retryAfterMs} ms`);
    }
    assert.ok(refused > 0, "the limit was met");
  });

  test("the server's clock is known, whatever the phone's is", async () => {
    const { client } = openPhone("zhou");
    const shift = 3 * 3600 * 1000;
    const { now } = Date;
    try {
      Date.now = () => now() + shift;
      await client.query(documents.Campaign, { slug: "demo" });
      assert.ok(Math.abs(client.now() - now()) < 60_000);
    } finally {
      Date.now = now;
    }
  });

  test("the tally is polled, and mostly has not changed", async (t) => {
    const { phone, client } = openPhone("wu");
    const seen = [];
    const moved = event("a newer tally");
    let since = Infinity;
    const stop = client.pollTally(
      "demo",
      (tally) => {
        seen.push(tally);
        if (tally.version > since) moved.happen();
      },
      50,
    );
    t.after(stop);
    await eventually(() => phone.requests.some(({ status }) => status === 304), "an answer that nothing has changed");
    since = seen.at(-1).version;
    await castVote(server, campaign.takeNominee());
    await moved.happened();
  });

  test("a kill and restart of the server: the vote counts once, and what was watched goes on", async (t) => {
    const { client } = openPhone("zheng");
    const nominee = campaign.takeNominee();
    let votes;
    const watchers = new Set();
    const stop = client.subscribe(documents.WatchTally, { campaignId: campaign.id }, {
      next: ({ tallyChanged }) => {
        votes = tallyChanged.entries.find((entry) => entry.nominee.id === nominee).votes;
        watchers.forEach((watcher) => watcher());
      },
    });
    t.after(stop);
    const reach = async (count) => {
      const reached = event(`${count} votes on the socket`);
      const watcher = () => votes >= count && reached.happen();
      watchers.add(watcher);
      watcher();
      await reached.happened();
      assert.equal(votes, count);
    };
    await castVote(server, nominee);
    await reach(1);
    await server.kill();
    const vote = client.castVote(nominee);
    await server.start();
    assert.deepEqual((await vote).userErrors, []);
    await reach(2);
  });

  test("one socket is enough for all that is watched, and is closed after the last", async () => {
    const { phone, client } = openPhone("wang");
    const heard = event("the tally");
    const stops = [
      client.subscribe(documents.WatchTally, { campaignId: campaign.id }, { next: heard.happen }),
      client.subscribe(documents.WatchStories, { campaignId: campaign.id }, { next: () => undefined }),
    ];
    await heard.happened();
    const { socket } = phone;
    const closed = event("the socket to close");
    socket.on("close", closed.happen);
    assert.equal(socket.protocol, "graphql-transport-ws");
    stops.forEach((stop) => stop());
    await closed.happened();
    assert.equal(phone.socket, socket);
  });

  test("likes and views need no more than a call; a report of views whose answer is lost counts once", async () => {
    const { phone, client } = openPhone("feng");
    const subject = campaign.takeNominee();
    assert.deepEqual(await client.setLike(subject, true), { subject: { likeCount: 1, viewerHasLiked: true }, userErrors: [] });
    const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Nominee { viewCount } } }";
    const views = async (...ids) => (await run(server, query, { ids })).nodes.map((nominee) => nominee.viewCount);
    let answers = 0;
    const answered = event("an answer that arrives");
    phone.intercept = ({ data, answer }) => {
      if (!data?.variables.subjectIds || !answer.includes("recorded")) return undefined;
      answers += 1;
      if (answers <= 2) return "drop";
      return answered.happen();
    };
    client.recordViews([subject]);
    await answered.happened();
    // Views are stored in the order of their coming: with this one, all repetitions have been.
    const later = campaign.takeNominee();
    client.recordViews([later]);
    await eventually(async () => (await views(later))[0] >= 1, "the later view");
    assert.equal(answers, 4);
    assert.deepEqual(await views(subject, later), [1, 1]);
    // Reports, and nothing else, carry the id of the phone.
    const isReport = ({ data }) => data?.variables.subjectIds !== undefined;
    const deviceOf = ({ header }) => header["x-acclaim-device"];
    const devices = new Set(phone.requests.filter(isReport).map(deviceOf));
    assert.equal(devices.size, 1);
    assert.match([...devices][0], /^[0-9a-f-]{36}$/);
    assert.ok(phone.requests.every((request) => isReport(request) || deviceOf(request) === undefined));
  });
});

describe("the mini-program's pages", () => {
  const pages = openPhone("pages");
  const { phone, client } = pages;

  /** Makes a phone the one whose pages are opened next. */
  function use(owner) {
    globalThis.wx = owner.phone.wx;
    globalThis.getApp = () => ({ client: owner.client });
    return owner;
  }

  /** A page as the platform makes it of what its file says; opened with `options`. */
  function openPage(name, options = {}) {
    let page;
    globalThis.Page = (definition) => (page = { ...definition, data: structuredClone(definition.data) });
    const path = require.resolve(`${program}/pages/${name}/${name}.js`);
    // Both take the client when they are loaded.
    delete require.cache[path];
    delete require.cache[require.resolve(`${program}/lib/vote.js`)];
    require(path);
    page.setData = (change) => {
      for (const [key, value] of Object.entries(change)) {
        const names = key.split(".");
        const last = names.pop();
        names.reduce((object, name) => object[name], page.data)[last] = value;
      }
    };
    return { page, opened: page.onLoad?.(options) };
  }

  const shows = (page, isShown, what) => eventually(() => isShown(page.data), what);

  test("the list shows nominees and their search, votes and shows what is left", async () => {
    use(pages);
    const { page } = openPage("list");
    await shows(page, ({ nominees }) => nominees.length === 30, "the first page");
    page.onReachBottom();
    await shows(page, ({ nominees }) => nominees.length === 39, "the rest of the category");
    page.onVote({ currentTarget: { dataset: { index: 2 } } });
    await shows(page, ({ nominees, quota }) => nominees[2].viewerHasVoted && quota?.remaining === 9, "the vote");
    assert.equal(phone.toasts.at(-1), "投票成功");
    page.onSearch({ detail: { value: " 尤俊杰 " } });
    await shows(page, ({ nominees }) => nominees.length === 1, "who was searched for");
    page.onShow();
    await shows(page, ({ left }) => /^距投票结束 2天 /.test(left), "the time left");
    page.onHide();
  });

  test("a nominee is opened by its number or a scanned code, voted for and liked", async () => {
    use(pages);
    const { page } = openPage("nominee", { scene: encodeURIComponent("c=demo&n=50") });
    await shows(page, ({ nominee }) => nominee?.number === 50, "the nominee");
    await page.onVote();
    assert.equal(page.data.nominee.viewerHasVoted, true);
    await page.onLike();
    assert.equal(page.data.nominee.viewerHasLiked, true);
    const { page: missing } = openPage("nominee", { number: "9999" });
    await shows(missing, ({ isMissing }) => isMissing, "that there is none");
  });

  test("categories that are chosen in quick succession show each nominee once", async (t) => {
    use(pages);
    const { page } = openPage("list");
    t.after(() => page.onUnload());
    await shows(page, ({ nominees }) => nominees.length === 30, "the first page");
    const [a, b] = page.data.campaign.categories.map(({ id }) => id);
    const isList = ({ data }) => data?.variables.orderBy === "SHUFFLED";
    const before = phone.requests.filter(isList).length;
    const choose = (id) => page.onCategory({ currentTarget: { dataset: { id } } });
    // All answers come after the last choice.
    const released = event("the answers to be let through");
    phone.intercept = (entry) => (isList(entry) ? released.happened() : undefined);
    choose(b);
    choose(a);
    choose(b);
    choose(a);
    const asked = () => phone.requests.filter(isList).slice(before);
    await eventually(() => asked().length === 4 && asked().every(({ answer }) => answer), "the answers");
    released.happen();
    phone.intercept = () => undefined;
    await shows(page, ({ nominees }) => nominees.length >= 30, "the list");
    await page.loadMore();
    await shows(page, ({ isComplete }) => isComplete, "the end of the list");
    const ids = page.data.nominees.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  test("the fair order is the phone's own: signing in by a first vote does not change it", async (t) => {
    const { phone, client } = use(openPhone("seed"));
    const { page } = openPage("list");
    t.after(() => page.onUnload());
    await shows(page, ({ nominees }) => nominees.length === 30, "the first page");
    const before = page.data.nominees.map(({ id }) => id);
    assert.equal(client.isSignedIn, false);
    await page.castVote(page.data.nominees[0]);
    assert.equal(client.isSignedIn, true);
    await page.restart();
    await shows(page, ({ nominees }) => nominees.length === 30, "the first page again");
    assert.deepEqual(
      page.data.nominees.map(({ id }) => id),
      before,
    );
    const seeds = phone.requests.map(({ data }) => data?.variables.seed).filter(Boolean);
    assert.ok(seeds.length >= 2);
    assert.equal(new Set(seeds).size, 1);
  });

  test("a name's first character is whole, a rare one too", () => {
    use(pages);
    const { initialOf } = require(`${program}/lib/vote.js`);
    assert.equal(initialOf("𠮷田"), "𠮷");
    for (const name of ["list", "nominee"]) {
      const markup = readFileSync(require.resolve(`${program}/pages/${name}/${name}.wxml`), "utf8");
      assert.doesNotMatch(markup, /name\[/);
    }
  });

  test("a new day gives new votes to a list that stayed open; a spent quota and a search show what they mean", async (t) => {
    const { phone, client } = use(openPhone("owl"));
    const { page } = openPage("list");
    t.after(() => page.onUnload());
    await shows(page, ({ nominees }) => nominees.length === 30, "the first page");
    const resetsAtMs = client.now() + 3_600_000;
    let isNew = false;
    let isSpent = false;
    phone.intercept = ({ json }) => {
      const quotas = [...(json?.data?.campaign?.viewerQuotas ?? []), json?.data?.castVote?.quota].filter(Boolean);
      for (const quota of quotas) {
        quota.resetsAt = new Date(resetsAtMs + (isNew ? 86_400_000 : 0)).toISOString();
        if (isNew) Object.assign(quota, { used: 0, remaining: quota.limit });
        if (isSpent && quota.category.id === page.data.category) Object.assign(quota, { used: quota.limit, remaining: 0 });
      }
    };
    page.onVote({ currentTarget: { dataset: { index: 0 } } });
    await shows(page, ({ nominees, quota }) => nominees[0].viewerHasVoted && quota?.remaining === 9, "the vote");
    await shows(page, ({ campaign }) => campaign.viewerQuotas.length === 3, "the quotas of all categories");
    isNew = true;
    const { now } = Date;
    try {
      Date.now = () => now() + 7_200_000;
      page.tick();
      await shows(page, ({ nominees, quota }) => !nominees[0].viewerHasVoted && quota.remaining === 10, "the new day");
    } finally {
      Date.now = now;
    }
    isSpent = true;
    page.onHide();
    page.onShow();
    await shows(page, ({ category, spent, quota }) => spent[category] && quota.remaining === 0, "that all votes are spent");
    page.onSearch({ detail: { value: "银川" } });
    await shows(page, ({ search, nominees, quota }) => search && nominees.length > 1 && quota === null, "no quota of a category");
  });

  test("a vote that is prolonged opens again on a list that stayed open", async (t) => {
    const { phone, client } = use(openPhone("lark"));
    let isOver = true;
    phone.intercept = ({ json }) => {
      const found = json?.data?.campaign;
      if (found?.phase && isOver) Object.assign(found, { phase: "ENDED", votingClosesAt: new Date().toISOString() });
    };
    const { page } = openPage("list");
    t.after(() => page.onUnload());
    await shows(page, ({ nominees, isOpen }) => nominees.length === 30 && !isOpen, "that voting is over");
    isOver = false;
    const { now } = Date;
    try {
      Date.now = () => now() + 180_000;
      page.tick();
      await shows(page, ({ isOpen }) => isOpen, "that voting is open");
    } finally {
      Date.now = now;
    }
  });

  test("stories that come out are announced once: the first of a feed, several at once, those of a broken socket", async (t) => {
    const { phone, client } = use(openPhone("follower"));
    const ids = await listStories(server);
    let held = ids.length;
    phone.intercept = ({ json }) => {
      const stories = json?.data?.campaign?.stories;
      if (!stories?.edges) return;
      const out = new Set(ids.slice(held));
      stories.edges = stories.edges.filter(({ node }) => out.has(node.id));
      if (out.size === 0) stories.pageInfo = { hasNextPage: false, hasPreviousPage: false, endCursor: null };
    };
    const { page, opened } = openPage("stories");
    t.after(() => page.onUnload());
    await opened;
    assert.deepEqual(page.data.stories, []);
    held -= 1;
    await page.checkForNewer();
    assert.equal(page.data.newer, 1);
    page.onNewer();
    held -= 1;
    await Promise.all([page.checkForNewer(), page.checkForNewer(), page.checkForNewer()]);
    assert.equal(page.data.newer, 1);
    await eventually(() => phone.socket?.readyState === 1, "the socket to open");
    phone.socket.terminate();
    held -= 1;
    await shows(page, ({ newer }) => newer === 2, "what came out meanwhile");
    page.onNewer();
    assert.equal(new Set(page.data.stories.map(({ id }) => id)).size, 3);
  });

  test("a story has a page: its text, its pictures and films, a like", async () => {
    use(pages);
    const [id] = await listStories(server);
    const { page } = openPage("story", { id });
    await shows(page, ({ story }) => story?.body.includes("<p>"), "the story");
    await page.onLike();
    assert.equal(page.data.story.viewerHasLiked, true);
    await page.onLike();
    page.data.story.media = [{ kind: "VIDEO", url: "https://example.org/film", title: "A film" }];
    page.onMedium({ currentTarget: { dataset: { index: 0 } } });
    assert.equal(phone.copied, "https://example.org/film");
    const { page: missing } = openPage("story", { id: "none" });
    await shows(missing, ({ isMissing }) => isMissing, "that there is none");
  });

  test("stories are read to the end and liked; mine shows votes and quotas, and signs out", async (t) => {
    use(pages);
    const { page, opened } = openPage("stories");
    await opened;
    t.after(() => page.onUnload());
    while (!page.data.isComplete) await page.loadMore();
    assert.ok(page.data.stories.length > 40);
    await page.onLike({ currentTarget: { dataset: { index: 1 } } });
    assert.equal(page.data.stories[1].likeCount, 1);
    const { page: mine } = openPage("mine");
    mine.onShow();
    await shows(mine, ({ voted, quotas }) => voted.length === 2 && quotas.length === 3, "votes and quotas");
    mine.onHide();
    mine.onSignOut();
    assert.equal(client.isSignedIn, false);
    await mine.onSignIn();
    assert.equal(mine.data.isSignedIn, true);
  });
});
