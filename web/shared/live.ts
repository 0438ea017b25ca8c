// Subscriptions of pages: over a socket, else over server-sent events, else by asking again and again.
import { createClient as createStream } from "graphql-sse";
import { type Client, createClient as createSocket } from "graphql-ws";
import { type Operation, type Requester, backoff, pauseOrOnline } from "./server";

/** A transport that fails this often in a row is not open here: some networks let no sockets through. */
const failuresMax = 2;
/** The better transports are tried again this often. */
const upgradeMs = 15_000;
const pingMs = 10_000;
const pongMs = 5_000;
/** The server sends a comment every 15 s: a stream that is silent for longer than two of them is gone. */
const silenceMaxMs = 35_000;

/** `live`: pushed. `polling`: asked for, and answered. `lost`: no answer. */
export type ConnectionState = "connecting" | "live" | "polling" | "lost";

export interface Watch<Result, Variables> {
  operation: Operation<Result, Variables>;
  variables: Variables;
  as?: Requester;
  onData: (data: Result) => void;
  onState: (state: ConnectionState) => void;
  /** Asks once, in place of what would be pushed. */
  poll: () => Promise<unknown>;
  pollMs: number;
}

type Transport = <Result, Variables>(
  watch: Watch<Result, Variables>,
  end: AbortSignal,
  onOpen: () => void,
) => Promise<void>;

/** Watches until the function that it gives is called. */
export function watch<Result, Variables>(watch: Watch<Result, Variables>): () => void {
  const end = new AbortController();
  void run(watch, end.signal);
  return () => end.abort();
}

async function run<Result, Variables>(watch: Watch<Result, Variables>, end: AbortSignal): Promise<void> {
  watch.onState("connecting");
  while (!end.aborted) {
    for (const transport of [socket, stream]) await runTransport(transport, watch, end);
    await pollForAWhile(watch, end);
  }
}

/** Stays on a transport until it has failed too often in a row. */
async function runTransport<Result, Variables>(
  transport: Transport,
  watch: Watch<Result, Variables>,
  end: AbortSignal,
): Promise<void> {
  for (let failures = 0; failures < failuresMax && !end.aborted; failures++) {
    const onOpen = () => {
      failures = -1;
      watch.onState("live");
    };
    await transport(watch, end, onOpen).catch(() => undefined);
    if (end.aborted) return;
    if (failures === -1) watch.onState("lost");
    await pauseOrOnline(backoff(0));
  }
}

async function pollForAWhile<Result, Variables>(watch: Watch<Result, Variables>, end: AbortSignal): Promise<void> {
  const until = Date.now() + upgradeMs;
  do {
    try {
      await watch.poll();
      if (end.aborted) return;
      watch.onState("polling");
    } catch {
      watch.onState("lost");
    }
    await pauseOrOnline(Math.min(watch.pollMs, upgradeMs));
  } while (!end.aborted && Date.now() < until);
}

/** A promise that is settled when the operation has ended. */
function runSubscription<Result, Variables>(
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

/** A function that runs `action` one at a time; calls during a run are one more run, which sees what they announce. */
export function oneAtATime(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = () => {
    next = undefined;
    running = action().finally(() => (running = undefined));
    return running;
  };
  return () => {
    if (!running) return start();
    next ??= running.then(start, start);
    return next;
  };
}

/** Fetches a stream that fails when it has been silent for too long. */
async function fetchWhileHeard(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const reader = response.body?.getReader();
  if (!reader) return response;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const timer = setTimeout(() => {
        controller.error(new Error("the stream is silent"));
        void reader.cancel().catch(() => undefined);
      }, silenceMaxMs);
      const { value, done } = await reader.read().finally(() => clearTimeout(timer));
      if (value) controller.enqueue(value);
      // Closing a stream that has failed meanwhile throws.
      if (done) controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

const authorization = async (requester: Requester | undefined) => {
  const token = await requester?.token();
  return token ? { authorization: `Bearer ${token}` } : {};
};

const socket: Transport = async (watch, end, onOpen) => {
  let pongTimer: ReturnType<typeof setTimeout>;
  const client = createSocket({
    url: `${location.origin.replace(/^http/, "ws")}/graphql/ws`,
    connectionParams: () => authorization(watch.as),
    retryAttempts: 0,
    // A connection that a phone has lost without a word closes itself only when it is asked whether it lives.
    keepAlive: pingMs,
    on: {
      connected: onOpen,
      ping: (isReceived) => {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), pongMs);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pongTimer);
      },
    },
  });
  try {
    await runSubscription(client, watch, end, () => undefined);
  } finally {
    void client.dispose();
  }
};

const stream: Transport = async (watch, end, onOpen) => {
  const client = createStream({
    url: "/graphql/stream",
    headers: () => authorization(watch.as),
    retryAttempts: 0,
    fetchFn: fetchWhileHeard,
    on: { connected: onOpen },
  });
  try {
    await runSubscription(client as Pick<Client, "subscribe">, watch, end, () => undefined);
  } finally {
    client.dispose();
  }
};
