// Values that views watch.
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "./clock";

/** A value that redraws the views that use it when it changes. */
export class Store<Value> {
  readonly #watchers = new Set<() => void>();

  constructor(public value: Value) {}

  set(value: Value): void {
    this.value = value;
    this.#watchers.forEach((watcher) => watcher());
  }

  /** Calls `watcher` after each change, until the function that it gives is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** The value, for a view. */
  use(): Value {
    const [, redraw] = useState({});
    useEffect(() => {
      const stop = this.watch(() => redraw({}));
      // It may have changed between the drawing and now.
      redraw({});
      return stop;
    }, [this]);
    return this.value;
  }
}

/** The time by the server's clock; a view that uses it is drawn anew every second, or as often as it says. */
export function useTick(everyMs = 1_000): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return time;
}

/** All clients have the same alarm: they call spread over this time. */
const alarmSpreadMs = 3_000;
const alarmRepeatMs = 5_000;

/**
 * Calls `callback` after `timeMs` by the server's clock, again and again until that is another time. The clock is asked
 * every second, since timers stand still while a device sleeps.
 */
export function useAlarm(timeMs: number | undefined, callback: () => void): void {
  const latest = useRef(callback);
  latest.current = callback;
  useEffect(() => {
    if (timeMs === undefined) return;
    let dueMs = timeMs + Math.random() * alarmSpreadMs;
    const timer = setInterval(() => {
      if (now() < dueMs) return;
      dueMs = now() + alarmRepeatMs * (1 + Math.random());
      latest.current();
    }, 1_000);
    return () => clearInterval(timer);
  }, [timeMs]);
}

/** Calls `callback` when the page is looked at again after `awayMs` or longer, or the device is online again. */
export function useReturn(awayMs: number, callback: () => void): void {
  const latest = useRef(callback);
  latest.current = callback;
  useEffect(() => {
    let leftMs: number | undefined;
    const change = () => {
      if (document.hidden) leftMs ??= Date.now();
      else if (leftMs !== undefined) {
        if (Date.now() - leftMs >= awayMs) latest.current();
        leftMs = undefined;
      }
    };
    const online = () => latest.current();
    document.addEventListener("visibilitychange", change);
    addEventListener("online", online);
    return () => {
      document.removeEventListener("visibilitychange", change);
      removeEventListener("online", online);
    };
  }, [awayMs]);
}

/**
 * Calls `callback` now and then while the page is looked at, and when somebody comes back to it after as long: for what
 * was taken back meanwhile. Pages that were opened together ask at different times.
 */
export function useLookAgain(everyMs: number, callback: () => void): void {
  const latest = useRef(callback);
  latest.current = callback;
  useEffect(() => {
    const timer = setInterval(() => document.hidden || latest.current(), everyMs * (1 + Math.random() / 4));
    return () => clearInterval(timer);
  }, [everyMs]);
  useReturn(everyMs, callback);
}
