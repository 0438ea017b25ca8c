// The story feed and the page of a story: nothing repeats, nothing is skipped, and words need no program.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { listStories, run } from "./api.js";
import { desktop, open, phone, rewriteAnswers, startBrowser } from "./browser.js";
import { png } from "./desk.js";
import { startServer } from "./server.js";
import { deadlineMs, event, eventually } from "./waiting.js";

/** The demo's next story comes out two minutes after its first start. */
const nextStoryMs = 120_000;

const server = await startServer({ after });
const browser = await startBrowser(after);
const address = `${server.origin}/c/demo/stories`;

const shownIds = (page) => page.locator(".feed .card").evaluateAll((cards) => cards.map((card) => card.dataset.id));

/** What makes a long text readable: room between lines, lines that are not too long, paragraphs without indent. */
async function expectReadable(page) {
  const text = await page.locator(".story .body > p").first().evaluate((paragraph) => {
    const { fontSize, lineHeight, textIndent } = getComputedStyle(paragraph);
    const size = Number.parseFloat(fontSize);
    return { size, leading: Number.parseFloat(lineHeight) / size, em: paragraph.clientWidth / size, textIndent };
  });
  assert.ok(text.size >= 16, `letters of ${text.size} px`);
  assert.ok(Math.abs(text.leading - 1.75) < 0.01, `lines of ${text.leading}`);
  assert.ok(text.em <= 34.1, `lines of ${text.em} em`);
  assert.equal(text.textIndent, "0px");
}

/** The stories of the feed with their nominees, newest first. */
async function readStories() {
  const query = `{ campaign(slug: "demo") { stories(first: 100) { nodes { id title body(format: HTML) media { kind url title }
    nominee { number name } } } } }`;
  return (await run(server, query)).campaign.stories.nodes;
}

