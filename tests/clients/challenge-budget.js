// Measures what a challenge takes in the page's worker as a slow phone has it, from the tap to the counted vote, and
// the mini-program's solver where its program is compiled and where it is interpreted, as on iPhones. Times depend on
// the machine, so this is no test: `node challenge-budget.js`.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { findCampaign } from "./api.js";
import { open, phone, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const cpuSlowdown = 4;
const visits = 25;
/** Above this a new guest's challenge is harder. */
const few = { ACCLAIM_LIMIT_NEW_VOTER: "0.0001/1" };
/** Numbers of a usual challenge: the right one is any of them. */
const numbers = 150_000;

const endings = [];
const context = { after: (end) => endings.push(end) };
const browser = await startBrowser((end) => endings.unshift(end));

/** The milliseconds of a challenge in the worker, and of the whole vote. */
async function measure(server, number) {
  const { page } = await open(browser, context, "about:blank", phone);
  // The emulation of the page's session slows its workers down with it: they are threads of its process.
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowdown });
  await page.addInitScript(() => {
    const { Worker } = globalThis;
    globalThis.measured = {};
    globalThis.Worker = class extends Worker {
      postMessage(message) {
        globalThis.measured.startMs = performance.now();
        this.addEventListener("message", () => (globalThis.measured.solvedMs = performance.now() - globalThis.measured.startMs));
        super.postMessage(message);
      }
    };
  });
  const workers = [];
  page.on("worker", (worker) => workers.push(worker));
  await page.goto(`${server.origin}/c/demo/n/${number}`);
  const button = page.locator(".ballot .act");
  await button.waitFor();
  const startMs = performance.now();
  await button.tap();
  await page.locator(".act.voted").waitFor();
  const voteMs = performance.now() - startMs;
  const { solvedMs } = await page.evaluate(() => globalThis.measured);
  await page.context().close();
  return { solvedMs, voteMs };
}

function say(what, all) {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (part) => `${(sorted[Math.floor(part * (sorted.length - 1))] / 1000).toFixed(2)} s`;
  console.log(`  ${what.padEnd(46)} median ${at(0.5)}, from ${at(0)} to ${at(1)}, 90% below ${at(0.9)}`);
}

/** The milliseconds of the mini-program's solver for a number, in a process of its own. */
function solveInProgram(flags, number) {
  const [salt, nonce, counter] = [randomBytes(16), randomBytes(16), Buffer.alloc(4)];
  counter.writeUInt32BE(number);
  const keyPrefix = createHash("sha256").update(Buffer.concat([salt, nonce, counter])).digest("hex").slice(0, 32);
  const text = JSON.stringify({ parameters: { salt: salt.toString("hex"), nonce: nonce.toString("hex"), cost: 1, keyPrefix } });
  const solver = join(import.meta.dirname, "../../examples/miniprogram/lib/challenge.js");
  const program = `const { solveChallenge } = require(${JSON.stringify(solver)}); const start = performance.now();
    solveChallenge(${JSON.stringify(text)}).then(() => console.log(performance.now() - start));`;
  return Number(execFileSync(process.execPath, [...flags, "-e", program], { stdio: ["ignore", "pipe", "ignore"] }));
}

try {
  for (const [kind, env] of [["usual", {}], ["harder", few]]) {
    const server = await startServer(context, env, "--challenge");
    await findCampaign(server);
    await measure(server, 1);
    const all = [];
    for (let i = 0; i < visits; i++) all.push(await measure(server, (i % 90) + 2));
    console.log(`${kind}, Chromium, CPU ${cpuSlowdown} times slower, ${visits} votes:`);
    say("solved in the worker", all.map(({ solvedMs }) => solvedMs));
    say("from the tap to the counted vote", all.map(({ voteMs }) => voteMs));
  }
  console.log("the mini-program's solver in Node, this machine as it is, for the median and the last number of a usual one:");
  for (const [what, flags] of [["compiled", []], ["interpreted (--jitless)", ["--jitless"]]]) {
    say(`${what}, the median number`, Array.from({ length: 5 }, () => solveInProgram(flags, numbers / 2)));
    say(`${what}, the last number`, Array.from({ length: 3 }, () => solveInProgram(flags, numbers - 1)));
  }
} finally {
  for (const end of endings) await end();
}
