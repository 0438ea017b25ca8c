// Looking again at work of the server, less and less often, and at once when it moves.
import { useEffect, useRef } from "preact/hooks";
import { pauseOrOnline } from "../../shared/server";

const firstMs = 500;
const mostMs = 5_000;

/** Waits until the page is looked at. */
function untilShown(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((done) => {
    const change = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", change);
      done();
    };
    document.addEventListener("visibilitychange", change);
  });
}

/**
 * Calls `look` again and again while `isWanted` and the page is looked at; where `progress` moves, sooner. A look that
 * fails is no matter: the next one may not.
 */
export function usePoll(isWanted: boolean, progress: string, look: () => Promise<unknown>): void {
  const latest = useRef({ look, progress });
  latest.current = { look, progress };
  useEffect(() => {
    if (!isWanted) return;
    let isOver = false;
    const run = async () => {
      let waitMs = firstMs;
      while (!isOver) {
        await pauseOrOnline(waitMs);
        await untilShown();
        if (isOver) return;
        const before = latest.current.progress;
        await latest.current.look().catch(() => undefined);
        await pauseOrOnline(0);
        waitMs = latest.current.progress === before ? Math.min(mostMs, waitMs * 1.5) : firstMs;
      }
    };
    void run();
    return () => void (isOver = true);
  }, [isWanted]);
}

/** Fetches a file of the server by its link, which holds for minutes only: the link is a path of this server, too. */
export function download(url: string): void {
  const { pathname, search } = new URL(url, location.origin);
  const link = document.createElement("a");
  link.href = pathname + search;
  // The desk's own routes begin the same way: the browser takes this one.
  link.download = "";
  link.click();
}
