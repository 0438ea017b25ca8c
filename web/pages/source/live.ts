// Watching what changes: over a socket, else over server-sent events, else by asking again and again.
import { createClient as createStream } from "graphql-sse";
import { type Client, createClient as createSocket } from "graphql-ws";
import type { Operation } from "./operations";
import { type Identity, backoff, pause } from "./server";

/** A way that fails this often in a row is not open here: some networks let no sockets through. */
const failuresMax = 2;
/** How often the better ways are tried again. */
const retryBetter_ms = 15_000;
const ping_ms = 10_000;
const pong_ms = 5_000;

/** `live`: pushed. `polling`: asked for, and answered. `lost`: no answer. */
export type State = "connecting" | "live" | "polling" | "lost";

export interface Watch<Result, Variables> {
  operation: Operation<Result, Variables>;
  variables: Variables;
  as?: Identity;
  onData: (data: Result) => void;
  onState: (state: State) => void;
  /** Asks once, in place of what would be pushed. */
  poll: () => Promise<unknown>;
  poll_ms: number;
}

type Way = <Result, Variables>(watch: Watch<Result, Variables>, end: AbortSignal, onOpen: () => void) => Promise<void>;

/** Watches until the function that it gives is called. */
export function watch<Result, Variables>(watch: Watch<Result, Variables>): () => void {
  const end = new AbortController();
  void run(watch, end.signal);
  return () => end.abort();
}

async function run<Result, Variables>(watch: Watch<Result, Variables>, end: AbortSignal): Promise<void> {
  watch.onState("connecting");
  while (!end.aborted) {
    for (const way of [socket, stream]) await tryWay(way, watch, end);
    await pollForAWhile(watch, end);
  }
}

/** Stays on a way until it has failed too often in a row. */
async function tryWay<Result, Variables>(way: Way, watch: Watch<Result, Variables>, end: AbortSignal): Promise<void> {
  for (let failures = 0; failures < failuresMax && !end.aborted; failures++) {
    const onOpen = () => {
      failures = -1;
      watch.onState("live");
    };
    await way(watch, end, onOpen).catch(() => undefined);
    if (end.aborted) return;
    if (failures === -1) watch.onState("lost");
    await pause(backoff(0));
  }
}

async function pollForAWhile<Result, Variables>(watch: Watch<Result, Variables>, end: AbortSignal): Promise<void> {
  const until = Date.now() + retryBetter_ms;
  do {
    try {
      await watch.poll();
      if (end.aborted) return;
      watch.onState("polling");
    } catch {
      watch.onState("lost");
    }
    await pause(Math.min(watch.poll_ms, retryBetter_ms));
  } while (!end.aborted && Date.now() < until);
}

/** The result of an operation that is over when its stream is. */
function subscribed<Result, Variables>(
  client: Pick<Client, "subscribe">,
  { operation, variables, onData }: Watch<Result, Variables>,
  end: AbortSignal,
  onOpen: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = client.subscribe<Result>(
      { query: operation.text, variables: variables as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (!data) return reject(errors);
          onOpen();
          onData(data);
        },
        error: reject,
        complete: resolve,
      },
    );
    end.addEventListener("abort", () => {
      leave();
      resolve();
    });
  });
}

const authorization = async (as: Identity | undefined) => {
  const token = await as?.token();
  return token ? { authorization: `Bearer ${token}` } : {};
};

const socket: Way = async (watch, end, onOpen) => {
  let isSilent: ReturnType<typeof setTimeout>;
  const client = createSocket({
    url: `${location.origin.replace(/^http/, "ws")}/graphql/ws`,
    connectionParams: () => authorization(watch.as),
    retryAttempts: 0,
    // A connection that a phone has lost without a word closes itself only when it is asked whether it lives.
    keepAlive: ping_ms,
    on: {
      connected: onOpen,
      ping: (isReceived) => {
        if (!isReceived) isSilent = setTimeout(() => client.terminate(), pong_ms);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(isSilent);
      },
    },
  });
  try {
    await subscribed(client, watch, end, () => undefined);
  } finally {
    void client.dispose();
  }
};

const stream: Way = async (watch, end, onOpen) => {
  const client = createStream({
    url: "/graphql/stream",
    headers: () => authorization(watch.as),
    retryAttempts: 0,
    on: { connected: onOpen },
  });
  try {
    await subscribed(client as Pick<Client, "subscribe">, watch, end, () => undefined);
  } finally {
    client.dispose();
  }
};
