// Speaks to the GraphQL API: by hash, with retries, as the one who is signed in.
import { language } from "./language";
import type { Operation } from "./operations";
import { noteServerTime } from "./clock";

const attemptsMax = 7;
const backoffFirst_ms = 400;
const backoffMax_ms = 8_000;
const timeout_ms = 15_000;
/** What may be over soon; the rest stays as it is however often one asks. */
const passing = new Set(["NETWORK", "UNAVAILABLE", "OVERLOADED", "RATE_LIMITED", "INTERNAL"]);

/** Why an operation was not executed: a code of the API, or NETWORK when no answer came. */
export class Failure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfter_ms = 0,
  ) {
    super(message);
  }
}

/** Whether an error may be over soon, and what was asked for may or may not have been done. */
export const mayPass = (error: unknown) => error instanceof Failure && passing.has(error.code);

/** Who asks: gives the access token, or a newer one when the server does not take `stale`. */
export interface Identity {
  token(): Promise<string | undefined>;
  renew(stale: string): Promise<string | undefined>;
}

export interface Conditions {
  /** As whom; anonymous without. */
  as?: Identity;
  /** Whether it may be sent again when no answer came. */
  once?: boolean;
}

interface Answer<Result> {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string; retryAfterMs?: number } }[];
}

/** Waits for `ms`. */
export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** How long to wait before the next of `attempt` attempts: twice as long each time, and never all clients at once. */
export function backoff(attempt: number): number {
  const full = Math.min(backoffMax_ms, backoffFirst_ms * 2 ** attempt);
  return full / 2 + (Math.random() * full) / 2;
}

/** Executes an operation and gives its data. Throws a `Failure`, after retries where they may help. */
export async function execute<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  { as, once = false }: Conditions = {},
): Promise<Result> {
  let renewed = false;
  for (let attempt = 0; ; attempt++) {
    const token = await as?.token();
    try {
      return await send(operation, variables, token);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "UNAUTHENTICATED" && as && token !== undefined && !renewed) {
        renewed = true;
        await as.renew(token);
        continue;
      }
      // What the server refused was not done: it may always be sent again.
      const mayRepeat = error.code === "RATE_LIMITED" || error.code === "OVERLOADED" || !once;
      if (!mayRepeat || !mayPass(error) || attempt + 1 >= attemptsMax) throw error;
      await pause(Math.max(error.retryAfter_ms * (1 + Math.random() / 4), backoff(attempt)));
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
    throw new Failure(code, error.message, retryAfterMs);
  }
  if (!answer.data) throw new Failure("UNAVAILABLE", "The answer has no data.");
  const { serverTime } = answer.data as { serverTime?: string };
  if (serverTime) noteServerTime(serverTime);
  return answer.data;
}

async function post<Result>(body: object, token: string | undefined): Promise<Answer<Result>> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout_ms);
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
      const retryAfter_ms = 1_000 * Number(response.headers.get("retry-after") ?? 0) || 0;
      throw new Failure("UNAVAILABLE", `The server answers ${response.status}.`, retryAfter_ms);
    }
    return (await response.json()) as Answer<Result>;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("NETWORK", "The server cannot be reached.");
  } finally {
    clearTimeout(timer);
  }
}
