// Executes operations: by hash, with the access token of a requester, again where that may help.
import { type Document, partsOf } from "./document.js";
import { AcclaimError } from "./error.js";
import { type Platform, PlatformError, type Reply } from "./platform.js";
import { type Signal, atEnd } from "./signal.js";

const attemptsMax = 7;
/** A report that nobody waits for is given up sooner. */
const backgroundAttemptsMax = 3;
const backoffFirstMs = 400;
const backoffMaxMs = 8_000;
const timeoutMs = 15_000;
/** A request without an answer for so long is slow. */
const slowMs = 4_000;

/** The requester of operations: gives the access token, or a newer one when the server does not take `stale`. */
export interface Requester {
  token(): Promise<string | undefined>;
  renew(stale: string): Promise<string | undefined>;
}

/** The events of a call that somebody waits for: no answer for a while; none, so that it is repeated; its end. */
export type CallEvent = "slow" | "repeated" | "settled";

export interface ApiOptions {
  /** The server's scheme and host; empty for a page of the server itself. */
  origin: string;
  platform: Platform;
  /** The language of messages. */
  language?: () => string;
  /** The kind of client, for the organiser's figures of turnout. */
  kind?: "page" | "mini-program";
  /** The id by which reports of this device have a bound of their own, behind whatever address; it opens nothing. */
  reporterId?: () => string;
  onCall?: (call: object, event: CallEvent) => void;
}

export interface ExecuteOptions {
  /** The requester; anonymous without. */
  as?: Requester | undefined;
  /** Set for an operation that is not sent again when no answer came. */
  once?: boolean;
  /** Set for an operation that no user waits for: a refusal is final. */
  isBackground?: boolean;
  /** Ends it: with an error ABORTED, though it may have been executed. */
  signal?: Signal | undefined;
}

interface Answer {
  data?: any;
  errors?: { message: string; extensions?: { code?: string; retryAfterMs?: number } }[];
}

/** The wait before the attempt after `attempt`: twice as long each time, and never the same for all clients. */
export function backoff(attempt: number): number {
  const full = Math.min(backoffMaxMs, backoffFirstMs * 2 ** attempt);
  return full / 2 + (Math.random() * full) / 2;
}

/** The wait before the attempt after `attempt` that failed so: at least as long as the server asks. */
export const backoffAfter = (attempt: number, error: AcclaimError): number =>
  Math.max(error.retryAfterMs * (1 + Math.random() / 4), backoff(attempt));

/** Waits for `ms`, or until `signal`. */
export function pause(ms: number, signal?: Signal, onOnline?: Platform["onOnline"]): Promise<void> {
  return new Promise((done) => {
    const wake = () => {
      clearTimeout(timer);
      leave();
      stop?.();
      done();
    };
    const timer = setTimeout(wake, ms);
    const stop = onOnline?.(wake);
    const leave = atEnd(signal, () => setTimeout(wake));
  });
}

/** A header by its name; phones write names in different cases. */
export function headerOf(header: Record<string, string>, name: string): string | undefined {
  const found = Object.keys(header || {}).find((key) => key.toLowerCase() === name);
  return found === undefined ? undefined : header[found];
}

/** The error that an answer tells of. */
export function errorOf({ message, extensions = {} }: NonNullable<Answer["errors"]>[number]): AcclaimError {
  return new AcclaimError(extensions.code ?? "INTERNAL", message, extensions.retryAfterMs);
}

const aborted = () => new AcclaimError("ABORTED", "The call was aborted.");

