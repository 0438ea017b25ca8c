// The server under test: a process of its own with a folder of its own, reached over sockets only.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { deadlineMs, within } from "./waiting.js";

const binary = resolve(process.env.ACCLAIM_BIN ?? join(import.meta.dirname, "../../target/debug/acclaim"));

const processes = new Set();
const folders = [];

// Hooks of tests do not run when a file fails before its tests.
process.on("exit", () => {
  for (const child of processes) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is there until the tests have ended. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "acclaim-clients-"));
  folders.push(folder);
  return folder;
}

/**
 * Starts `acclaim demo`. It stops when the tests of `context` have ended: one test, or a file's with `{ after }`.
 * Settings may be made of the server's address; `words` are the command's own flags.
 */
export async function startServer(context, env = {}, ...words) {
  return begin(context, new Server(await freePort(), ["demo", ...words], env));
}

/** Starts `acclaim serve` on an empty database, as an association begins. */
export async function startEmptyServer(context, env = {}) {
  const secret = () => randomBytes(32).toString("hex");
  const secrets = { ACCLAIM_JWT_SECRET: secret(), ACCLAIM_IDENTITY_SECRET: secret() };
  return begin(context, new Server(await freePort(), ["serve", "--migrate"], { ...secrets, ...env }));
}

async function begin(context, server) {
  context.after(() => server.dispose());
  await server.start();
  return server;
}

class Server {
  #folder = temporaryFolder();
  #process;
  #log = "";

  constructor(port, words, env) {
    this.port = port;
    this.words = words;
    this.origin = `http://127.0.0.1:${port}`;
    this.env = typeof env === "function" ? env(this.origin) : env;
    this.url = `${this.origin}/graphql`;
    this.streamUrl = `${this.url}/stream`;
    this.socketUrl = `ws://127.0.0.1:${port}/graphql/ws`;
  }

  /** Its data folder. */
  get folder() {
    return this.#folder;
  }

  /** Its output so far. */
  get log() {
    return this.#log;
  }

  /** Starts it; again on the same port and data. */
  async start() {
    const child = spawn(binary, this.words, { env: this.#settings(), stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    processes.add(child);
    child.on("exit", () => processes.delete(child));
    child.on("error", (error) => (this.#log += `${binary}: ${error.message}\n`));
    child.stdout.on("data", (text) => (this.#log += text));
    child.stderr.on("data", (text) => (this.#log += text));
    await within(deadlineMs(), this.#ready(), "the server to be ready").catch((error) => {
      throw new Error(`${error.message}\n${this.#log}`);
    });
  }

  async #ready() {
    while (this.#isRunning()) {
      const response = await fetch(`${this.origin}/readyz`).catch(() => undefined);
      await response?.text();
      if (response?.ok) return;
      await delay(20);
    }
    throw new Error("the server ended before it was ready");
  }

  #settings() {
    // Settings of whoever runs the tests are not the server's.
    const { PATH, HOME, TMPDIR } = process.env;
    const own = { ACCLAIM_LISTEN: `127.0.0.1:${this.port}`, ACCLAIM_DATA_DIR: this.#folder };
    return { PATH, HOME, TMPDIR, ...own, ...this.env };
  }

  /** Runs a command beside it, on the same data; gives what it says, and throws where it ends with an error. */
  async command(words, input = "") {
    const child = spawn(binary, words, { env: this.#settings(), stdio: ["pipe", "pipe", "pipe"] });
    processes.add(child);
    child.on("exit", () => processes.delete(child));
    let output = "";
    let complaints = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (complaints += text));
    child.stdin.end(input);
    const [code] = await within(deadlineMs(), once(child, "close"), `acclaim ${words[0]} to end`);
    if (code !== 0) throw new Error(`acclaim ${words.join(" ")} ended with ${code}\n${output}${complaints}`);
    return output;
  }

  /** Stops it as an orchestrator does, and expects it to end well. */
  async stop() {
    const code = await this.#end("SIGTERM");
    if (code !== 0) throw new Error(`the server ended with ${code}\n${this.#log}`);
  }

  /** Ends it as a power cut does. */
  async kill() {
    await this.#end("SIGKILL");
  }

  async dispose() {
    if (this.#isRunning()) await this.stop();
  }

  async #end(signal) {
    const exit = once(this.#process, "exit");
    this.#process.kill(signal);
    const [code] = await within(deadlineMs(), exit, `the server to end after ${signal}`);
    return code;
  }

  #isRunning() {
    return this.#process?.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }
}

// Below the range that systems take ports of outgoing connections from: a client that comes back to a stopped server
// must not find another program, or itself, on its port.
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const probe = createServer();
    const isFree = await new Promise((answer) => {
      probe.once("error", () => answer(false));
      probe.listen(port, "127.0.0.1", () => answer(true));
    });
    if (!isFree) continue;
    await new Promise((closed) => probe.close(closed));
    return port;
  }
}
