// The client of the sample mini-program, on a phone of the platform as Node can be one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { castVote, findCampaign, listStories, run } from "./api.js";
import { staffToken } from "./desk.js";
import { Acclaim, AcclaimError, documents, load, makePage, read, root, shown, tap, tapOn, use } from "./program.js";
import { startServer } from "./server.js";
import { event, eventually } from "./waiting.js";
import { textOf } from "./wxml.js";
import { appId, appSecret, phoneOf, startPlatform } from "./wx.js";

const platform = await startPlatform(after);
const wechat = {
  ACCLAIM_WECHAT_APP_ID: appId,
  ACCLAIM_WECHAT_SECRET: appSecret,
  ACCLAIM_WECHAT_BASE_URL: platform.url,
};
const server = await startServer({ after }, wechat);
const campaign = await findCampaign(server);

/** A phone with the mini-program open; the program's `wx` is this phone's until the next is opened. */
function openPhone(person, to = server, language = "zh-CN") {
  const phone = phoneOf(person, platform);
  globalThis.wx = phone.wx;
  return { phone, client: new Acclaim({ origin: to.origin, language }) };
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

  test("a vote brings the first ticket of its visit back, and says by whose page the voter came at first", async () => {
    const { phone, client } = openPhone("visitor");
    const shown = campaign.takeNominee();
    await client.query(documents.Nominee, { slug: "demo", number: 1 });
    client.noteArrival(shown);
    client.noteArrival(null);
    const { ticket } = client;
    await client.query(documents.Campaign, { slug: "demo" });
    assert.equal(client.ticket, ticket, "the first of a visit");
    await client.castVote(shown);
    const [{ data }] = sent(phone, documents.CastVote);
    assert.match(data.variables.ticket, /^[\w-]{20}$/);
    assert.deepEqual([data.variables.ticket, data.variables.sharedBy], [ticket.text, shown]);
    // Whoever comes again after a while has another visit, and came by the same link.
    client.ticket.sinceMs -= 31 * 60_000;
    await client.query(documents.Campaign, { slug: "demo" });
    assert.notEqual(client.ticket, ticket);
    const again = new Acclaim({ origin: server.origin });
    again.noteArrival(null);
    await again.castVote(campaign.takeNominee());
    const cast = sent(phone, documents.CastVote).at(-1).data.variables;
    assert.deepEqual([cast.ticket, cast.sharedBy], [undefined, shown], "without a query nothing was shown");
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
      (tokens) => ({ ...tokens, accessExpiresMs: Date.now() - 1 }),
      // and before it, as when the server's key changes.
      (tokens) => ({ ...tokens, access: `${tokens.access}x` }),
    ]) {
      const { phone, client } = openPhone("qian");
      await client.signIn();
      client.write("tokens", expire(client.read("tokens")));
      const asked = Array.from({ length: 40 }, (_, i) => client.query(documents.Nominee, { slug: "demo", number: i + 1 }));
      const answers = await Promise.all(asked);
      assert.ok(answers.every(({ campaign }) => campaign.nominee.viewerHasVoted === false), "all as the voter");
      assert.equal(sent(phone, documents.RefreshSession).filter(({ data, status }) => status === 200 && data).length, 1);
      assert.equal(phone.logins, 1);
      assert.equal(phone.concurrentMax, 10);
    }
  });

  test("a session that has ended is a new sign-in of the same voter", async () => {
    const { phone, client } = openPhone("sun");
    const nominee = campaign.takeNominee();
    await client.castVote(nominee);
    client.write("tokens", { ...client.read("tokens"), accessExpiresMs: 0, refresh: "gone" });
    assert.equal((await client.castVote(nominee)).userErrors[0].code, "ALREADY_VOTED");
    assert.equal(phone.logins, 2);
  });

  test("reading needs no session: it is anonymous where none can be renewed, and soon", async () => {
    for (const isDropped of [false, true]) {
      const { phone, client } = openPhone("reader");
      await client.signIn();
      client.write("tokens", { ...client.read("tokens"), accessExpiresMs: 0, ...(!isDropped && { refresh: "gone" }) });
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
    client.write("tokens", { ...first, accessExpiresMs: 0 });
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
  const { phone } = pages;

  /** Opens a page with `options`; it is closed when the test has ended. */
  function openPage(context, name, options = {}) {
    const page = makePage(name);
    context.after(() => page.onUnload());
    return { page, opened: page.onLoad(options) };
  }

  const shows = (page, isShown, what) => eventually(() => isShown(page.data), what);
  const reads = (page, pattern) => eventually(() => pattern.test(read(page)), `${pattern} on the page`);
  const ofClass = (page, name) => shown(page, ({ attributes }) => (attributes.class ?? "").split(/\s+/).includes(name));
  const textsOf = (page, name) => ofClass(page, name).map((element) => textOf(element).trim());
  /** The card of the nominee at `index`, as a page of its own. */
  const ofCard = (page, index) => ({ render: () => [ofClass(page, "card")[index]] });
  const choose = (page, id) => page.onCategory({ currentTarget: { dataset: { id } } });

  /** Opens the list, and waits for its first page. */
  async function openList(context) {
    const { page } = openPage(context, "list");
    await shows(page, ({ nominees }) => nominees.length === 30, "the first page");
    return page;
  }

  /** What a server that is beyond help answers: nothing is tried again. */
  const broken = { errors: [{ message: "Broken.", extensions: { code: "FORBIDDEN" } }] };

  /** Makes each answer to a document one of a broken server, until the function that it gives is called. */
  function breakAnswers(phone, document) {
    phone.intercept = (entry) => {
      if (entry.data?.extensions?.persistedQuery.sha256Hash === document.id) entry.json = broken;
    };
    return () => (phone.intercept = () => undefined);
  }

  test("the list: a head with clock and totals, cards with places, and a vote from the tap to the count", async (t) => {
    const { phone } = use(pages);
    const page = await openList(t);
    page.onShow();
    await shows(page, ({ clock }) => clock.blocks.length === 4, "the clock");
    assert.match(textOf(ofClass(page, "clock")), /距投票结束\s*[23]\s*天/);
    assert.deepEqual(textsOf(page, "total-label"), ["总票数", "投票人", "候选人"]);
    assert.equal(textsOf(page, "total-value").at(-1), "100");
    assert.match(textOf(ofClass(page, "how")), /每天每类 10 票/);
    assert.equal(ofClass(page, "dots").length, 0, "no quota of nobody");
    page.onReachBottom();
    await shows(page, ({ nominees }) => nominees.length === 39, "the rest of the category");
    assert.equal(ofClass(page, "card").length, 39);
    const { id, name, votes } = page.data.nominees[2];
    // The answer waits, so that what the finger met is seen.
    const released = event("the answer to be let through");
    phone.intercept = ({ data }) => (data?.variables.nomineeId ? released.happened() : undefined);
    const vote = tapOn(page, "onVote", 2);
    assert.equal(ofClass(page, "ballot-sending").length, 1);
    assert.match(textsOf(page, "ballot")[2], /提交中/);
    assert.throws(() => tapOn(page, "onVote", 2), /disabled/);
    released.happen();
    phone.intercept = () => undefined;
    await vote;
    await shows(page, ({ quota }) => quota?.remaining === 9, "the quota");
    assert.match(textsOf(page, "ballot")[2], /已投/);
    assert.equal(page.data.nominees[2].votes, votes + 1);
    assert.equal(ofClass(page, "dot-left").length, 9);
    assert.match(textOf(ofClass(page, "toast")), new RegExp(`已为 ${name} 投上一票.*还剩 9 票`));
    await votesReach(server, id, votes + 1);
    tapOn(page, "onPoster");
    assert.match(phone.previewed[0], /\/c\/demo\/n\/\d+\/poster\.png$/);
    tapOn(page, "onThanksClose");
    assert.equal(ofClass(page, "toast").length, 0);
    // Once all quotas are known, a vote brings its own, and nothing else is read.
    await shows(page, ({ campaign }) => campaign.viewerQuotas.length === 3, "the quotas of all categories");
    const reads = sent(phone, documents.Campaign).length;
    await tapOn(page, "onVote", 3);
    assert.equal(ofClass(page, "dot-left").length, 8);
    assert.equal(sent(phone, documents.Campaign).length, reads);
  });

  test("the list follows the figures while it is shown, and takes its voter's own vote never back", async (t) => {
    const { phone } = use(openPhone("watcher"));
    const page = await openList(t);
    const polls = () => phone.requests.filter(({ url }) => url.endsWith("/tally.json")).length;
    assert.equal(polls(), 0);
    page.onShow();
    await eventually(() => polls() > 0, "a poll");
    await tapOn(page, "onVote", 0);
    // With a first vote, the quotas of all categories are read.
    await shows(page, ({ campaign }) => campaign.viewerQuotas?.length === 3, "the quotas");
    page.onHide();
    const { votes } = page.data.nominees[0];
    assert.ok(votes > 0);
    const entries = page.data.nominees.slice(0, 2).map(({ number }, i) => ({ number, votes: 4000 * i, rank: 3 - i }));
    page.showTally({ countedVotes: 12345, voters: 678, categories: [{ entries }] });
    assert.equal(textsOf(page, "total-value")[0], "12,345");
    assert.equal(page.data.nominees[0].votes, votes);
    assert.match(textOf(ofClass(page, "card")[1]), /4,000 票\s*第 2 名/);
    assert.equal(ofClass(ofCard(page, 1), "medal-2").length, 1);
  });

  test("a refusal is read in the card, with what helps, and the button says why", async (t) => {
    const { phone } = use(openPhone("late"));
    const page = await openList(t);
    // The server knows what the page does not.
    let refusal = { code: "NOMINEE_FROZEN", message: "该候选人目前暂停接受投票。" };
    phone.intercept = ({ json }) => {
      if (json?.data?.castVote && refusal) json.data.castVote.userErrors = [refusal];
    };
    await tapOn(page, "onVote", 1);
    assert.equal(ofClass(page, "toast").length, 0, "nothing is counted");
    assert.match(textsOf(page, "refusal")[0], /暂停接受投票.*可以先投给其他候选人/);
    assert.equal(ofClass(ofCard(page, 1), "ballot-frozen").length, 1);
    assert.ok(!page.data.nominees[1].viewerHasVoted);
    refusal = { code: "QUOTA_SPENT", message: "您的票数已用完。" };
    await tapOn(page, "onVote", 2);
    assert.match(textsOf(ofCard(page, 2), "refusal")[0], /票数已用完.*明天零点恢复/);
    // The next tap takes it away.
    refusal = undefined;
    const again = tapOn(page, "onVote", 2);
    assert.equal(ofClass(ofCard(page, 2), "refusal").length, 0);
    await again;
    assert.equal(ofClass(ofCard(page, 2), "ballot-voted").length, 1);
  });

  test("a vote without an answer says so in the card, and can be tapped again", async (t) => {
    const { client } = use(openPhone("tunnel"));
    const page = await openList(t);
    const { castVote } = client;
    // As it is after its last try.
    client.castVote = () => Promise.reject(new AcclaimError("NETWORK", "request:fail timeout"));
    await tapOn(page, "onVote", 0);
    assert.match(textsOf(page, "refusal")[0], /是否送达.*不会重复计票/);
    client.castVote = castVote;
    await tapOn(page, "onVote", 0);
    assert.match(textsOf(page, "ballot")[0], /已投/);
  });

  test("each state of a button has a word and a look of its own", async (t) => {
    use(openPhone("states"));
    const page = await openList(t);
    const { stateOf } = load("lib/vote.js");
    const { campaign } = page.data;
    const nominee = page.data.nominees[0];
    const quota = { category: nominee.category, remaining: 0 };
    const cases = {
      vote: [{}, {}],
      sending: [{ isBusy: true }, {}],
      voted: [{ viewerHasVoted: true }, { phase: "ENDED" }],
      spent: [{}, { viewerQuotas: [quota] }],
      frozen: [{ status: "FROZEN" }, {}],
      paused: [{}, { phase: "PAUSED" }],
      closed: [{ status: "FROZEN" }, { phase: "ENDED" }],
      upcoming: [{}, { phase: "UPCOMING" }],
      barred: [{}, { rules: { ...campaign.rules, admits: ["GUEST"] } }],
    };
    const { states } = page.data.t;
    assert.deepEqual(Object.keys(cases).sort(), Object.keys(states).sort());
    for (const [state, [ofNominee, ofCampaign]] of Object.entries(cases)) {
      assert.equal(stateOf({ ...nominee, ...ofNominee }, { ...campaign, ...ofCampaign }), state);
    }
    assert.equal(new Set(Object.values(states)).size, Object.keys(states).length);
  });

  test("a search opens from its icon, finds by name, number and full-width figures, and says where nobody is found", async (t) => {
    use(pages);
    const page = await openList(t);
    tapOn(page, "onSearchOpen");
    assert.equal(shown(page, ({ tag }) => tag === "input").length, 1);
    const search = (value) => page.onSearch({ detail: { value } });
    for (const words of [" 尤俊杰 ", "１"]) {
      search(words);
      await shows(page, ({ search, nominees }) => search === words.trim() && nominees.some(({ name }) => name === "尤俊杰"), words);
    }
    // Whatever its category is.
    search("５０");
    await shows(page, ({ nominees }) => nominees.some(({ number }) => number === 50), "a number of another category");
    search("nobody at all");
    await reads(page, /没有找到相符的候选人/);
    await tapOn(page, "onSearchClose");
    await shows(page, ({ nominees, search }) => nominees.length === 30 && search === "", "the category again");
    assert.equal(ofClass(page, "chip-chosen").length, 1);
    // Closed with nothing typed, it leaves the list alone.
    tapOn(page, "onSearchOpen");
    tapOn(page, "onSearchClose");
    assert.equal(page.data.nominees.length, 30);
  });

  test("once the head has gone by, the line that stays has the time left", async (t) => {
    use(pages);
    const page = await openList(t);
    assert.match(textOf(ofClass(page, "under")), /公平随机/);
    page.onPageScroll({ scrollTop: 900 });
    assert.match(textOf(ofClass(page, "under")), /[23] 天 \d\d:\d\d:\d\d/);
    page.onPageScroll({ scrollTop: 0 });
    assert.match(textOf(ofClass(page, "under")), /公平随机/);
  });

  test("before the opening the list counts down to it and puts it into the calendar; over, it leads to the result", async (t) => {
    const { phone } = use(openPhone("early"));
    let phase = "UPCOMING";
    const opensAt = new Date(Date.now() + 3 * 86_400_000 + 5_000).toISOString();
    phone.intercept = ({ json }) => {
      if (json?.data?.campaign?.phase) Object.assign(json.data.campaign, { phase, votingOpensAt: opensAt });
    };
    const page = await openList(t);
    assert.match(textOf(ofClass(page, "clock")), /距投票开始\s*3\s*天/);
    assert.equal(ofClass(page, "ballot-upcoming").length, 30);
    tapOn(page, "onRemind");
    assert.equal(phone.calendar.startTime, Math.floor(Date.parse(opensAt) / 1000));
    for (const [next, words, look] of [
      ["PAUSED", /投票暂停中/, "ballot-paused"],
      ["ENDED", /票数正在核对/, "ballot-closed"],
      ["PUBLISHED", /评选结果已经公布/, "ballot-closed"],
    ]) {
      phase = next;
      await page.onPullDownRefresh();
      assert.match(textOf(ofClass(page, "clock")), words);
      assert.equal(ofClass(page, look).length, 30);
    }
    const ways = shown(page, ({ attributes }) => attributes.url === "/pages/result/result");
    assert.deepEqual(ways.map((way) => textOf(way)), ["看榜单"]);
  });

  test("a nominee is opened by its number or a scanned code, voted for, liked and shared", async (t) => {
    const { phone } = use(pages);
    const { page } = openPage(t, "nominee", { scene: encodeURIComponent("c=demo&n=50") });
    await shows(page, ({ nominee }) => nominee?.number === 50, "the nominee");
    assert.equal(textsOf(page, "headline")[0], page.data.nominee.name);
    assert.equal(phone.title, page.data.nominee.name);
    const { votes } = page.data.nominee;
    const vote = tapOn(page, "onVote");
    assert.equal(ofClass(page, "ballot-sending").length, 1);
    await vote;
    assert.equal(ofClass(page, "ballot-voted").length, 1);
    assert.equal(textsOf(page, "score-value")[0], String(votes + 1));
    assert.match(textOf(ofClass(page, "bar")), /还剩 \d+ 票/);
    await tapOn(page, "onLike");
    assert.match(textOf(ofClass(page, "tool-on")), /♥ 1/);
    assert.equal(shown(page, ({ attributes }) => attributes["open-type"] === "share").length, 1);
    const share = page.onShareAppMessage();
    assert.equal(share.path, "/pages/nominee/nominee?number=50");
    assert.ok(share.title.includes(page.data.nominee.name));
    tapOn(page, "onPoster");
    assert.match(phone.previewed[0], /^http.*\/c\/demo\/n\/50\/poster\.png$/);
    const { page: missing } = openPage(t, "nominee", { number: "9999" });
    await reads(missing, /没有这位候选人.*去看候选人/);
  });

  test("a nominee's portrait and stories are there; a refusal is read in its bar and stays after what is read anew", async (t) => {
    const { phone } = use(openPhone("caller"));
    const [id] = await listStories(server);
    const { story } = await run(server, "query ($id: ID!) { story(id: $id) { title nominee { number } } }", { id });
    const { page } = openPage(t, "nominee", { number: String(story.nominee?.number ?? 2) });
    await shows(page, ({ nominee }) => nominee, "the nominee");
    if (story.nominee) assert.ok(textsOf(page, "brief-title").includes(story.title));
    // As a server answers that does not know its public address.
    phone.intercept = ({ json }) => {
      const found = json?.data?.campaign?.nominee;
      if (found?.portraitLargeUrl) found.portraitLargeUrl = new URL(found.portraitLargeUrl, server.origin).pathname;
    };
    const { page: drawn } = openPage(t, "nominee", { number: "2" });
    await shows(drawn, ({ nominee }) => nominee, "who has a portrait");
    const [picture] = ofClass(drawn, "picture");
    assert.equal((await fetch(picture.attributes.src)).status, 200, "an address that a phone can open");
    phone.intercept = ({ json }) => {
      if (json?.data?.castVote) json.data.castVote.userErrors = [{ code: "VOTING_PAUSED", message: "投票已暂停。" }];
      if (!json?.data?.campaign?.phase) return;
      json.data.campaign.phase = "PAUSED";
      json.data.campaign.nominee.viewerHasVoted = false;
    };
    await tapOn(page, "onVote");
    assert.match(textsOf(page, "refusal")[0], /投票已暂停.*恢复后/);
    assert.equal(ofClass(page, "ballot-paused").length, 1);
  });

  test("categories that are chosen in quick succession show each nominee once", async (t) => {
    use(pages);
    const page = await openList(t);
    const [a, b] = page.data.campaign.categories.map(({ id }) => id);
    const isList = ({ data }) => data?.variables.orderBy === "SHUFFLED";
    const before = phone.requests.filter(isList).length;
    // All answers come after the last choice.
    const released = event("the answers to be let through");
    phone.intercept = (entry) => (isList(entry) ? released.happened() : undefined);
    for (const id of [b, a, b, a]) choose(page, id);
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
    const page = await openList(t);
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
    const { initialOf } = load("lib/vote.js");
    assert.equal(initialOf("𠮷田"), "𠮷");
    for (const name of ["list", "nominee"]) {
      assert.doesNotMatch(readFileSync(join(root, `pages/${name}/${name}.wxml`), "utf8"), /name\[/);
    }
  });

  test("a new day gives new votes to a list that stayed open; a spent quota and a search show what they mean", async (t) => {
    const { phone, client } = use(openPhone("owl"));
    const page = await openList(t);
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
    tapOn(page, "onVote", 0);
    await shows(page, ({ nominees, quota }) => nominees[0].viewerHasVoted && quota?.remaining === 9, "the vote");
    await shows(page, ({ campaign }) => campaign.viewerQuotas.length === 3, "the quotas of all categories");
    isNew = true;
    const { now } = Date;
    try {
      Date.now = () => now() + 7_200_000;
      page.tick();
      await shows(page, ({ nominees, quota }) => !nominees[0].viewerHasVoted && quota.remaining === 10, "the new day");
      assert.equal(ofClass(page, "ballot-voted").length, 0);
    } finally {
      Date.now = now;
    }
    isSpent = true;
    page.onHide();
    page.onShow();
    await shows(page, ({ quota }) => quota.remaining === 0, "that all votes are spent");
    assert.equal(ofClass(page, "ballot-spent").length, 30);
    assert.equal(ofClass(page, "dot-left").length, 0);
    page.onSearch({ detail: { value: "银川" } });
    await shows(page, ({ search, nominees, quota }) => search && nominees.length > 1 && quota === null, "no quota of a category");
  });

  test("a vote that is prolonged opens again on a list that stayed open", async (t) => {
    const { phone } = use(openPhone("lark"));
    let isOver = true;
    phone.intercept = ({ json }) => {
      const found = json?.data?.campaign;
      if (found?.phase && isOver) Object.assign(found, { phase: "ENDED", votingClosesAt: new Date().toISOString() });
    };
    const page = await openList(t);
    assert.equal(ofClass(page, "ballot-closed").length, 30);
    isOver = false;
    const { now } = Date;
    try {
      Date.now = () => now() + 180_000;
      page.tick();
      await shows(page, ({ campaign }) => campaign.phase === "VOTING", "that voting is open");
      assert.equal(ofClass(page, "ballot-vote").length, 30);
    } finally {
      Date.now = now;
    }
  });

  test("stories that come out are announced once: the first of a feed, several at once, those of a broken socket", async (t) => {
    const { phone } = use(openPhone("follower"));
    const ids = await listStories(server);
    let held = ids.length;
    phone.intercept = ({ json }) => {
      const stories = json?.data?.campaign?.stories;
      if (!stories?.edges) return;
      const out = new Set(ids.slice(held));
      stories.edges = stories.edges.filter(({ node }) => out.has(node.id));
      if (out.size === 0) stories.pageInfo = { hasNextPage: false, hasPreviousPage: false, endCursor: null };
    };
    const { page, opened } = openPage(t, "stories");
    await opened;
    assert.match(read(page), /还没有故事.*去看候选人/);
    held -= 1;
    await page.checkForNewer();
    assert.match(read(page), /↑ 1 篇新故事/);
    tapOn(page, "onNewer");
    held -= 1;
    await Promise.all([page.checkForNewer(), page.checkForNewer(), page.checkForNewer()]);
    assert.equal(page.data.newer, 1);
    await eventually(() => phone.socket?.readyState === 1, "the socket to open");
    phone.socket.terminate();
    held -= 1;
    await shows(page, ({ newer }) => newer === 2, "what came out meanwhile");
    page.onNewer();
    assert.equal(new Set(page.data.stories.map(({ id }) => id)).size, 3);
    assert.equal(ofClass(page, "story").length, 3);
  });

  test("stories are read to the end, in order and each once, and liked", async (t) => {
    use(pages);
    const { page, opened } = openPage(t, "stories");
    await opened;
    for (let isMore = true; isMore; isMore = !page.data.isComplete) {
      page.onReachBottom();
      await shows(page, ({ state }) => state === "ready", "the next stories");
    }
    assert.deepEqual(page.data.stories.map(({ id }) => id), await listStories(server));
    assert.match(read(page), /已经到底了/);
    const people = shown(page, ({ attributes }) => attributes.url?.startsWith("/pages/nominee/nominee?number="));
    assert.equal(people.length, page.data.stories.filter(({ nominee }) => nominee).length);
    await tapOn(page, "onLike", 1);
    assert.match(textsOf(page, "heart-on")[0], /♥ 1/);
    await tapOn(page, "onLike", 1);
    assert.equal(ofClass(page, "heart-on").length, 0);
  });

  test("a story is read: its text, time and media, a like, the person's card with a vote, what stands before and after", async (t) => {
    const { phone } = use(openPhone("bookworm"));
    const { page: feed, opened } = openPage(t, "stories");
    await opened;
    const index = feed.data.stories.findIndex(({ nominee }, i) => i > 0 && nominee);
    const [before, entry, behind] = feed.data.stories.slice(index - 1, index + 2);
    const { searchParams } = new URL(entry.url, "https://phone.example");
    const { page } = openPage(t, "story", { id: searchParams.get("id"), cursor: searchParams.get("cursor") });
    await shows(page, ({ newer, older }) => newer && older, "the story with its neighbours");
    assert.deepEqual(textsOf(page, "clamp"), [before.title, behind.title]);
    assert.equal(textsOf(page, "headline")[0], entry.title);
    assert.match(textsOf(page, "small")[0], /20\d\d 年.*约 \d+ 分钟读完/);
    const [text] = shown(page, ({ tag }) => tag === "rich-text");
    assert.match(text.attributes.nodes, /<p class="s-p">/);
    await tapOn(page, "onLike");
    assert.match(textOf(ofClass(page, "tool-on")), /♥ 1/);
    assert.equal(textsOf(page, "name").at(-1), entry.nominee.name);
    await tapOn(page, "onVote");
    assert.equal(ofClass(page, "ballot-voted").length, 1);
    assert.equal(page.onShareAppMessage().title, entry.title);
    page.data.story.media = [
      { kind: "VIDEO", url: "https://example.org/film", title: "A film", key: 0, isFilm: false },
      { kind: "IMAGE", url: "https://example.org/picture.jpg", title: "A picture", key: 1, isFilm: false },
    ];
    tapOn(page, "onMedium", 0);
    assert.equal(phone.copied, "https://example.org/film");
    tapOn(page, "onMedium", 1);
    assert.deepEqual(phone.previewed, ["https://example.org/picture.jpg"]);
    // A story that was taken back while somebody looked elsewhere is gone.
    phone.intercept = ({ json }) => {
      if (json?.data?.story) json.data.story = null;
    };
    await page.onShow();
    assert.match(read(page), /没有这篇故事.*全部故事/);
    const { page: missing } = openPage(t, "story", { id: "none" });
    await reads(missing, /没有这篇故事/);
  });

  test("a story's text becomes what rich-text takes: classes, whole addresses, figures with captions", () => {
    use(pages);
    const { richText, readingMinutes } = load("lib/story.js");
    const html =
      '<h2>A &lt; B</h2>\n<p>One <a href="https://example.org">link</a></p>\n' +
      '<figure><img src="/media/one.webp" alt="A street" loading="lazy"></figure>\n<figure><img src="https://cdn.example/two.webp" alt=""></figure>\n';
    assert.equal(
      richText(html),
      '<h2 class="s-h2">A &lt; B</h2>\n<p class="s-p">One <a class="s-a" href="https://example.org">link</a></p>\n' +
        `<div class="s-figure"><img class="s-img" src="${server.origin}/media/one.webp" alt="A street">` +
        '<div class="s-figcaption">A street</div></div>\n' +
        '<div class="s-figure"><img class="s-img" src="https://cdn.example/two.webp" alt=""></div>\n',
    );
    assert.equal(readingMinutes("<p>短</p>"), 1);
    assert.equal(readingMinutes(`<p>${"字".repeat(2000)}</p>`), 5);
    assert.equal(readingMinutes(`<p>${"word ".repeat(660)}</p>`), 3);
  });

  test("mine: signs in, shows the votes and quotas, and signs out", async (t) => {
    const { client } = use(openPhone("keeper"));
    const { page } = openPage(t, "mine");
    page.onShow();
    assert.match(read(page), /登录后可以看到自己的票/);
    await tapOn(page, "onSignIn");
    await reads(page, /这一期还没有投票/);
    assert.deepEqual(textsOf(page, "allowance").map((text) => /剩 10 \/ 10 票/.test(text)), [true, true, true]);
    const nominee = campaign.takeNominee();
    await client.castVote(nominee);
    page.onHide();
    page.onShow();
    await shows(page, ({ voted }) => voted.length === 1, "the vote");
    const found = await run(server, "query ($id: ID!) { nominee(id: $id) { name } }", { id: nominee });
    assert.deepEqual(textsOf(page, "person-name"), [found.nominee.name]);
    assert.equal(ofClass(page, "dot-left").length, 29);
    tapOn(page, "onSignOut");
    assert.equal(client.isSignedIn, false);
    assert.match(read(page), /登录后可以看到自己的票/);
    assert.deepEqual([page.data.quotas, page.data.voted], [[], []], "nothing is left to the next one");
    await tapOn(page, "onSignIn");
    await shows(page, ({ voted }) => voted.length === 1, "the same voter's vote");
  });

  test("the result of a closed campaign: podium, list, cut line, how it was counted; first checked, then published", async (t) => {
    const own = await startServer(t, wechat);
    const { phone } = use(openPhone("judge", own));
    const { id, nominees } = await findCampaign(own);
    const { campaign: found } = await run(own, '{ campaign(slug: "demo") { categories { id name nomineeCount shortlistSize } } }');
    const [, , password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(own.log), "the sign-in");
    const token = await staffToken(own, "organiser@demo.example", password);
    const step = (name) =>
      run(own, `mutation ($input: CampaignStepInput!) { ${name}(input: $input) { userErrors { code } } }`, { input: { campaignId: id } }, token);
    // Numbers 1 to 3 are of the first category: 3, 2 and 2 votes.
    for (const index of [0, 0, 0, 1, 1, 2, 2]) await castVote(own, nominees[index]);
    await eventually(async () => (await run(own, '{ campaign(slug: "demo") { tally { countedVotes } } }')).campaign.tally.countedVotes >= 7, "the count");
    const { page } = openPage(t, "result");
    await reads(page, /实时榜单.*投票还在进行/);
    assert.deepEqual((await step("closeVoting")).closeVoting.userErrors, []);
    await page.onPullDownRefresh();
    assert.match(read(page), /投票已结束.*以公布的结果为准/);
    assert.deepEqual((await step("publishResult")).publishResult.userErrors, []);
    await page.onPullDownRefresh();
    assert.match(read(page), /评选结果/);
    assert.equal(page.onShareAppMessage().title.includes("评选结果"), true);
    const [first] = page.data.campaign.categories;
    const ranked = await run(
      own,
      'query ($id: ID!) { campaign(slug: "demo") { nominees(first: 100, category: $id, orderBy: VOTES) { nodes { name votes rank } } } }',
      { id: first.id },
    );
    const { nodes } = ranked.campaign.nominees;
    const podium = ofClass(page, "step").map((element) => textOf(element).replace(/\s+/g, " "));
    assert.equal(podium.length, 3);
    for (const [place, index] of [[1, 0], [0, 1], [2, 2]]) {
      const { name, votes, rank } = nodes[index];
      assert.match(podium[place], new RegExp(`第 ${rank} 名.*${name}.*${votes}`));
    }
    assert.equal(textsOf(page, "rank-place").length, found.categories[0].nomineeCount - 3);
    assert.match(textsOf(page, "counting").join(), /人投出 [\d,]+ 张有效票.*名次并列/);
    // Another category is its own ranking, and an answer for the one before does not come over it.
    const [, late, last] = ofClass(page, "chip");
    const isOfLate = ({ data }) => data?.variables.category === found.categories[1].id;
    const released = event("the answer to be let through");
    phone.intercept = (entry) => (isOfLate(entry) ? released.happened() : undefined);
    const overtaken = tap(page, late);
    await eventually(() => phone.requests.some(isOfLate), "the question for the one before");
    await tap(page, last);
    released.happen();
    await overtaken;
    assert.equal(page.data.category, found.categories[2].id);
    const names = [...page.data.ranking.podium, ...page.data.ranking.rows].length;
    assert.equal(names, found.categories[2].nomineeCount);
  });

  test("ties share a place, at the cut they are named, and a podium holds all who share it or none", () => {
    use(pages);
    const { rankingOf } = load("lib/ranking.js");
    const rows = (...votes) => votes.map((count, i) => ({ id: `${i}`, number: i + 1, name: `甲${i}`, portraitUrl: null, votes: count, rank: votes.indexOf(count) + 1 }));
    const plain = rankingOf(rows(9, 8, 7, 6, 5), 4);
    assert.deepEqual(plain.podium.map(({ rank }) => rank), [2, 1, 3]);
    assert.deepEqual(plain.rows.map(({ cut }) => cut), ["", "前 4 名入选"]);
    assert.deepEqual(plain.rows.map(({ isIn, isTied }) => [isIn, isTied]), [[true, false], [false, false]]);
    const tied = rankingOf(rows(9, 8, 8, 6, 6), 4);
    assert.deepEqual(tied.podium.map(({ placeText }) => placeText), ["第 2 名 · 并列", "第 1 名", "第 2 名 · 并列"]);
    assert.match(tied.rows[1].cut, /此处票数并列/);
    assert.deepEqual(tied.rows.map(({ isTied, rank }) => [isTied, rank]), [[true, 4], [true, 4]]);
    const crowded = rankingOf(rows(9, 8, 8, 8, 1), 2);
    assert.deepEqual(crowded.podium.map(({ rank }) => rank), [1]);
    assert.deepEqual(crowded.rows.map(({ rank, medal }) => [rank, medal]), [[2, 2], [2, 2], [2, 2], [5, 0]]);
    assert.deepEqual(rankingOf(rows(9, 9, 9, 9, 1), 2).podium, []);
    const none = rankingOf(rows(0, 0, 0, 0), 2);
    assert.equal(none.hasVotes, false);
    assert.ok(none.rows.every(({ isTied, cut, medal }) => !isTied && !cut && !medal));
    assert.equal(rankingOf(rows(5), 1).podium.length, 1);
  });

  test("figures that the rules hide are nowhere: no totals, votes and places, and a result that says when", async (t) => {
    const { phone } = use(openPhone("blind"));
    let tallyVisibility = "AFTER_CLOSE";
    phone.intercept = ({ json }) => {
      const found = json?.data?.campaign;
      if (!found) return;
      if ("tally" in found) found.tally = null;
      if (found.rules) found.rules.tallyVisibility = tallyVisibility;
      for (const nominee of found.nominees?.nodes ?? []) Object.assign(nominee, { votes: null, rank: null });
    };
    const page = await openList(t);
    page.onShow();
    assert.deepEqual(textsOf(page, "total-label"), ["候选人"]);
    assert.equal(ofClass(page, "standing").length, 0);
    await tapOn(page, "onVote", 0);
    assert.match(textsOf(page, "ballot")[0], /已投/);
    assert.equal(ofClass(page, "standing").length, 0);
    assert.equal(phone.requests.filter(({ url }) => url.endsWith("/tally.json")).length, 0);
    const { page: result } = openPage(t, "result");
    await reads(result, /票数暂不公布.*投票结束后在这里公布/);
    tallyVisibility = "STAFF_ONLY";
    await result.onPullDownRefresh();
    assert.match(read(result), /请留意通知.*去看候选人/);
  });

  test("a page whose server fails says so with one button, which tries again", async (t) => {
    const { phone, client } = use(openPhone("unlucky"));
    await client.signIn();
    const [id] = await listStories(server);
    for (const [name, options, document, isLoaded] of [
      ["list", {}, documents.Campaign, ({ nominees }) => nominees.length === 30],
      ["stories", {}, documents.Stories, ({ stories }) => stories.length > 0],
      ["result", {}, documents.Result, ({ ranking }) => ranking],
      ["mine", {}, documents.Campaign, ({ quotas }) => quotas.length === 3],
      ["nominee", { number: "7" }, documents.Nominee, ({ nominee }) => nominee],
      ["story", { id }, documents.Story, ({ story }) => story],
    ]) {
      const mend = breakAnswers(phone, document);
      const { page } = openPage(t, name, options);
      page.onShow?.();
      await reads(page, /没有连上服务器/);
      assert.equal(shown(page, ({ tag }) => tag === "button").length, 1, name);
      mend();
      tapOn(page, "onRetry");
      assert.doesNotMatch(read(page), /没有连上服务器/);
      await shows(page, isLoaded, `${name} after another try`);
    }
    // A page of a list that fails leaves what is there.
    const page = await openList(t);
    const mend = breakAnswers(phone, documents.Nominees);
    page.onReachBottom();
    await reads(page, /没有连上服务器/);
    assert.equal(ofClass(page, "card").length, 30);
    mend();
    tapOn(page, "onRetry");
    await shows(page, ({ nominees }) => nominees.length === 39, "the rest");
  });

  test("a page without a network says so, and loads once it is back; what is there stays", async (t) => {
    const { phone } = use(openPhone("hiker"));
    const [id] = await listStories(server);
    for (const [name, options, isLoaded] of [
      ["list", {}, ({ nominees }) => nominees.length === 30],
      ["stories", {}, ({ stories }) => stories.length > 0],
      ["result", {}, ({ ranking }) => ranking],
      ["nominee", { number: "7" }, ({ nominee }) => nominee],
      ["story", { id }, ({ story }) => story],
    ]) {
      phone.connect(false);
      const { page } = openPage(t, name, options);
      assert.match(read(page), /手机没有连上网络/);
      assert.equal(shown(page, ({ tag }) => tag === "button").length, 1, name);
      phone.connect(true);
      await shows(page, isLoaded, `${name} once the network is back`);
      assert.equal(ofClass(page, "offline").length, 0);
      phone.connect(false);
      assert.match(textOf(ofClass(page, "offline")), /没有网络/);
      phone.connect(true);
      assert.equal(ofClass(page, "offline").length, 0);
      page.onUnload();
    }
    // What has given up begins anew.
    const mend = breakAnswers(phone, documents.Nominee);
    const { page: nominee } = openPage(t, "nominee", { number: "8" });
    await shows(nominee, ({ state }) => state === "failed", "that it has failed");
    phone.connect(false);
    mend();
    phone.connect(true);
    await shows(nominee, ({ nominee }) => nominee, "the nominee once the network is back");
    nominee.onUnload();
    assert.equal(phone.networkListeners.size, 0, "a page that is gone listens no more");
  });

  test("a phone in English has the program in English", async (t) => {
    const { phone } = use(openPhone("visitor", server, "en"));
    phone.language = "en";
    globalThis.App = (app) => (globalThis.app = app);
    load("app.js");
    assert.equal(globalThis.app.client.language, "en");
    phone.language = "zh_TW";
    load("app.js");
    assert.equal(globalThis.app.client.language, "zh-CN");
    const page = await openList(t);
    page.onShow();
    assert.deepEqual(phone.tabs, ["Nominees", "Stories", "Ranking", "Mine"]);
    assert.match(textOf(ofClass(page, "clock")), /Closes in\s*[23]\s*days/);
    await tapOn(page, "onVote", 0);
    assert.match(textsOf(page, "ballot")[0], /Voted/);
    const { page: mine } = openPage(t, "mine");
    mine.onShow();
    await reads(mine, /Votes left.*I voted for/);
    // Only names and the campaign's own words are Chinese.
    const own = ["ballot", "how", "under", "total-label", "clock", "end"].flatMap((name) => textsOf(page, name)).join();
    assert.doesNotMatch(own.replace(/企业家/g, ""), /[\u4e00-\u9fff]/);
  });
});
