// Subscriptions over a socket: graphql-transport-ws.
import { type Api, type Requester, backoff, errorOf } from "./api.js";
import { type Document, partsOf } from "./document.js";
import type { AcclaimError } from "./error.js";
import type { PlatformSocket } from "./platform.js";
import { atEnd } from "./signal.js";
import type { Transport } from "./live.js";

/** A connection that a phone has lost without a word closes itself only when it is asked whether it lives. */
const pingMs = 10_000;
/** The close of a socket whose token is not good, or has expired. */
const closeForbidden = 4403;

interface Message {
  id: string;
  type: string;
  payload: any;
}

interface ConnectionEvents {
  ready: () => void;
  message: (message: Message) => void;
  /** Called once, with the code where the platform tells it. */
  closed: (code?: number) => void;
}

/** One socket, from its opening to its end. */
class Connection {
  isReady = false;
  private isOver = false;
  private hasAnswered = false;
  private readonly timer: number | undefined;
  private readonly task: PlatformSocket | undefined;

  constructor(
    api: Api,
    token: string | undefined,
    private readonly events: ConnectionEvents,
  ) {
    const address = { url: `${socketOrigin(api.origin)}/graphql/ws`, protocol: "graphql-transport-ws" };
    // Silence is the only sign of a network that is gone; one that never opens is silent, too.
    this.timer = setInterval(() => {
      if (!this.hasAnswered) return this.close(4000);
      this.hasAnswered = false;
      this.send({ type: "ping" });
    }, pingMs) as unknown as number;
    try {
      this.task = api.platform.connectSocket!(address, {
        open: () => this.send({ type: "connection_init", payload: token ? { authorization: `Bearer ${token}` } : {} }),
        message: (text) => this.receive(JSON.parse(text)),
        close: (code) => this.end(code),
      });
    } catch {
      // The platform has no place for another one.
      setTimeout(() => this.end());
    }
  }

  start(id: string, document: Document<any, any>, variables: unknown): void {
    this.send({ id, type: "subscribe", payload: { query: partsOf(document).text, variables } });
  }

  send(message: object): void {
    this.task?.send(JSON.stringify(message));
  }

  /** Ends it at once: where the network is gone, the platform would tell of it late. */
  close(code = 1000): void {
    this.task?.close(code);
    this.end(code);
  }

  private end(code?: number): void {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.timer);
    this.events.closed(code);
  }

  private receive(message: Message): void {
    this.hasAnswered = true;
    if (this.isOver) return;
    if (message.type === "connection_ack") {
      this.isReady = true;
      this.events.ready();
    } else if (message.type === "ping") this.send({ type: "pong" });
    else if (message.type !== "pong") this.events.message(message);
  }
}

declare const location: { origin: string } | undefined;

/** The origin of sockets; of the page where the server is the page's own. */
const socketOrigin = (origin: string) =>
  (origin || (typeof location === "undefined" ? "" : location.origin)).replace(/^http/, "ws");

/** The transport of one subscription by a socket of its own. */
export const socket: Transport = async (api, { document, variables, as, onData }, end, onOpen) => {
  if (!api.platform.connectSocket) throw new Error("there are no sockets here");
  const token = await as?.token();
  if (end.aborted) return;
  let leave: (() => void) | undefined;
  const code = await new Promise<number | undefined>((resolve) => {
    const connection = new Connection(api, token, {
      ready: () => {
        onOpen();
        connection.start("1", document, variables);
      },
      message: ({ type, payload }) => {
        if (type === "next" && payload.data) onData(payload.data);
        else connection.close();
      },
      closed: (code) => {
        leave?.();
        resolve(code);
      },
    });
    leave = atEnd(end, () => {
      if (connection.isReady) connection.send({ id: "1", type: "complete" });
      connection.close();
    });
  });
  if (code === closeForbidden && token !== undefined) await as?.renew(token);
};

export interface Observer<Result> {
  next: (data: Result) => void;
  /** Called each time that the socket has come back: what happened meanwhile has not been pushed and must be read. */
  open?: () => void;
  error?: (error: AcclaimError) => void;
}

/** A socket for all subscriptions, for as long as there are some; it comes back by itself. */
export class SharedSocket {
  private readonly subscriptions = new Map<
    string,
    { document: Document<any, any>; variables: unknown; observer: Observer<any> }
  >();
  private lastId = 0;
  private failures = 0;
  private isOpening = false;
  private connection: Connection | undefined;

  constructor(
    private readonly api: Api,
    private readonly as: Requester,
  ) {}

  /** Watches until the function that it gives is called. */
  subscribe<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    observer: Observer<Result>,
  ): () => void {
    const id = String((this.lastId += 1));
    this.subscriptions.set(id, { document, variables, observer });
    if (this.connection?.isReady) this.start(id);
    else void this.open();
    return () => {
      if (!this.subscriptions.delete(id)) return;
      if (this.connection?.isReady) this.connection.send({ id, type: "complete" });
      if (this.subscriptions.size === 0) this.connection?.close();
    };
  }

  private async open(): Promise<void> {
    if (this.isOpening || this.connection) return;
    this.isOpening = true;
    const token = await this.as.token().catch(() => undefined);
    this.isOpening = false;
    if (this.subscriptions.size === 0) return;
    const connection = new Connection(this.api, token, {
      ready: () => {
        this.failures = 0;
        this.subscriptions.forEach((_, id) => this.start(id));
      },
      message: (message) => this.receive(message),
      closed: (code) => void this.closed(connection, code, token),
    });
    this.connection = connection;
  }

  private async closed(connection: Connection, code: number | undefined, token: string | undefined): Promise<void> {
    // Where no code is told, the first close before the server's welcome may be for the token.
    const mayBeForbidden = code === undefined && !connection.isReady && this.failures === 0;
    this.connection = undefined;
    if (this.subscriptions.size === 0) return;
    this.isOpening = true;
    if (token && (code === closeForbidden || mayBeForbidden)) await this.as.renew(token).catch(() => undefined);
    await this.api.pause(backoff(this.failures++));
    this.isOpening = false;
    if (this.subscriptions.size > 0) void this.open();
  }

  private start(id: string): void {
    const { document, variables, observer } = this.subscriptions.get(id)!;
    this.connection?.start(id, document, variables);
    observer.open?.();
  }

  private receive({ id, type, payload }: Message): void {
    const observer = this.subscriptions.get(id)?.observer;
    if (type === "next" && payload.data) observer?.next(payload.data);
    else if (type === "error" || type === "complete") {
      this.subscriptions.delete(id);
      if (type === "error") observer?.error?.(errorOf(payload[0]));
      if (this.subscriptions.size === 0) this.connection?.close();
    }
  }
}
