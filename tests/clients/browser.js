// The browser that reads the pages: one a file, with the requests and complaints of each page.
import { chromium } from "playwright-core";

const timeoutMs = 15_000;

/** A phone in China, and a desktop in England. */
export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: "zh-CN" };
export const desktop = { viewport: { width: 1280, height: 800 }, locale: "en-GB" };

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
  context.after(() => window.close());
  window.setDefaultTimeout(timeoutMs);
  const page = await window.newPage();
  const addresses = [];
  const complaints = [];
  page.on("request", (request) => addresses.push(request.url()));
  page.on("websocket", (socket) => addresses.push(socket.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  // Violations of the content security policy are errors of the console, too.
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  const response = await page.goto(url);
  const foreign = () => addresses.filter((address) => !address.startsWith("data:") && new URL(address).host !== new URL(url).host);
  return { page, response, addresses, complaints, foreign };
}
