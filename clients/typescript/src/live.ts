// Live results: over a socket, else over server-sent events, else by asking again and again.
import { type Api, type Requester, backoff } from "./api.js";
import type { Document } from "./document.js";
import { Ending, type Signal } from "./signal.js";
import { socket } from "./socket.js";
import { stream } from "./stream.js";

/** A transport that fails this often in a row is not open here: some networks let no sockets through. */
const failuresMax = 2;
/** The better transports are tried again this often. */
const upgradeMs = 15_000;

/** `live`: pushed. `polling`: asked for, and answered. `lost`: no answer. */
export type ConnectionState = "connecting" | "live" | "polling" | "lost";

export interface Watch<Result, Variables> {
  document: Document<Result, Variables>;
  variables: Variables;
  as?: Requester | undefined;
  onData: (data: Result) => void;
  onState: (state: ConnectionState) => void;
  /** Asks once, in place of what would be pushed. */
  poll: () => Promise<unknown>;
  pollMs: number;
}

/** A way to be told; settled when it has ended, in whatever way. */
export type Transport = (api: Api, watch: Watch<any, any>, end: Signal, onOpen: () => void) => Promise<void>;

/** Watches until the function that it gives is called. */
export function watch<Result, Variables>(
  api: Api,
  watch: Watch<Result, Variables>,
  transports: Transport[] = [socket, stream],
): () => void {
  const end = new Ending();
  const onData = (data: Result) => end.aborted || watch.onData(data);
  const onState = (state: ConnectionState) => end.aborted || watch.onState(state);
  void run(api, { ...watch, onData, onState }, transports, end);
  return () => end.abort();
}

async function run(api: Api, watch: Watch<any, any>, transports: Transport[], end: Signal): Promise<void> {
  watch.onState("connecting");
  while (!end.aborted) {
    for (const transport of transports) await runTransport(api, transport, watch, end);
    await pollForAWhile(api, watch, end);
  }
}

/** Stays on a transport until it has failed too often in a row. */
async function runTransport(api: Api, transport: Transport, watch: Watch<any, any>, end: Signal): Promise<void> {
  for (let failures = 0; failures < failuresMax && !end.aborted; failures++) {
    const onOpen = () => {
      if (failures !== -1) watch.onState("live");
      failures = -1;
    };
    await transport(api, watch, end, onOpen).catch(() => undefined);
    if (end.aborted) return;
    if (failures === -1) watch.onState("lost");
    await api.pause(backoff(0), end);
  }
}

async function pollForAWhile(api: Api, watch: Watch<any, any>, end: Signal): Promise<void> {
  const until = Date.now() + upgradeMs;
  do {
    if (end.aborted) return;
    try {
      await watch.poll();
      watch.onState("polling");
    } catch {
      watch.onState("lost");
    }
    await api.pause(Math.min(watch.pollMs, upgradeMs), end);
  } while (Date.now() < until);
}
