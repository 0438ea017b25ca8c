// Measures the first view of the voting page as a slow phone gets it, and prints it beside its budget. Times depend on
// the machine, so this is no test: `node first-view-budget.js`.
import { open, phone, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const kilobit = 1_000 / 8;
const network = { offline: false, latency: 400, downloadThroughput: 400 * kilobit, uploadThroughput: 400 * kilobit };
const cpuSlowdown = 4;

const endings = [];
const context = { after: (end) => endings.push(end) };
const server = await startServer(context);
const browser = await startBrowser((end) => endings.unshift(end));

/** Opens the page in a new window, with a device's cookie or without; gives what was measured. */
async function measure(cookies = []) {
  const { page } = await open(browser, context, "about:blank", phone);
  await page.context().addCookies(cookies);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", network);
  await session.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowdown });
  const kinds = new Map();
  const bytes = { text: 0, pictures: 0 };
  let requests = 0;
  session.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    requests++;
    bytes[kinds.get(requestId) === "Image" ? "pictures" : "text"] += encodedDataLength;
  });
  await page.addInitScript(() => {
    globalThis.measured = { shift: 0, largestMs: 0, listMs: 0, programMs: 0 };
    const watch = (type, note) =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
    watch("layout-shift", ({ value }) => (globalThis.measured.shift += value));
    watch("largest-contentful-paint", ({ startTime }) => (globalThis.measured.largestMs = startTime));
    const look = () => {
      const { measured } = globalThis;
      if (!measured.listMs && document.querySelector(".nominee .act")) measured.listMs = performance.now();
      if (!measured.programMs && document.cookie.includes("acclaim_pages")) measured.programMs = performance.now();
      if (!measured.listMs || !measured.programMs) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${server.origin}/c/demo`);
  await page.waitForFunction(() => globalThis.measured.programMs > 0);
  await page.waitForLoadState("networkidle");
  const measured = { ...bytes, requests, ...(await page.evaluate(() => globalThis.measured)) };
  // A window that is slowed down burns what it does not get.
  await page.context().close();
  return measured;
}

const kib = (n) => `${(n / 1024).toFixed(1)} KiB`;
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

try {
  await measure();
  const all = [];
  for (let i = 0; i < 3; i++) all.push(await measure());
  const median = (name) => all.map((one) => one[name]).sort((a, b) => a - b)[1];
  const lines = [
    ["without pictures", kib(median("text")), "60 KiB"],
    ["with those of the first screen", kib(median("text") + median("pictures")), "250 KiB"],
    ["nominees in sight", seconds(median("listMs")), ""],
    ["the program has taken over", seconds(median("programMs")), "2.50 s"],
    ["largest picture", seconds(median("largestMs")), "4.00 s"],
    ["shifted", median("shift").toFixed(4), "0.02"],
    ["requests", String(median("requests")), ""],
  ];
  console.log("A phone at 400 kbit/s and 400 ms, CPU 4 times slower; the median of three visits with nothing cached:");
  for (const [what, is, budget] of lines) console.log(`  ${what.padEnd(32)} ${is.padStart(10)}  ${budget && `of ${budget}`}`);
} finally {
  for (const end of endings) await end();
}
