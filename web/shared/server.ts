// The server as views ask it: the client of `clients/typescript`, and whether it is stuck.
import { AcclaimError, fetchWithin } from "@acclaim/client/browser";
import { api, followCalls } from "./api";
import { Store } from "./store";

export { AcclaimError as ApiError, type Operation, type Requester, backoff, isRetryable, pause } from "@acclaim/client/browser";

const timeoutMs = 15_000;
const stuckCalls = new Set<object>();

/** True while a call waits for a server that does not answer, and while the device says that it is offline. */
export const isStuck = new Store(false);

function noteStuck(call: object, isCallStuck: boolean): void {
  if (isCallStuck) stuckCalls.add(call);
  else stuckCalls.delete(call);
  const next = stuckCalls.size > 0 || !navigator.onLine;
  if (next !== isStuck.value) isStuck.set(next);
}

followCalls((call, event) => noteStuck(call, event !== "settled"));
addEventListener("offline", () => noteStuck({}, false));
addEventListener("online", () => noteStuck({}, false));

/** Waits for `ms`, or until the device is online again. */
export const pauseOrOnline = (ms: number) => api.pause(ms);

/** Executes an operation and gives its data. Throws an `ApiError`, after retries where they may help. */
export const execute = api.execute.bind(api) as typeof api.execute;

/** Sends one request and reads its answer, body and all, within the time that a request has. Throws an `ApiError`. */
export async function request<Result>(
  path: string,
  init: RequestInit,
  read: (response: Response) => Promise<Result>,
): Promise<Result> {
  try {
    return await fetchWithin(timeoutMs, path, init, read);
  } catch (error) {
    if (error instanceof AcclaimError) throw error;
    throw new AcclaimError("NETWORK", "The server cannot be reached.");
  }
}