/** Reads to the end of the feed, as a thumb does. */
async function readToTheEnd(page) {
  const end = page.getByText(/已经到底了|That is everything/);
  while (!(await end.isVisible())) {
    await page.mouse.wheel(0, 2_000);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

describe("stories", () => {
  test("the feed is read to its end while a story comes out: no repeats, none skipped, nothing moves by itself", async (t) => {
    const before = await listStories(server);
    const { page, complaints, foreign } = await open(browser, t, address, { ...phone, isMobile: false });
    await page.locator(".feed .card").nth(9).waitFor();
    assert.deepEqual(await shownIds(page), before.slice(0, 10));
    const bar = page.getByRole("button", { name: "1 篇新故事" });
    assert.equal(await bar.count(), 0, "the story is still to come");
    await bar.waitFor({ timeout: nextStoryMs + deadlineMs() });
    assert.deepEqual(await shownIds(page), before.slice(0, 10));
    await readToTheEnd(page);
    assert.deepEqual(await shownIds(page), before);
    await bar.click();
    await page.waitForFunction((count) => document.querySelectorAll(".feed .card").length === count, before.length + 1);
    const now = await listStories(server);
    assert.equal(now.length, before.length + 1);
    assert.deepEqual(await shownIds(page), now);
    assert.equal(await bar.count(), 0);
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });

  test("a story is liked in the feed, and the feed is where it was after reading one", async (t) => {
    const { page } = await open(browser, t, address, desktop);
    const card = page.locator(".feed .card").nth(4);
    const stored = event("the like to be let through");
    await page.route("**/graphql", async (route) => {
      if (route.request().postDataJSON().variables?.subjectId) await stored.happened();
      await route.continue();
    });
    await card.getByRole("button", { name: /^Like/ }).click();
    await card.getByRole("button", { name: "Like 1", pressed: true }).waitFor();
    const title = await card.locator("strong").textContent();
    await card.getByText(title).click();
    await page.getByRole("heading", { name: title }).waitFor();
    // The story was read before the like was stored.
    await page.getByRole("button", { name: "Like 1", pressed: true }).waitFor();
    stored.happen();
    await page.locator('.like[aria-busy="false"]').waitFor();
    await page.getByRole("button", { name: "Like 1", pressed: true }).waitFor();
    await page.goBack();
    await card.getByText(title).waitFor();
  });

  test("dates are those of the campaign's time zone, as the server has them, wherever the reader is", async (t) => {
    const { page } = await open(browser, t, address, { ...phone, timezoneId: "Pacific/Honolulu" });
    const times = page.locator(".feed time");
    await times.nth(9).waitFor();
    const datesOf = (elements) => {
      const options = { year: "numeric", month: "short", day: "numeric" };
      const format = (timeZone) => new Intl.DateTimeFormat("zh-CN", { ...options, timeZone });
      return elements.map(({ textContent, dateTime }) => ({
        shown: textContent,
        campaign: format("Asia/Shanghai").format(Date.parse(dateTime)),
        reader: format(undefined).format(Date.parse(dateTime)),
      }));
    };
    const dates = await times.evaluateAll(datesOf);
    assert.ok(dates.some(({ campaign, reader }) => campaign !== reader), "the two zones have different days");
    for (const { shown, campaign } of dates) assert.equal(shown, campaign);
    const differing = dates.findIndex(({ campaign, reader }) => campaign !== reader);
    await page.locator(".feed .card > a").nth(differing).tap();
    await page.locator(".story .body").waitFor();
    const [{ shown, campaign }] = await page.locator(".story time").evaluateAll(datesOf);
    assert.equal(shown, campaign);
  });

  test("covers keep their place of 16 by 9 before they are there", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    const isDrawn = event("the pictures to be let through");
    await rewriteAnswers(page, (data) => {
      for (const { node } of data.campaign?.stories?.edges ?? []) node.coverUrl = "/media/cover.png";
    });
    await page.route("**/media/cover.png", async (route) => {
      await isDrawn.happened();
      await route.fulfill({ contentType: "image/png", body: png(90) });
    });
    await page.goto(address);
    const covers = page.locator(".feed .cover");
    await covers.nth(2).waitFor();
    const boxes = () => covers.evaluateAll((all) => all.slice(0, 3).map((cover) => {
      const { top, width, height } = cover.getBoundingClientRect();
      return [top, width, height].map(Math.round);
    }));
    const before = await boxes();
    for (const [, width, height] of before) assert.equal(height, Math.round((width * 9) / 16));
    isDrawn.happen();
    await covers.first().evaluate((cover) => cover.decode());
    assert.deepEqual(await boxes(), before);
  });

  test("a story is set to be read, says how long that takes, and leads to the stories beside it", async (t) => {
    const stories = await readStories();
    const place = stories.findIndex(({ body }, index) => index > 1 && body.includes("<p>"));
    const [newer, story, older] = stories.slice(place - 1, place + 2);
    const { page, complaints, foreign } = await open(browser, t, `${address}/${story.id}`, desktop);
    await page.getByRole("heading", { name: story.title }).waitFor();
    // Said by the program alone: the server's rendering, which it replaces, is gone.
    await page.getByText(/^\d+ min read$/).waitFor();
    await expectReadable(page);
    const next = page.getByRole("link", { name: older.title });
    await next.scrollIntoViewIfNeeded();
    const left = await page.evaluate(() => scrollY);
    await next.click();
    await page.getByRole("heading", { name: older.title }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/c/demo/stories/${older.id}`);
    assert.equal(await page.evaluate(() => scrollY), 0, "a story is read from its beginning");
    await page.goBack();
    await page.getByRole("heading", { name: story.title }).waitFor();
    await eventually(() => page.evaluate((y) => Math.abs(scrollY - y) < 2, left), "the place that was left");
    await page.getByRole("link", { name: newer.title }).click();
    await page.getByRole("heading", { name: newer.title }).waitFor();
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });

  test("the newest and the oldest story have a neighbour on one side", async (t) => {
    const stories = await readStories();
    for (const [story, sides] of [
      [stories[0], ["next"]],
      [stories.at(-1), ["prev"]],
    ]) {
      const { page } = await open(browser, t, `${address}/${story.id}`, desktop);
      await page.locator(".beside .card").first().waitFor();
      const rels = await page.locator(".beside .card").evaluateAll((links) => links.map((link) => link.rel));
      assert.deepEqual(rels, sides);
    }
  });

  test("whom a story is about can be voted for at its end", async (t) => {
    const story = (await readStories()).find(({ nominee }) => nominee);
    const { page, complaints } = await open(browser, t, `${address}/${story.id}`, phone);
    const card = page.getByRole("complementary", { name: "故事人物" });
    await card.getByText(story.nominee.name, { exact: true }).waitFor();
    await card.getByRole("button", { name: `为${story.nominee.name}投票` }).tap();
    await card.getByText("已投").waitFor();
    const query = `query ($number: Int!) { campaign(slug: "demo") { nominee(number: $number) { votes } } }`;
    const votes = async () => (await run(server, query, { number: story.nominee.number })).campaign.nominee.votes;
    await eventually(async () => (await votes()) === 1, "the vote to be counted");
    await card.getByRole("link").first().tap();
    await page.locator(".person").waitFor();
    await page.getByText("已投").first().waitFor();
    assert.deepEqual(complaints, []);
  });

  test("pictures of a story have captions, and films say where they lead", async (t) => {
    const stories = await readStories();
    const { page, addresses } = await open(browser, t, "about:blank", phone);
    await rewriteAnswers(page, (data) => {
      if (!data.story?.body) return;
      data.story.media = [
        { kind: "IMAGE", url: "/media/shift.png", title: "The night shift" },
        { kind: "VIDEO", url: "https://films.example/one", title: "A winter" },
      ];
    });
    await page.goto(`${address}/${stories[0].id}`);
    await page.locator(".story figure").getByText("The night shift").waitFor();
    const film = page.getByRole("link", { name: /A winter/ });
    await film.getByText("films.example").waitFor();
    assert.equal(await film.getAttribute("href"), "https://films.example/one");
    // No other server learns of a reader.
    assert.deepEqual(addresses.filter((request) => request.includes("films.example")), []);
  });

  test("reports of views carry an id of the device, another one on another device", async (t) => {
    const reported = async (page, number) => {
      const report = page.waitForRequest((request) => request.headers()["x-acclaim-device"] !== undefined);
      await page.goto(`${server.origin}/c/demo/n/${number}`);
      const request = await report;
      assert.match(request.postData() ?? "", /subjectIds/);
      return request.headers()["x-acclaim-device"];
    };
    const { page } = await open(browser, t, address, phone);
    const first = await reported(page, 1);
    assert.equal(await reported(page, 2), first);
    const { page: other } = await open(browser, t, address, phone);
    assert.notEqual(await reported(other, 1), first);
  });

  test("a story is read without JavaScript, and its link has a preview", async (t) => {
    const id = (await listStories(server)).at(-1);
    const { story } = await run(server, "query ($id: ID!) { story(id: $id) { title summary body } }", { id });
    const { page, response, complaints } = await open(browser, t, `${address}/${id}`, { ...phone, javaScriptEnabled: false });
    assert.equal(response.status(), 200);
    await page.getByRole("heading", { name: story.title }).waitFor();
    // A sentence without markup, of the middle of the text.
    const sentence = story.body.split(/[。\n]/).find((part) => part.length > 12 && !/[*#[\]>`_-]/.test(part));
    await page.getByText(sentence.trim()).waitFor();
    const meta = (name) => page.locator(`meta[property="${name}"]`).getAttribute("content");
    assert.equal(await meta("og:title"), story.title);
    assert.equal(await meta("og:description"), story.summary);
    assert.equal(await meta("og:url"), `${address}/${id}`);
    await expectReadable(page);
    assert.deepEqual(complaints, []);
  });

  test("a story that is none, or not out, leads nowhere", async (t) => {
    const { response } = await open(browser, t, `${address}/nothing`, desktop);
    assert.equal(response.status(), 404);
  });
});
