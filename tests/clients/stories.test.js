// The story feed and the page of a story: nothing repeats, nothing is skipped, and words need no program.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { listStories, run } from "./api.js";
import { desktop, open, phone, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { deadlineMs, event } from "./waiting.js";

/** The demo's next story comes out two minutes after its first start. */
const nextStoryMs = 120_000;

const server = await startServer({ after });
const browser = await startBrowser(after);
const address = `${server.origin}/c/demo/stories`;

const shownIds = (page) => page.locator(".feed .card").evaluateAll((cards) => cards.map((card) => card.dataset.id));

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
    assert.equal(await page.locator(".card").evaluate((card) => getComputedStyle(card).borderRadius), "14px");
    assert.deepEqual(complaints, []);
  });

  test("a story that is none, or not out, leads nowhere", async (t) => {
    const { response } = await open(browser, t, `${address}/nothing`, desktop);
    assert.equal(response.status(), 404);
  });
});
