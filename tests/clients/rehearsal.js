// A board whose campaign and figures are the test's own: the server's, changed on their way.
import { run } from "./api.js";
import { desktop, open, rewriteAnswers } from "./browser.js";
import { event } from "./waiting.js";

export const projector = { ...desktop, viewport: { width: 1920, height: 1080 } };

/** The demo's nominees: number, name and the key of the category. */
export async function findRoster(server) {
  const nodes = "nodes { number name category { key } }";
  const data = await run(server, `{ campaign(slug: "demo") { nominees(first: 100) { ${nodes} } } }`);
  return data.campaign.nominees.nodes.map(({ number, name, category }) => ({ number, name, category: category.key }));
}

/** Votes for so many nominees from a number on, in falling numbers. */
export const falling = (from, count, first = 1_000) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [from + i, first - 10 * i]));

/**
 * Opens a board in a window of its own. `votes` are those of the beginning, by number; `change` changes a campaign each
 * time that it is read; `drop` leaves out a nominee. The page's clock stands still but for `pass`, where `hasClock` is set.
 */
export async function openRehearsal(browser, t, server, roster, options = {}) {
  const { device = projector, query = "", votes = {}, change = () => undefined, drop = () => false, hasClock = false } = options;
  const { page, complaints } = await open(browser, t, "about:blank", device);
  if (hasClock) await page.clock.install();
  const categoryOf = new Map(roster.map(({ number, category }) => [number, category]));
  const subscribed = event("the board to watch");
  let shiftMs = 0;
  let tally;
  let send;
  /** The tally with these votes, ranked as the server ranks them. */
  const withVotes = (before, ofNumber, more) => {
    const entries = before.entries
      .filter(({ nominee }) => !drop(nominee.number))
      .map((entry) => ({ ...entry, votes: ofNumber[entry.nominee.number] ?? 0 }));
    const rankOf = ({ votes: own, nominee }) => {
      const rivals = entries.filter((other) => categoryOf.get(other.nominee.number) === categoryOf.get(nominee.number));
      return 1 + rivals.filter((other) => other.votes > own).length;
    };
    const countedVotes = entries.reduce((sum, entry) => sum + entry.votes, 0);
    return { ...before, countedVotes, ...more, entries: entries.map((entry) => ({ ...entry, rank: rankOf(entry) })) };
  };
  await rewriteAnswers(page, (data) => {
    const { campaign: found } = data;
    if (data.serverTime) data.serverTime = new Date(Date.parse(data.serverTime) + shiftMs).toISOString();
    if (found?.tally) found.tally = tally ??= withVotes(found.tally, votes, {});
    if (found?.nominees) found.nominees.nodes = found.nominees.nodes.filter(({ number }) => !drop(number));
    if (found?.phase) change(found);
  });
  await page.routeWebSocket("**/graphql/ws", (socket) => {
    socket.onMessage((text) => {
      const { id, type } = JSON.parse(text);
      if (type === "connection_init") socket.send(JSON.stringify({ type: "connection_ack" }));
      if (type === "ping") socket.send(JSON.stringify({ type: "pong" }));
      if (type !== "subscribe") return;
      send = () => socket.send(JSON.stringify({ id, type: "next", payload: { data: { tallyChanged: tally } } }));
      subscribed.happen();
    });
  });
  await page.goto(`${server.origin}/c/demo/board${query}`);
  await page.locator(".board").waitFor();
  return {
    page,
    complaints,
    watched: () => subscribed.happened(),
    /** Sends a tally of these votes. */
    push(next, withdrawnVotes = 0) {
      const more = { version: tally.version + 1, asOf: new Date(Date.now() + shiftMs).toISOString(), withdrawnVotes };
      tally = withVotes(tally, next, more);
      send();
    },
    /** Lets time pass, here and at the server. */
    async pass(ms) {
      shiftMs += ms;
      await page.clock.fastForward(ms);
    },
  };
}
