// Pages that are left open: over midnight, over a sleep, while a vote is prolonged and while stories come out.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { castVote, findCampaign, listStories } from "./api.js";
import { desktop, open, phone, rewriteAnswers, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { event, eventually } from "./waiting.js";

const server = await startServer({ after });
const browser = await startBrowser(after);
const campaign = await findCampaign(server);
const address = `${server.origin}/c/demo`;
const hourMs = 3_600_000;

const voteButton = (card) => card.getByRole("button", { name: /^为.*投票$|^Vote for / });

describe("a voting page that is left open", () => {
  for (const [how, pass] of [
    ["over midnight", (page) => page.clock.fastForward(9 * hourMs)],
    // The clock of the timers stands still meanwhile.
    [
      "while the device sleeps over midnight",
      (page) =>
        page.evaluate((ms) => {
          const { now } = Date;
          Date.now = () => now() + ms;
        }, 9 * hourMs),
    ],
  ]) {
    test(`gives the new day's votes, ${how}: quota and buttons`, async (t) => {
      const { page } = await open(browser, t, "about:blank", phone);
      const resetsAtMs = Date.now() + 8 * hourMs;
      let shiftMs = 0;
      await page.clock.install();
      // The server's clock passes midnight with the page's.
      await rewriteAnswers(page, (data) => {
        if (data.serverTime) data.serverTime = new Date(Date.parse(data.serverTime) + shiftMs).toISOString();
        const isNew = shiftMs > 8 * hourMs;
        for (const quota of [...(data.campaign?.viewerQuotas ?? []), data.castVote?.quota].filter(Boolean)) {
          quota.resetsAt = new Date(resetsAtMs + (isNew ? 24 * hourMs : 0)).toISOString();
          if (isNew) Object.assign(quota, { used: 0, remaining: quota.limit });
        }
      });
      await page.goto(address);
      const card = page.locator(".nominee").nth(1);
      const name = await card.locator("strong").textContent();
      await voteButton(card).tap();
      await page.getByText("剩余 9 / 10 票").waitFor();
      await card.getByText("已投").waitFor();
      await page.goto(`${address}?search=${encodeURIComponent(name)}`);
      await page.locator(".nominee").getByText("已投").waitFor();
      shiftMs = 9 * hourMs;
      await pass(page);
      await page.getByText("剩余 10 / 10 票").waitFor();
      await voteButton(page.locator(".nominee").first()).waitFor();
    });
  }

  test("opens again when the vote is prolonged", async (t) => {
    const { page } = await open(browser, t, "about:blank", desktop);
    await page.clock.install();
    let isOver = true;
    await rewriteAnswers(page, ({ campaign: found }) => {
      if (found?.phase && isOver) Object.assign(found, { phase: "ENDED", votingClosesAt: new Date().toISOString() });
    });
    await page.goto(address);
    await page.locator(".countdown").getByText("Voting has closed.").waitFor();
    const button = page.locator(".nominee").first().getByRole("button", { disabled: true });
    await button.waitFor();
    isOver = false;
    await page.clock.fastForward(90_000);
    await page.locator(".countdown").getByText("Voting closes in").waitFor();
    await page.locator(".nominee").first().getByRole("button", { disabled: false }).waitFor();
  });

  test("reads the rules again when a vote is refused by them", async (t) => {
    const { page } = await open(browser, t, "about:blank", desktop);
    let isOver = false;
    await rewriteAnswers(page, (data) => {
      if (data.campaign?.phase && isOver) data.campaign.phase = "ENDED";
      if (data.castVote && isOver) {
        const userErrors = [{ code: "VOTING_CLOSED", message: "Voting has closed early." }];
        Object.assign(data.castVote, { nominee: null, quota: null, userErrors });
      }
    });
    await page.goto(address);
    const button = voteButton(page.locator(".nominee").first());
    await button.waitFor();
    isOver = true;
    await button.click();
    await page.locator(".refusal").getByText("Voting has closed early.").waitFor();
    await page.locator(".countdown").getByText("Voting has closed.").waitFor();
  });
});

describe("a board that is left open", () => {
  test("shows nominees as they are: renamed, moved to another category, withdrawn", async (t) => {
    const { page } = await open(browser, t, "about:blank", { ...desktop, viewport: { width: 1920, height: 1080 } });
    await page.clock.install();
    let isChanged = false;
    const withdraw = (tally) => {
      if (isChanged) tally.entries = tally.entries.filter(({ nominee }) => nominee.number !== 6);
    };
    await page.routeWebSocket("**/graphql/ws", (socket) => {
      const upstream = socket.connectToServer();
      upstream.onMessage((text) => {
        const message = JSON.parse(text);
        const tally = message.payload?.data?.tallyChanged;
        if (tally) withdraw(tally);
        socket.send(JSON.stringify(message));
      });
    });
    await rewriteAnswers(page, ({ campaign: found }) => {
      if (found?.tally) withdraw(found.tally);
      if (!found?.nominees || !isChanged) return;
      const { nodes } = found.nominees;
      const other = nodes.find(({ number, category }) => category.id !== nodes[0].category.id && number > 6).category;
      nodes.find(({ number }) => number === 3).name = "改了名的人";
      nodes.find(({ number }) => number === 4).category = other;
      found.nominees.nodes = nodes.filter(({ number }) => number !== 6);
    });
    await page.goto(`${address}/board`);
    await page.locator('.freshness[data-state="live"]').waitFor();
    const row = (number) => page.locator(`[data-number="${number}"]`);
    await row(6).waitFor();
    await row(3).waitFor();
    const ranking = (number) => page.locator(".ranking").filter({ has: row(number) }).getAttribute("aria-label");
    const before = await ranking(4);
    isChanged = true;
    // Withdrawn: with the next figures.
    await castVote(server, campaign.nominees[19]);
    await row(6).waitFor({ state: "detached" });
    // Renamed and moved: soon.
    await page.clock.fastForward(45_000);
    await row(3).getByText("改了名的人").waitFor();
    await page.mouse.move(300, 300);
    await page.getByRole("button", { name: "Show all" }).click();
    await page.waitForFunction(
      (name) => document.querySelector('.board [data-number="4"]')?.closest(".ranking").getAttribute("aria-label") !== name,
      before,
    );
  });
});

describe("a feed that is left open", () => {
  /** Opens the feed of a server whose newest stories are not out yet: `held` says how many. */
  async function openFeed(t, held) {
    const ids = await listStories(server);
    const { page } = await open(browser, t, "about:blank", phone);
    const feed = { page, held: held(ids.length), count: ids.length, beforeAnswer: () => undefined };
    const subscribed = event("the page to watch stories");
    await page.routeWebSocket("**/graphql/ws", (socket) => {
      const upstream = socket.connectToServer();
      socket.onMessage((text) => {
        const { id, type } = JSON.parse(text);
        upstream.send(text);
        if (type !== "subscribe") return;
        feed.announce = () => {
          socket.send(JSON.stringify({ id, type: "next", payload: { data: { storyPublished: { id: "new" } } } }));
        };
        subscribed.happen();
      });
    });
    await rewriteAnswers(page, async ({ campaign: found }, variables) => {
      if (!found?.stories) return;
      // The demo's own next story is none of this test's.
      const out = new Set(ids.slice(feed.held));
      found.stories.edges = found.stories.edges.filter(({ node }) => out.has(node.id));
      if (out.size === 0) found.stories.pageInfo = { hasNextPage: false, hasPreviousPage: false, endCursor: null };
      if (variables.before) found.stories.pageInfo.hasPreviousPage = false;
      await feed.beforeAnswer(variables);
    });
    await page.goto(`${address}/stories`);
    await subscribed.happened();
    return feed;
  }

  const bar = (page, count) => page.getByRole("button", { name: `${count} 篇新故事` });

  test("announces the first story of a feed that was empty", async (t) => {
    const feed = await openFeed(t, (count) => count);
    const { page } = feed;
    await page.getByText("还没有故事。").waitFor();
    feed.held -= 1;
    feed.announce();
    await bar(page, 1).click();
    assert.equal(await page.locator(".feed .card").count(), 1);
  });

  test("announces a story that comes out while the one before is read", async (t) => {
    const feed = await openFeed(t, () => 2);
    const { page } = feed;
    await page.locator(".feed .card").nth(5).waitFor();
    const reading = event("the page to read what is new");
    const released = event("the answer to be let through");
    feed.held = 1;
    feed.beforeAnswer = async ({ before }) => {
      if (!before || feed.held === 0) return;
      reading.happen();
      await released.happened();
    };
    feed.announce();
    await reading.happened();
    feed.held = 0;
    feed.announce();
    released.happen();
    await bar(page, 2).waitFor();
  });

  test("finds what came out before its first page was there", async (t) => {
    let first;
    const ids = await listStories(server);
    const { page } = await open(browser, t, "about:blank", phone);
    const announced = event("the story to be announced");
    await page.routeWebSocket("**/graphql/ws", (socket) => {
      const upstream = socket.connectToServer();
      socket.onMessage((text) => {
        const { id, type } = JSON.parse(text);
        upstream.send(text);
        if (type !== "subscribe") return;
        socket.send(JSON.stringify({ id, type: "next", payload: { data: { storyPublished: { id: "new" } } } }));
        announced.happen();
      });
    });
    await rewriteAnswers(page, async ({ campaign: found }) => {
      if (!found?.stories) return;
      // The first page was read before the story came out, and is answered after.
      const out = new Set(first ? ids : ids.slice(1));
      found.stories.edges = found.stories.edges.filter(({ node }) => out.has(node.id));
      first ??= announced.happened();
      await first;
    });
    await page.goto(`${address}/stories`);
    await bar(page, 1).waitFor();
  });
});

describe("what is taken back", () => {
  test("goes from a story that is left open, and from the feed", async (t) => {
    const [retracted, kept] = await listStories(server);
    const { page } = await open(browser, t, "about:blank", desktop);
    await page.clock.install();
    let isRetracted = false;
    await rewriteAnswers(page, (data) => {
      if (!isRetracted) return;
      if (data.story?.id === retracted) data.story = null;
      const stories = data.campaign?.stories;
      if (stories) stories.edges = stories.edges.filter(({ node }) => node.id !== retracted);
    });
    await page.goto(`${address}/stories/${retracted}`);
    await page.locator(".story .body").waitFor();
    isRetracted = true;
    // The server's rendering is there before the program counts the time.
    const goes = (locator, what) =>
      eventually(async () => {
        await page.clock.fastForward(10 * 60_000);
        return (await locator.count()) === 0;
      }, what);
    await goes(page.locator(".story .body"), "the story to go");
    isRetracted = false;
    await page.goto(`${address}/stories`);
    await page.locator(`.feed .card[data-id="${retracted}"]`).waitFor();
    const count = await page.locator(".feed .card").count();
    isRetracted = true;
    await goes(page.locator(`.feed .card[data-id="${retracted}"]`), "the card to go");
    await page.locator(`.feed .card[data-id="${kept}"]`).waitFor();
    assert.equal(await page.locator(".feed .card").count(), count - 1);
  });
});
