// Values that views watch.
import { useEffect, useState } from "preact/hooks";

/** A value that redraws the views that use it when it changes. */
export class Store<Value> {
  readonly #watchers = new Set<() => void>();

  constructor(public value: Value) {}

  set(value: Value): void {
    this.value = value;
    this.#watchers.forEach((watcher) => watcher());
  }

  /** The value, for a view. */
  use(): Value {
    const [, redraw] = useState({});
    useEffect(() => {
      const watcher = () => redraw({});
      this.#watchers.add(watcher);
      // It may have changed between the drawing and now.
      watcher();
      return () => void this.#watchers.delete(watcher);
    }, [this]);
    return this.value;
  }
}

/** The time by the clock `now`; a view that uses it is drawn anew every second. */
export function useTick(now: () => number): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), 1_000);
    return () => clearInterval(timer);
  }, [now]);
  return time;
}
