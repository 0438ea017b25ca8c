// The voting page as the server serves it, on a phone and on a desktop: whatever happens, a tap is one vote.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { run } from "./api.js";
import { desktop, open, phone, rewriteAnswers, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { deadlineMs, event, eventually } from "./waiting.js";

const server = await startServer({ after });
const browser = await startBrowser(after);
const address = `${server.origin}/c/demo`;

const openVoting = (context, device = phone, path = "") => open(browser, context, address + path, device);
/** The cards whose nominees can be voted for, in either language. */
const voteButtons = (page) => page.getByRole("button", { name: /^为.*投票$|^Vote for / });
const notice = (page, text) => page.locator(".notice").getByText(text).waitFor();
const isCast = (request) => request.postData()?.includes("nomineeId") ?? false;

/** The number of the nominee of a card. */
const numberOf = async (card) => Number(/\d+/.exec(await card.locator(".number").textContent())[0]);

/** The votes that the server has stored for a nominee; the tally follows a vote within a moment. */
async function votesReach(number, votes) {
  const query = "query ($number: Int!) { campaign(slug: \"demo\") { nominee(number: $number) { votes } } }";
  const reached = async () => {
    const found = (await run(server, query, { number })).campaign.nominee.votes;
    return found >= votes && found;
  };
  assert.equal(await eventually(reached, `${votes} votes of number ${number}`), votes);
}

describe("the voting page", () => {
  test("a tap signs a guest in and is one vote, a double tap too; the quota is spent in plain words", async (t) => {
    const { page, complaints, foreign } = await openVoting(t);
    const first = page.locator(".nominee").first();
    const number = await numberOf(first);
    await first.getByRole("button").dblclick();
    await notice(page, "已计入");
    await first.getByText("已投").waitFor();
    await page.getByText("剩余 9 / 10 票").waitFor();
    await votesReach(number, 1);
    for (let left = 9; left > 0; left--) {
      await voteButtons(page).first().tap();
      await page.getByText(`剩余 ${left - 1} / 10 票`).waitFor();
    }
    // Not a button that is red and refuses.
    await page.getByRole("button", { name: "票已投完" }).first().waitFor();
    assert.equal(await page.locator(".nominee button:enabled:not([aria-disabled=true])").count(), 0);
    // Another category has a quota of its own.
    await page.getByRole("button", { name: "科研能手" }).tap();
    await page.getByText("剩余 10 / 10 票").waitFor();
    // What was done is there again after a reload.
    await page.getByRole("button", { name: "企业家" }).tap();
    await page.reload();
    await page.getByText("剩余 0 / 10 票").waitFor();
    await page.goto(`${address}/n/${number}`);
    await page.locator(".act.voted").waitFor();
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });

  test("a vote whose answer is lost is sent again, and is one vote", async (t) => {
    const { page } = await openVoting(t);
    const card = page.locator(".nominee").nth(3);
    let casts = 0;
    await page.route("**/graphql", async (route) => {
      if (!isCast(route.request()) || ++casts > 2) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await card.getByRole("button").tap();
    // Not "already voted", which another key would get.
    await notice(page, "已计入");
    await card.getByText("已投").waitFor();
    assert.equal(casts, 3);
    // What the server says, not what the page remembers.
    await page.reload();
    await page.getByText("剩余 9 / 10 票").waitFor();
  });

  for (const [how, isStored] of [
    ["before it could be sent", false],
    ["before its answer came", true],
  ]) {
    test(`a vote whose page is closed ${how} is taken up after a reload`, async (t) => {
      const { page } = await openVoting(t);
      const card = page.locator(".nominee").nth(5);
      const number = await numberOf(card);
      const tapped = event("the vote to be sent");
      // It, or its answer, gets no further than this, as in a lift.
      let isCutOff = true;
      await page.route("**/graphql", async (route) => {
        if (!isCutOff || !isCast(route.request())) return route.continue();
        if (isStored) await route.fetch();
        return tapped.happen();
      });
      await card.getByRole("button").tap();
      await tapped.happened();
      isCutOff = false;
      // Wherever the nominee stands in the list, its own page shows it.
      await page.goto(`${address}/n/${number}`);
      // Not "already voted", which another key would get.
      await notice(page, "已计入");
      await page.locator(".act.voted").waitFor();
      await page.getByText("剩余 9 / 10 票").waitFor();
    });
  }

  test("a vote survives the kill and return of the server", async (t) => {
    const { page } = await openVoting(t, desktop);
    const card = page.locator(".nominee").nth(7);
    await card.getByRole("button").waitFor();
    await server.kill();
    await card.getByRole("button").click();
    await card.getByText("Sending…").waitFor();
    await server.start();
    await card.getByText("Voted").waitFor();
    await page.getByText("9 of 10 votes left").waitFor();
    // A page that is opened while the server is away can be tried again.
    await server.kill();
    await page.getByRole("link", { name: "Stories" }).click();
    await server.start();
    await page.locator(".feed .card").first().waitFor({ timeout: 2 * deadlineMs() });
  });

  test("a nominee is liked and taken back, shared and shown with its stories", async (t) => {
    const { page } = await openVoting(t, phone, "/n/1");
    assert.match(await page.title(), /尤俊杰/);
    await page.getByRole("heading", { name: "尤俊杰" }).waitFor();
    await page.locator(".of-nominee a").first().waitFor();
    const like = page.getByRole("button", { name: /^点赞/ });
    await like.tap();
    await page.getByRole("button", { name: "点赞 1", pressed: true }).and(page.locator("[aria-busy=false]")).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "点赞 1", pressed: true }).waitFor();
    await like.tap();
    await page.getByRole("button", { name: "点赞 0", pressed: false }).waitFor();
    const poster = await page.request.get(`${address}/n/1/qr.svg`);
    assert.equal(poster.headers()["content-type"], "image/svg+xml");
    await page.goto(`${address}/n/9999`);
    await page.getByText("这个地址没有内容").first().waitFor();
  });

  test("nominees are searched, sorted and paged through; the address remembers it", async (t) => {
    const { page } = await openVoting(t, desktop);
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("searchbox").fill("尤俊杰");
    await page.waitForFunction(() => document.querySelectorAll(".nominee").length === 1);
    assert.equal(new URL(page.url()).searchParams.get("search"), "尤俊杰");
    await page.locator(".nominee").getByText("尤俊杰").waitFor();
    await page.getByRole("searchbox").fill("没有这个人");
    await page.getByText("No nominee matches.").waitFor();
    // The one way on from there.
    await page.getByRole("button", { name: "Show all nominees" }).click();
    await page.locator(".nominee").nth(5).waitFor();
    // Faster than a search that waits for the last key.
    await page.getByRole("searchbox").fill("尤");
    await page.getByRole("button", { name: "Close search" }).click();
    await page.getByRole("button", { name: "技能工匠" }).click();
    await page.getByRole("combobox").selectOption("NUMBER");
    // The new order, not the same 28 of before.
    const isSorted = (count) => {
      const numbers = [...document.querySelectorAll(".nominee .number")].map(({ textContent }) => Number(/\d+/.exec(textContent)));
      return numbers.length === count && numbers.every((number, i) => i === 0 || numbers[i - 1] < number);
    };
    await page.waitForFunction(isSorted, 28);
    await page.reload();
    await page.waitForFunction(isSorted, 28);
    assert.equal(await page.getByRole("combobox").inputValue(), "NUMBER");
    // Going to a nominee and back finds the list where it was.
    await page.locator(".nominee a").nth(20).scrollIntoViewIfNeeded();
    // Where it was when the link was followed: cards that come into sight get their true heights, and move the list.
    await page.evaluate(() => addEventListener("click", () => (window.leftAt = scrollY), { capture: true, once: true }));
    await page.locator(".nominee a").nth(20).click();
    await page.locator(".person").waitFor();
    const before = await page.evaluate(() => window.leftAt);
    assert.ok(before > 0);
    await page.goBack();
    await page.waitForFunction((y) => Math.abs(scrollY - y) < 100, before);
  });

  test("a vote says when the campaign was shown, and by whose link its voter first came", async (t) => {
    const castIn = async (page, act) => {
      const cast = page.waitForRequest(isCast);
      await act();
      return (await cast).postDataJSON().variables;
    };
    const isTicket = ({ ticket }) => assert.match(ticket, /^[\w-]{20}$/);
    const byLink = await openVoting(t, phone, "/n/3");
    const { id } = (await run(server, 'query { campaign(slug: "demo") { nominee(number: 3) { id } } }')).campaign.nominee;
    const first = await castIn(byLink.page, () => voteButtons(byLink.page).first().tap());
    assert.deepEqual([first.nomineeId, first.sharedBy], [id, id]);
    isTicket(first);
    await notice(byLink.page, "已计入");
    // For others too, and after a visit of the list: it is how the voter came at first.
    await byLink.page.goto(address);
    const second = await castIn(byLink.page, () => voteButtons(byLink.page).first().tap());
    assert.equal(second.sharedBy, id);
    isTicket(second);
    assert.notEqual(second.nomineeId, id);
    // Who came to the list first came by no link.
    const { page } = await openVoting(t);
    await voteButtons(page).first().waitFor();
    await page.goto(`${address}/n/4`);
    const other = await castIn(page, () => voteButtons(page).first().tap());
    assert.equal(other.sharedBy, null);
    isTicket(other);
  });

  test("the fair order is the device's own: a first vote, which signs in, does not change it", async (t) => {
    const { page } = await openVoting(t, desktop);
    const shown = async () => {
      await page.waitForFunction(() => document.querySelectorAll(".nominee").length >= 20);
      const numbers = await page.locator(".nominee .number").allTextContents();
      return numbers.slice(0, 20);
    };
    const before = await shown();
    await voteButtons(page).first().click();
    await notice(page, /counts|计入/);
    await page.reload();
    await page.getByText(/9 of 10|剩余 9/).waitFor();
    assert.deepEqual(await shown(), before);
    // Another device has another.
    const { page: other } = await openVoting(t, desktop);
    await other.waitForFunction(() => document.querySelectorAll(".nominee").length >= 20);
    const others = await other.locator(".nominee .number").allTextContents();
    assert.notDeepEqual(others.slice(0, 20), before);
  });

  test("an address with a slash at its end is the page's, and an unknown one leads on", async (t) => {
    const { page, response } = await openVoting(t, desktop, "/?order=NUMBER");
    assert.equal(response.status(), 200);
    assert.equal(new URL(page.url()).pathname, "/c/demo");
    await voteButtons(page).first().waitFor();
    const { page: lost, response: missing } = await open(browser, t, `${server.origin}/nowhere`, desktop);
    assert.equal(missing.status(), 404);
    await lost.getByText("There is nothing at this address").waitFor();
    await lost.getByRole("link").click();
    await lost.waitForURL(address);
  });

  test("a search shows the quota of what it finds, not of the category before", async (t) => {
    const { page } = await openVoting(t);
    await voteButtons(page).first().tap();
    await page.getByText("剩余 9 / 10 票").waitFor();
    const query = '{ campaign(slug: "demo") { nominees(first: 100) { nodes { name category { key } } } } }';
    const { nodes } = (await run(server, query)).campaign.nominees;
    const other = nodes.find(({ category }) => category.key !== nodes[0].category.key).name;
    await page.getByRole("button", { name: "搜索" }).tap();
    await page.getByRole("searchbox").fill(other);
    await page.locator(".nominee").getByText(other).waitFor();
    await page.getByText("剩余 10 / 10 票").waitFor();
    // Many people of several categories have no quota together.
    await page.getByRole("searchbox").fill("银川");
    await page.waitForFunction(() => document.querySelectorAll(".nominee").length > 5);
    await page.locator(".quota").getByText("每天 10 票").waitFor();
  });

  test("where votes are cast on phones only, a browser shows the way there", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    await rewriteAnswers(page, ({ campaign }) => {
      if (campaign?.rules) campaign.rules.admits = ["WECHAT_MINI_PROGRAM"];
    });
    await page.goto(address);
    await page.getByText("本次评选在微信小程序中投票").waitFor();
    const card = page.locator(".nominee").first();
    const path = `/c/demo/n/${await numberOf(card)}/poster.png`;
    assert.equal(await card.getByRole("link", { name: "扫码投票" }).getAttribute("href"), path);
    assert.equal(await voteButtons(page).count(), 0);
  });

  test("the language is the browser's until another is chosen", async (t) => {
    const { page } = await openVoting(t, desktop);
    await page.getByRole("link", { name: "Nominees" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("link", { name: "候选人" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "候选人" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
  });

  test("the keyboard alone votes", async (t) => {
    const { page } = await openVoting(t, desktop);
    const button = voteButtons(page).first();
    await button.waitFor();
    for (let tabs = 0; tabs < 40; tabs++) {
      await page.keyboard.press("Tab");
      if (await button.evaluate((element) => element === document.activeElement)) break;
    }
    await page.keyboard.press("Enter");
    await page.getByText("9 of 10 votes left").waitFor();
  });

  test("the first view is small: a page, a script, a style and two questions", async (t) => {
    const window = await browser.newContext(phone);
    t.after(() => window.close());
    const page = await window.newPage();
    const client = await window.newCDPSession(page);
    await client.send("Network.enable");
    let bytes = 0;
    let requests = 0;
    // Whose portraits are in sight is another matter each day.
    const pictures = new Set();
    client.on("Network.responseReceived", ({ requestId, type }) => type === "Image" && pictures.add(requestId));
    client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (pictures.has(requestId)) return;
      bytes += encodedDataLength;
      requests += 1;
    });
    await page.goto(address);
    await page.locator(".nominee").first().waitFor();
    assert.ok(bytes < 60 * 1024, `${bytes} bytes`);
    assert.ok(requests <= 5, `${requests} requests`);
    t.diagnostic(`${bytes} bytes in ${requests} requests`);
  });

  test("an address of another campaign leads nowhere, and says so", async (t) => {
    const { response } = await open(browser, t, `${server.origin}/c/none`, desktop);
    assert.equal(response.status(), 404);
  });
});
