// Pages whose server, session, network or storage does not do what it should: what is public is read all the same, and
// the user is told what is going on.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { desktop, open, phone, rewriteAnswers, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { event } from "./waiting.js";

const server = await startServer({ after });
const browser = await startBrowser(after);
const address = `${server.origin}/c/demo`;

const voteButton = (card) => card.getByRole("button", { name: /^为.*投票$|^Vote for / });
const operationOf = (route) => route.request().postDataJSON().variables;

/** A session that has ended at the server. */
const ended = () => {
  const tokens = { access: "ended", accessExpiresMs: 1, accessExpires_ms: 1, refresh: "ended" };
  localStorage.setItem("acclaim.voter", JSON.stringify(tokens));
};

/** Gives a page what the server writes where it cannot read more: a title, and nothing for the program to begin with. */
const saysLittle = (page) =>
  page.route(address, async (route) => {
    const response = await route.fetch({ url: `${address}?search=x` });
    await route.fulfill({ response });
  });

describe("a page without a session", () => {
  test("is read where the session has ended and no guest is admitted any more; a vote says why it is refused", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    await page.addInitScript(ended);
    await page.route("**/graphql", (route) => {
      if (!operationOf(route)?.deviceId) return route.continue();
      const userErrors = [{ code: "GUESTS_NOT_ADMITTED", message: "现在不接受访客。" }];
      return route.fulfill({ json: { data: { signInGuest: { session: null, userErrors } } } });
    });
    await page.goto(address);
    const card = page.locator(".nominee").first();
    await card.waitFor();
    await voteButton(card).tap();
    await card.locator(".refusal").getByText("现在不接受访客。").waitFor();
    await page.getByRole("link", { name: "人物故事" }).tap();
    await page.locator(".feed .card").first().waitFor();
    await page.goto(`${address}/n/1`);
    await page.locator(".person").waitFor();
  });

  test("is read while sessions cannot be refreshed", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    await page.addInitScript(ended);
    await page.route("**/graphql", (route) => (operationOf(route)?.refreshToken ? route.abort() : route.continue()));
    await page.goto(address);
    await page.locator(".nominee").first().waitFor();
  });

  test("shows what is the voter's own once a session comes that took its time", async (t) => {
    const { page } = await open(browser, t, `${address}?order=NUMBER`, phone);
    const card = page.locator(".nominee").first();
    await voteButton(card).tap();
    await card.getByText("已投").waitFor();
    await page.evaluate(() => {
      const tokens = JSON.parse(localStorage.getItem("acclaim.voter"));
      localStorage.setItem("acclaim.voter", JSON.stringify({ ...tokens, accessExpiresMs: 1 }));
    });
    const released = event("the renewal to be let through");
    await page.route("**/graphql", async (route) => {
      if (operationOf(route)?.refreshToken) await released.happened();
      await route.continue();
    });
    await page.reload();
    await voteButton(card).waitFor();
    released.happen();
    await card.getByText("已投").waitFor();
    await page.getByText("剩余 9 / 10 票").waitFor();
  });
});

describe("a slow or absent network", () => {
  test("the server's heading stands until the page is there, where the page says nothing more", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    await saysLittle(page);
    const released = event("the answers to be let through");
    const asked = event("the page to ask");
    await page.route("**/graphql", async (route) => {
      asked.happen();
      await released.happened();
      await route.continue();
    });
    await page.goto(address);
    await asked.happened();
    await page.getByText("加载中…").waitFor();
    const title = await page.title();
    assert.ok(title.length > 3, title);
    assert.equal((await page.locator("h1").textContent()).trim(), title);
    released.happen();
    await page.locator(".nominee").first().waitFor();
    assert.equal((await page.locator("h1").textContent()).trim(), title);
  });

  test("a vote that cannot be sent says so at once, and is sent as soon as there is a network", async (t) => {
    const { page } = await open(browser, t, address, phone);
    const card = page.locator(".nominee").nth(2);
    await voteButton(card).waitFor();
    await page.context().setOffline(true);
    await voteButton(card).tap();
    await page.locator(".notice").getByText("服务器没有响应，正在重试…").waitFor();
    await page.context().setOffline(false);
    await page.locator(".notice").getByText("已计入").waitFor();
    await page.locator(".notice").getByText("服务器没有响应").waitFor({ state: "detached" });
  });

  test("a question that gets no answer says so before it is given up", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    const released = event("the answers to be let through");
    await saysLittle(page);
    await page.clock.install();
    await page.route("**/graphql", async (route) => {
      await released.happened();
      await route.continue();
    });
    await page.goto(address);
    await page.getByText("加载中…").waitFor();
    // Not yet the time after which an answer is given up.
    await page.clock.fastForward(6_000);
    await page.getByText("服务器没有响应，正在重试…").waitFor();
    released.happen();
    await page.locator(".nominee").first().waitFor();
  });
});

describe("a storage that takes nothing", () => {
  for (const [how, setItem] of [
    ["with an error", "() => { throw new DOMException('full', 'QuotaExceededError'); }"],
    ["without a word", "() => undefined"],
  ]) {
    test(`${how}: an old value does not win over a newer one, and signing out takes`, async (t) => {
      const { page } = await open(browser, t, "about:blank", desktop);
      await page.addInitScript(`localStorage.setItem("acclaim.language", '"zh"'); Storage.prototype.setItem = ${setItem};`);
      await page.goto(`${address}/board`);
      await page.getByRole("button", { name: "English" }).click();
      await page.getByRole("button", { name: "Staff sign-in" }).click();
      const [, email, password] = /Staff sign-in +(\S+) \/ (\S+)/.exec(server.log);
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("button", { name: "Staff sign-in" }).waitFor();
    });
  }
});

describe("an order that the rules forbid", () => {
  test("by votes, while the tally is hidden: the fair order is shown", async (t) => {
    const { page } = await open(browser, t, "about:blank", desktop);
    await rewriteAnswers(page, ({ campaign: found }, { orderBy }) => {
      if (found?.rules) found.rules.tallyVisibility = "STAFF_ONLY";
      if (orderBy !== "VOTES") return undefined;
      return { errors: [{ message: "The tally is hidden.", extensions: { code: "FORBIDDEN" } }], data: null };
    });
    await page.goto(`${address}?order=VOTES`);
    await page.locator(".nominee").first().waitFor();
    assert.equal(await page.getByRole("combobox").inputValue(), "SHUFFLED");
  });

  test("a refusal does not read as an absent server", async (t) => {
    const { page } = await open(browser, t, "about:blank", desktop);
    await rewriteAnswers(page, (_, { orderBy }) => {
      if (!orderBy) return undefined;
      return { errors: [{ message: "Not so.", extensions: { code: "BAD_USER_INPUT" } }], data: null };
    });
    await page.goto(address);
    await page.getByText("The server did not accept that.").waitFor();
  });
});