/** JSON, read; platforms give it as text where its type is not `application/json`. */
function parsed(data: any): any {
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

export class Api {
  readonly origin: string;
  readonly platform: Platform;
  private clockOffsetMs = 0;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly options: ApiOptions) {
    this.origin = options.origin.replace(/\/$/, "");
    this.platform = options.platform;
  }

  /** The time now by the server's clock, in milliseconds: a device's own may be wrong by hours. */
  now(): number {
    return Date.now() + this.clockOffsetMs;
  }

  /** Takes over the server's time from an answer that has just come. */
  noteServerTime(time: string): void {
    this.clockOffsetMs = Date.parse(time) - Date.now();
  }

  /** Waits for `ms`, until the device is online again, or until `signal`. */
  pause(ms: number, signal?: Signal): Promise<void> {
    return pause(ms, signal, this.platform.onOnline?.bind(this.platform));
  }

  /** Executes an operation and gives its data. Throws an AcclaimError, after retries where they may help. */
  async execute<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    { as, once = false, isBackground = false, signal }: ExecuteOptions = {},
  ): Promise<Result> {
    const call = {};
    const tell = (event: CallEvent) => isBackground || this.options.onCall?.(call, event);
    const attempts = isBackground ? backgroundAttemptsMax : attemptsMax;
    let renewed: { token: string | undefined } | undefined;
    try {
      for (let attempt = 0; ; attempt++) {
        const token = renewed ? renewed.token : await as?.token();
        const slow = setTimeout(() => tell("slow"), slowMs);
        try {
          return await this.send(document, variables, token, isBackground, signal);
        } catch (error) {
          if (!(error instanceof AcclaimError)) throw error;
          if (error.code === "UNAUTHENTICATED" && as && token !== undefined && !renewed) {
            renewed = { token: await as.renew(token) };
            continue;
          }
          // An operation that the server refused was not executed: it may always be sent again, but for a report.
          const isRefusal = error.code === "RATE_LIMITED" || error.code === "OVERLOADED";
          const mayRepeat = isRefusal ? !isBackground : !once;
          if (!mayRepeat || !error.isRetryable || attempt + 1 >= attempts) throw error;
          if (!isRefusal) tell("repeated");
          await this.pause(backoffAfter(attempt, error), signal);
        } finally {
          clearTimeout(slow);
        }
      }
    } finally {
      tell("settled");
    }
  }

  /** Does something until it works or fails for good. */
  async retry<Result>(action: () => Promise<Result>): Promise<Result> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await action();
      } catch (error) {
        const mayRepeat = error instanceof AcclaimError && error.isRetryable && attempt + 1 < attemptsMax;
        if (!mayRepeat) throw error;
        await this.pause(backoffAfter(attempt, error));
      }
    }
  }

  /** One try of an operation: by hash, and with the text if the server does not know it yet. */
  async send(
    document: Document<any, any>,
    variables: unknown,
    token?: string,
    isReport = false,
    signal?: Signal,
  ): Promise<any> {
    const { id, text } = partsOf(document);
    const header = {
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      ...(token && { authorization: `Bearer ${token}` }),
      ...(isReport && this.options.reporterId && { "x-acclaim-device": this.options.reporterId() }),
    };
    const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
    let answer = await this.post(id ? { extensions, variables } : { query: text, variables }, header, signal);
    if (id && answer.errors?.[0]?.extensions?.code === "PERSISTED_QUERY_NOT_FOUND") {
      answer = await this.post({ extensions, variables, query: text }, header, signal);
    }
    if (answer.errors?.[0]) throw errorOf(answer.errors[0]);
    if (!answer.data) throw new AcclaimError("UNAVAILABLE", "The answer has no data.");
    if (answer.data.serverTime) this.noteServerTime(answer.data.serverTime);
    return answer.data;
  }

  private async post(body: object, header: Record<string, string>, signal?: Signal): Promise<Answer> {
    const reply = await this.request("POST", "/graphql", body, header, signal);
    const isAnswer = reply.data && typeof reply.data === "object" && ("data" in reply.data || "errors" in reply.data);
    if (isAnswer) return reply.data;
    // What is no answer of the API comes from something in between, or from a server in need.
    const retryAfterMs = 1_000 * (Number(headerOf(reply.header, "retry-after")) || 0);
    throw new AcclaimError("UNAVAILABLE", `The server answers ${reply.status}.`, retryAfterMs);
  }

  /** A request to a path of the server, when it is its turn. */
  async request(
    method: "GET" | "POST",
    path: string,
    data?: object,
    header: Record<string, string> = {},
    signal?: Signal,
  ): Promise<Reply> {
    if (signal?.aborted) throw aborted();
    const { requestsMax = Infinity } = this.platform;
    if (this.running >= requestsMax) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      const { language, kind } = this.options;
      // What is the same for all, caches answer: they are told of nobody.
      const own = method === "POST" && {
        ...(language && { "accept-language": language() }),
        ...(kind && { "x-acclaim-client": kind }),
      };
      const url = this.origin + path;
      const options = { url, method, data, header: { ...own, ...header }, timeout: timeoutMs, signal };
      const reply = await this.platform.request(options);
      return { ...reply, data: parsed(reply.data) };
    } catch (error) {
      if (signal?.aborted) throw aborted();
      throw error instanceof PlatformError ? new AcclaimError("NETWORK", error.message) : error;
    } finally {
      // The place goes to the next one, or is free.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
