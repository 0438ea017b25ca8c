// The files of docs/front-ends.md, taken from the page as a reader takes them, in a browser against the real server.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const page = readFileSync(join(import.meta.dirname, "../../docs/front-ends.md"), "utf8");
const saved = page.matchAll(/^Save as `([\w.]+)`[^]*?\n```\w+\n([^]*?)^```/gm);
const files = new Map(Array.from(saved, ([, name, text]) => [`/${name}`, text]));

const server = await startServer({ after }, {}, "--challenge");
const browser = await startBrowser(after);
const site = createServer(({ url }, response) => {
  const path = url.split("?")[0].replace(/\/$/, "/index.html");
  const type = path.endsWith(".js") ? "text/javascript" : "text/html";
  response.writeHead(files.has(path) ? 200 : 404, { "content-type": type }).end(files.get(path));
}).listen(0, "127.0.0.1");
await once(site, "listening");
after(() => site.close());

/** Opens the page with a nominee's row; `hide` are the transports that its network does not let through. */
async function open(t, hide = []) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.addInitScript((hidden) => {
    const closed = class extends EventTarget {
      constructor() {
        super();
        setTimeout(() => (this.onclose ?? this.onerror)());
      }
      close() {}
    };
    for (const name of hidden) globalThis[name] = closed;
  }, hide);
  await page.goto(`http://localhost:${site.address().port}/?server=${server.origin}`);
  return { page, row: page.locator("#nominees li").first() };
}

const numberIn = async (figure) => Number(await figure.textContent());

test("the page has the four files", () => {
  assert.deepEqual([...files.keys()].sort(), ["/acclaim.js", "/challenge.js", "/index.html", "/live.js"]);
});

test("stories are read page by page", async (t) => {
  const { page } = await open(t);
  await page.locator("article").nth(4).waitFor();
  await page.click("#more");
  await page.locator("article").nth(9).waitFor();
  const titles = await page.locator("article h3").allTextContents();
  assert.equal(new Set(titles).size, 10);
});

for (const hide of [[], ["WebSocket"], ["WebSocket", "EventSource"]]) {
  test(`a vote is challenged, counted, and seen live, without ${hide.join(" and ") || "nothing"}`, async (t) => {
    const { page, row } = await open(t, hide);
    await page.locator("article").first().waitFor();
    const before = await numberIn(row.locator("b"));
    await row.getByRole("button").click();
    await row.getByText("Counted. 9 left.").waitFor();
    await page.waitForFunction((wanted) => Number(document.querySelector("li b").textContent) === wanted, before + 1);
  });
}

test("a vote whose answers are lost counts once", async (t) => {
  const { page, row } = await open(t);
  await page.locator("article").first().waitFor();
  let lost = 0;
  await page.route("**/graphql", async (route) => {
    const isVote = route.request().postData()?.includes("castVote");
    if (!isVote || lost === 3) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  await row.getByRole("button").click();
  await row.getByText("Counted. 9 left.").waitFor();
  assert.equal(lost, 3);
});
