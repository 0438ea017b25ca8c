// The client of the GraphQL API: sends documents by hash, with retries, with the access token of a requester.
import { noteServerTime } from "./clock";
import { language } from "./language";

const attemptsMax = 7;
const backoffFirstMs = 400;
const backoffMaxMs = 8_000;
const timeoutMs = 15_000;
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
}

interface Answer<Result> {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string; retryAfterMs?: number } }[];
}

/** Waits for `ms`. */
export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** The wait before the attempt after `attempt`: twice as long each time, and never the same for all clients. */
export function backoff(attempt: number): number {
  const full = Math.min(backoffMaxMs, backoffFirstMs * 2 ** attempt);
  return full / 2 + (Math.random() * full) / 2;
}

/** Executes an operation and gives its data. Throws a `ApiError`, after retries where they may help. */
export async function execute<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  { as, once = false }: Options = {},
): Promise<Result> {
  let renewed = false;
  for (let attempt = 0; ; attempt++) {
    const token = await as?.token();
    try {
      return await send(operation, variables, token);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === "UNAUTHENTICATED" && as && token !== undefined && !renewed) {
        renewed = true;
        await as.renew(token);
        continue;
      }
      // What the server refused was not done: it may always be sent again.
      const mayRepeat = error.code === "RATE_LIMITED" || error.code === "OVERLOADED" || !once;
      if (!mayRepeat || !isRetryable(error) || attempt + 1 >= attemptsMax) throw error;
      await pause(Math.max(error.retryAfterMs * (1 + Math.random() / 4), backoff(attempt)));
    }
  }
}

async function send<Result, Variables>(
  { id, text }: Operation<Result, Variables>,
  variables: Variables,
  token: string | undefined,
): Promise<Result> {
  const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
  let answer = await post<Result>({ extensions, variables }, token);
  if (answer.errors?.[0]?.extensions?.code === "PERSISTED_QUERY_NOT_FOUND") {
    answer = await post<Result>({ extensions, variables, query: text }, token);
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

async function post<Result>(body: object, token: string | undefined): Promise<Answer<Result>> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json",
        "accept-language": language(),
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    if (!response.headers.get("content-type")?.includes("json")) {
      const retryAfterMs = 1_000 * Number(response.headers.get("retry-after") ?? 0) || 0;
      throw new ApiError("UNAVAILABLE", `The server answers ${response.status}.`, retryAfterMs);
    }
    return (await response.json()) as Answer<Result>;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError("NETWORK", "The server cannot be reached.");
  } finally {
    clearTimeout(timer);
  }
}
