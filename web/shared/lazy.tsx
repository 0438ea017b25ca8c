// Views whose code comes when they are wanted.
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { backoff, pauseOrOnline } from "./server";

/**
 * A view whose code is loaded with its first use; a connection that is away for a moment is waited for. `waiting` draws
 * what stands in its place until then, knowing whether it has failed before.
 */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  waiting: (hasFailed: boolean) => JSX.Element | null,
) {
  let View: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [attempt, setAttempt] = useState(0);
    const [, redraw] = useState({});
    useEffect(() => {
      if (View) return;
      load().then(
        (loaded) => {
          View = loaded;
          redraw({});
        },
        () => pauseOrOnline(backoff(attempt)).then(() => setAttempt(attempt + 1)),
      );
    }, [attempt]);
    return View ? <View {...props} /> : waiting(attempt > 0);
  };
}
