// Measures what a challenge takes in the page as a slow phone has it, alone and from the tap to the counted vote, and
// the mini-program's solver where its program is compiled and where it is interpreted, as on iPhones. Times depend on
// the machine, so this is no test: `node challenge-budget.js`.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { findCampaign, run, signIn } from "./api.js";
import { open, phone, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const cpuSlowdown = 4;
const challenges = 41;
const visits = 7;
/** Above this a new guest's challenge is harder. */
const few = { ACCLAIM_LIMIT_NEW_VOTER: "0.0001/1" };
/** Numbers of a usual challenge: the right one is any of them. */
const numbers = 150_000;

const endings = [];
const context = { after: (end) => endings.push(end) };
const browser = await startBrowser((end) => endings.unshift(end));

/** Opens a page whose thread is slowed down. */
async function openSlowly(url) {
  const { page } = await open(browser, context, url, phone);
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowdown });
  return page;
}

/** The milliseconds from the tap to the counted vote, and the address of the worker. */
async function vote(server, number) {
  const page = await openSlowly(`${server.origin}/c/demo/n/${number}`);
  let worker;
  page.on("worker", (started) => (worker = started.url()));
  const button = page.locator(".ballot .act");
  await button.waitFor();
  const startMs = performance.now();
  await button.tap();
  await page.locator(".act.voted").waitFor();
  const voteMs = performance.now() - startMs;
  await page.context().close();
  return { voteMs, worker };
}

/**
 * The milliseconds of challenges of new guests. The browser slows a page's thread down and not its workers: the
 * worker's own program is run on the page's thread.
 */
async function solve(server, worker, nominee) {
  const page = await openSlowly("about:blank");
  const program = await (await fetch(worker)).text();
  await page.evaluate(`globalThis.postMessage = (solution) => (globalThis.solution = solution);
    globalThis.close = () => undefined; ${program}; globalThis.solver = globalThis.onmessage; undefined`);
  const all = [];
  for (let i = 0; i < challenges; i++) {
    const input = { nomineeId: nominee, idempotencyKey: randomUUID() };
    const cast = "mutation ($input: CastVoteInput!) { castVote(input: $input) { challenge { parameters } } }";
    const { castVote } = await run(server, cast, { input }, await signIn(server));
    const measure = (parameters) => {
      const startMs = performance.now();
      globalThis.solver({ data: parameters });
      return performance.now() - startMs;
    };
    all.push(await page.evaluate(measure, castVote.challenge.parameters));
  }
  await page.context().close();
  return all;
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
  const solver = join(import.meta.dirname, "../../examples/miniprogram/lib/acclaim.js");
  const program = `const { solveChallenge } = require(${JSON.stringify(solver)}); const start = performance.now();
    solveChallenge(${JSON.stringify(text)}).then(() => console.log(performance.now() - start));`;
  return Number(execFileSync(process.execPath, [...flags, "-e", program], { stdio: ["ignore", "pipe", "ignore"] }));
}

try {
  for (const [kind, env] of [["usual", {}], ["harder", few]]) {
    const server = await startServer(context, env, "--challenge");
    const { nominees } = await findCampaign(server);
    const votes = [];
    for (let i = 0; i < visits; i++) votes.push(await vote(server, i + 1));
    const { worker } = votes[0];
    console.log(`${kind}, Chromium, CPU ${cpuSlowdown} times slower:`);
    say(`solved, ${challenges} guests`, await solve(server, worker, nominees[99]));
    say(`from the tap to the counted vote, ${visits} guests`, votes.map(({ voteMs }) => voteMs));
  }
  console.log("the mini-program's solver in Node, this machine as it is, for the median and the last number of a usual one:");
  for (const [what, flags] of [["compiled", []], ["interpreted (--jitless)", ["--jitless"]]]) {
    say(`${what}, the median number`, Array.from({ length: 5 }, () => solveInProgram(flags, numbers / 2)));
    say(`${what}, the last number`, Array.from({ length: 3 }, () => solveInProgram(flags, numbers - 1)));
  }
} finally {
  for (const end of endings) await end();
}
