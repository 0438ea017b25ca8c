// Measures the desk while it is used, and prints what it finds beside the bounds. Times depend on the machine, so this
// is no test: `node desk-figures.js [votes a second] [seconds]`. The load is the program `loadtest`, which LOADTEST names.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "./api.js";
import { laptop, startBrowser } from "./browser.js";
import { importNominees, openDesk, staffToken, words } from "./desk.js";
import { startServer } from "./server.js";
import { eventually } from "./waiting.js";

const [rate = 1_000, seconds = 15] = process.argv.slice(2).map(Number);
const binary = resolve(process.env.ACCLAIM_BIN ?? join(import.meta.dirname, "../../target/debug/acclaim"));
const loadtest = process.env.LOADTEST ?? join(dirname(binary), "loadtest");
const cpuSlowdown = 4;

const endings = [];
const context = { after: (end) => endings.push(end) };

const freePort = () =>
  new Promise((done) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
const metrics = `127.0.0.1:${await freePort()}`;
const server = await startServer(context, { ACCLAIM_METRICS_LISTEN: metrics, ACCLAIM_LIMIT_STAFF: "100000/1000000" });
const browser = await startBrowser((end) => endings.unshift(end));
const [, email, password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(server.log), "the sign-in");
const token = await staffToken(server, email, password);

/** Opens an address of the desk as the owner. */
const openAs = (path) =>
  openDesk(browser, context, { url: `${server.origin}/desk${path}`, device: laptop, t: words.en, email, password });

/** The value at a share of some numbers. */
const quantile = (numbers, share) => numbers[Math.min(numbers.length - 1, Math.floor(share * numbers.length))];

function tell(what, times, bound) {
  const sorted = times.toSorted((one, other) => one - other);
  const figures = [0.5, 0.99, 1].map((share) => `${quantile(sorted, share).toFixed(0)} ms`);
  console.log(`${what}: median ${figures[0]}, p99 ${figures[1]}, most ${figures[2]} of ${sorted.length}; bound ${bound} ms`);
}

async function countedVotes() {
  const text = await (await fetch(`http://${metrics}/metrics`)).text();
  return Number(/^acclaim_votes_counted_total (\d+)/m.exec(text)?.[1] ?? 0);
}

/** How long after its commit a vote is in the total of the overview, while votes come at the rate. */
async function measureOverview() {
  const { page } = await openAs("/c/demo");
  const total = page.locator("[data-figure=votes]");
  await total.getByText(/\d/).waitFor();
  await page.evaluate(() => {
    globalThis.drawn = [];
    const figure = document.querySelector("[data-figure=votes]");
    const note = () => requestAnimationFrame(() => globalThis.drawn.push([Date.now(), Number(figure.textContent.replaceAll(",", ""))]));
    new MutationObserver(note).observe(figure, { characterData: true, childList: true, subtree: true });
  });
  const before = Number((await total.textContent()).replaceAll(",", ""));
  const beforeCounted = await countedVotes();
  const load = ["vote", "--url", server.origin, "--rate", rate, "--duration", `${seconds}s`, "--data-dir", server.folder];
  const voting = spawn(loadtest, load.map(String), { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  voting.stdout.on("data", (text) => (said += text));
  const ended = once(voting, "close");
  let isOver = false;
  ended.then(() => (isOver = true));
  const stored = [];
  while (!isOver) {
    stored.push([Date.now(), before + (await countedVotes()) - beforeCounted]);
    await delay(20);
  }
  const drawn = await page.evaluate(() => globalThis.drawn);
  // From the moment at which so many were seen to be stored to the first drawing that has them all.
  const lags = stored.slice(1).flatMap(([at, count], index) => {
    const shown = count > stored[index][1] && drawn.find(([, votes]) => votes >= count);
    return shown ? [Math.max(0, shown[0] - at)] : [];
  });
  const rates = /[^\n]*votes\/s[^\n]*/.exec(said)?.[0] ?? said.trim().split("\n").at(-1);
  console.log(rates);
  console.log(`drawings: ${drawn.length}`);
  tell("a vote that was stored is in the overview's total after", lags, 1_000);
  await page.context().close();
}

/** How long the list of a thousand nominees takes for a key in its search, on a processor that is four times slower. */
async function measureKeys() {
  const { viewer } = await run(server, "{ viewer { memberships { organisation { id } } } }", {}, token);
  const organisationId = viewer.memberships[0].organisation.id;
  const create = `mutation ($input: CreateCampaignInput!) {
    createCampaign(input: $input) { campaign { id } userErrors { code } } }`;
  const input = {
    organisationId,
    idempotencyKey: randomUUID(),
    ...{ slug: "thousand", title: "A thousand" },
    votingOpensAt: new Date(Date.now() + 3_600_000).toISOString(),
    votingClosesAt: new Date(Date.now() + 86_400_000).toISOString(),
    rules: { period: "DAY", scope: "CATEGORY", votesPerPeriod: 3, tallyVisibility: "LIVE", admits: ["WECHAT_MINI_PROGRAM"] },
    categories: [{ key: "all", name: "All", shortlistSize: 10 }],
  };
  const { createCampaign } = await run(server, create, { input }, token);
  const campaignId = createCampaign.campaign.id;
  const rows = Array.from({ length: 1_000 }, (_, index) => `${index + 1},all,Person ${index + 1},Employer ${index % 50}`);
  const sheet = ["编号 / Number,类别 / Category,姓名 / Name,单位 / Employer", ...rows].join("\r\n");
  await importNominees(server, token, { organisationId, campaignId, sheet });
  const { page } = await openAs("/c/thousand/nominees");
  await page.getByText("1,000 nominees", { exact: true }).waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowdown });
  await page.evaluate(() => {
    globalThis.keys = [];
    const note = ({ name, duration }) => name === "keydown" && globalThis.keys.push(duration);
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: "event", durationThreshold: 16 });
  });
  const search = page.getByRole("searchbox");
  await search.focus();
  let pressed = 0;
  for (const text of ["Person 77", "Employer 3", "12"]) {
    for (const key of text) {
      await page.keyboard.press(key === " " ? "Space" : key);
      pressed++;
      // The list follows a key; a person's next one comes after it.
      await delay(250);
    }
    await search.fill("");
    await delay(500);
  }
  const keys = await page.evaluate(() => globalThis.keys);
  // Keys that took less than a frame are not reported.
  tell("a key in the search of 1,000 nominees is answered after", [...keys, ...Array(Math.max(0, pressed - keys.length)).fill(16)], 100);
}

try {
  await measureOverview();
  await measureKeys();
} finally {
  for (const end of endings) await end();
}
