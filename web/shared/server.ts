// The client of the GraphQL API: sends documents by hash, with retries, with the access token of a requester.
import { noteServerTime } from "./clock";
import { language } from "./language";
import { storedValue } from "./storage";
import { Store } from "./store";

const attemptsMax = 7;
/** A report that nobody waits for is given up sooner. */
const backgroundAttemptsMax = 3;
const backoffFirstMs = 400;
const backoffMaxMs = 8_000;
const timeoutMs = 15_000;
/** A request without an answer for so long is shown as stuck. */
const slowMs = 4_000;
/** The codes of errors that may be over soon; the others stay however often one asks. */
const retryable = new Set(["NETWORK", "UNAVAILABLE", "OVERLOADED", "RATE_LIMITED", "INTERNAL"]);

/** A document with its SHA-256, by which the server knows it; the types are its result's and its variables'. */
export interface Operation<Result, Variables> {
  id: string;
  text: string;
  /** Never there: carries the types. */
  types?: (variables: Variables) => Result;
}

/** The reason why an operation was not executed: a code of the API, or NETWORK when no answer came. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }
}

/** True for an error that may be over soon; its operation may or may not have been executed. */
export const isRetryable = (error: unknown) => error instanceof ApiError && retryable.has(error.code);

/** The requester of an operation: gives the access token, or a newer one when the server does not take `stale`. */
export interface Requester {
  token(): Promise<string | undefined>;
  renew(stale: string): Promise<string | undefined>;
}

export interface Options {
  /** The requester; anonymous without. */
  as?: Requester;
  /** Set for an operation that is not sent again when no answer came. */
  once?: boolean;
  /** Set for an operation that no user waits for: a refusal is final, and a stuck connection is not shown. */
  isBackground?: boolean;
}

interface Answer<Result> {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string; retryAfterMs?: number } }[];
}

const stuckRequests = new Set<object>();

/** True while a request waits for a server that does not answer, and while the device says that it is offline. */
export const isStuck = new Store(false);

function noteStuck(request: object, isRequestStuck: boolean): void {
  if (isRequestStuck) stuckRequests.add(request);
  else stuckRequests.delete(request);
  const next = stuckRequests.size > 0 || !navigator.onLine;
  if (next !== isStuck.value) isStuck.set(next);
}

addEventListener("offline", () => noteStuck({}, false));
addEventListener("online", () => noteStuck({}, false));

/** Waits for `ms`. */
export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Waits for `ms`, or until the device is online again. */
export function pauseOrOnline(ms: number): Promise<void> {
  return new Promise((done) => {
    const wake = () => {
      clearTimeout(timer);
      removeEventListener("online", wake);
      done();
    };
    const timer = setTimeout(wake, ms);
    addEventListener("online", wake);
  });
}

/** The wait before the attempt after `attempt`: twice as long each time, and never the same for all clients. */
export function backoff(attempt: number): number {
  const full = Math.min(backoffMaxMs, backoffFirstMs * 2 ** attempt);
  return full / 2 + (Math.random() * full) / 2;
}

const reporter = storedValue<string>("reporter");

/**
 * The id by which reports of this device have a bound of their own, behind whatever address; it opens nothing, unlike
 * the id that a guest signs in with.
 */
function reporterId(): string {
  const stored = reporter.read();
  if (stored !== undefined) return stored;
  const made = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
  reporter.write(made);
  return made;
}

/** Executes an operation and gives its data. Throws an `ApiError`, after retries where they may help. */
export async function execute<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  { as, once = false, isBackground = false }: Options = {},
): Promise<Result> {
  const request = {};
  const attempts = isBackground ? backgroundAttemptsMax : attemptsMax;
  let renewed: { token: string | undefined } | undefined;
  try {
    for (let attempt = 0; ; attempt++) {
      const token = renewed ? renewed.token : await as?.token();
      const slow = setTimeout(() => !isBackground && noteStuck(request, true), slowMs);
      try {
        return await send(operation, variables, headersOf(token, isBackground));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === "UNAUTHENTICATED" && as && token !== undefined && !renewed) {
          renewed = { token: await as.renew(token) };
          continue;
        }
        // An operation that the server refused was not executed: it may always be sent again.
        const isRefusal = error.code === "RATE_LIMITED" || error.code === "OVERLOADED";
        const mayRepeat = isRefusal ? !isBackground : !once;
        if (!mayRepeat || !isRetryable(error) || attempt + 1 >= attempts) throw error;
        if (!isBackground && !isRefusal) noteStuck(request, true);
        await pauseOrOnline(Math.max(error.retryAfterMs * (1 + Math.random() / 4), backoff(attempt)));
      } finally {
        clearTimeout(slow);
      }
    }
  } finally {
    noteStuck(request, false);
  }
}

/** The headers that say who asks; what nobody waits for is a report, which is bounded by device. */
const headersOf = (token: string | undefined, isReport: boolean): Record<string, string> => ({
  ...(token && { authorization: `Bearer ${token}` }),
  ...(isReport && { "x-acclaim-device": reporterId() }),
});

async function send<Result, Variables>(
  { id, text }: Operation<Result, Variables>,
  variables: Variables,
  headers: Record<string, string>,
): Promise<Result> {
  const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
  let answer = await post<Result>({ extensions, variables }, headers);
  if (answer.errors?.[0]?.extensions?.code === "PERSISTED_QUERY_NOT_FOUND") {
    answer = await post<Result>({ extensions, variables, query: text }, headers);
  }
  const error = answer.errors?.[0];
  if (error) {
    const { code = "INTERNAL", retryAfterMs = 0 } = error.extensions ?? {};
    throw new ApiError(code, error.message, retryAfterMs);
  }
  if (!answer.data) throw new ApiError("UNAVAILABLE", "The answer has no data.");
  const { serverTime } = answer.data as { serverTime?: string };
  if (serverTime) noteServerTime(serverTime);
  return answer.data;
}

function post<Result>(body: object, headers: Record<string, string>): Promise<Answer<Result>> {
  const init = {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json",
      "accept-language": language(),
      "content-type": "application/json",
      // For the organiser's figures of turnout.
      "x-acclaim-client": "page",
      ...headers,
    },
    body: JSON.stringify(body),
  };
  return request("/graphql", init, async (response) => {
    if (!response.headers.get("content-type")?.includes("json")) {
      const retryAfterMs = 1_000 * Number(response.headers.get("retry-after") ?? 0) || 0;
      throw new ApiError("UNAVAILABLE", `The server answers ${response.status}.`, retryAfterMs);
    }
    return (await response.json()) as Answer<Result>;
  });
}

/** Sends one request and reads its answer, body and all, within the time that a request has. Throws an `ApiError`. */
export async function request<Result>(
  path: string,
  init: RequestInit,
  read: (response: Response) => Promise<Result>,
): Promise<Result> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    return await read(await fetch(path, { ...init, signal: abort.signal }));
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError("NETWORK", "The server cannot be reached.");
  } finally {
    clearTimeout(timer);
  }
}
