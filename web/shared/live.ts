// Subscriptions of pages: over a socket, else over server-sent events, else by asking again and again.
import { type Watch, watch as watchBy } from "@acclaim/client/browser";
import { api } from "./api";

export type { ConnectionState } from "@acclaim/client/browser";

/** Watches until the function that it gives is called. */
export const watch = <Result, Variables>(watched: Watch<Result, Variables>) => watchBy(api, watched);

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
