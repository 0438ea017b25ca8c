// The browser that reads the pages: one a file, with the requests and complaints of each page.
import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { chromium } from "playwright-core";
import { deadlineMs } from "./waiting.js";

/** The folder of another build of the pages than the server's own, to try it without compiling the server. */
const dist = process.env.ACCLAIM_PAGES;

/** A folder for pictures of the pages as the tests have left them. */
const shots = process.env.ACCLAIM_SHOTS;
let shotCount = 0;

/** A phone in China, and a desktop in England. */
export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: "zh-CN" };
export const desktop = { viewport: { width: 1280, height: 800 }, locale: "en-GB" };
/** An organiser's laptop. */
export const laptop = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };

/** Starts the browser; it stops when the tests of `after` have ended. */
export async function startBrowser(after) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Containers give their root neither a sandbox nor a graphics card; the rest keeps the browser itself off the
    // network.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  after(() => browser.close());
  return browser;
}

/** Opens an address in a window of its own; gives the page with its requests and complaints. */
export async function open(browser, context, url, device = desktop) {
  const window = await browser.newContext(device);
  window.setDefaultTimeout(deadlineMs());
  if (dist) await servePages(window);
  const page = await window.newPage();
  context.after(async () => {
    if (shots) await page.screenshot({ path: join(shots, `${++shotCount}.png`) }).catch(() => undefined);
    await window.close();
  });
  const addresses = [];
  const complaints = [];
  page.on("request", (request) => addresses.push(request.url()));
  page.on("websocket", (socket) => addresses.push(socket.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  // Violations of the content security policy are errors of the console, too.
  page.on("console", (message) => {
    // Another build's documents are not known to the server until they have been sent once.
    const isNews = dist && /status of 400/.test(message.text()) && message.location().url.endsWith("/graphql");
    if (["error", "warning"].includes(message.type()) && !isNews) complaints.push(message.text());
  });
  const response = await page.goto(url);
  const foreign = () => addresses.filter((address) => !address.startsWith("data:") && new URL(address).host !== new URL(url).host);
  return { page, response, addresses, complaints, foreign };
}

/** The name of a file of a build without the hash of its contents, which has eight characters. */
const stemOf = (name) => name.slice(0, name.indexOf(".") - "-12345678".length);

async function servePages(window) {
  const names = (await readdir(dist)).filter((name) => name.endsWith(".br"));
  await window.route("**/pages/*", async (route) => {
    const wanted = basename(new URL(route.request().url()).pathname);
    const extension = wanted.slice(wanted.lastIndexOf("."));
    const contentType = extension === ".css" ? "text/css" : "text/javascript";
    const body = async (name) => brotliDecompressSync(await readFile(join(dist, name)));
    if (names.includes(`${wanted}.br`)) return route.fulfill({ contentType, body: await body(`${wanted}.br`) });
    // The server's page names the files of its own build. A module must have one name only, or there are two of it.
    const name = names.find((name) => stemOf(name) === stemOf(wanted) && name.endsWith(`${extension}.br`));
    const shim = () => `import "./${name.slice(0, -".br".length)}";`;
    return route.fulfill({ contentType, body: extension === ".css" ? await body(name) : shim() });
  });
}

/** What the server has drawn of a page, and what its program begins with. */
const drawn = /<div id="app">.*<\/div>(?=<script>)/s;
const begun = /<script type="application\/json" id="first-view">.*?<\/script>/s;

/** Changes the HTML of the voting page and of nominees' on its way. */
async function rewritePage(page, change) {
  await page.route(/\/c\/[^/]+(\/n\/\d+)?(\?.*)?$/, async (route) => {
    if (!route.request().isNavigationRequest()) return route.fallback();
    try {
      const response = await route.fetch();
      await route.fulfill({ response, body: change(await response.text()) });
    } catch (error) {
      if (!page.isClosed()) await route.abort().catch(() => undefined);
    }
  });
}

/** Changes the text of what a page's program begins with. */
export const rewriteFirstView = (page, change) => rewritePage(page, (html) => html.replace(begun, change));

/**
 * Changes the answers to a page's operations on their way: `change` gets the data and the variables of each answer, and
 * may give another answer instead. The page asks for all of them: it has nothing to begin with.
 */
export async function rewriteAnswers(page, change) {
  await rewritePage(page, (html) => html.replace(drawn, '<div id="app"></div>').replace(begun, ""));
  await page.route("**/graphql", async (route) => {
    try {
      const response = await route.fetch();
      const answer = await response.json();
      const { variables } = route.request().postDataJSON();
      const other = answer.data && (await change(answer.data, variables));
      await route.fulfill({ response, json: other ?? answer });
    } catch (error) {
      // Answers to a page that is closed reach nobody, and those of a server that is away do not come.
      if (!page.isClosed()) await route.abort().catch(() => undefined);
    }
  });
}
