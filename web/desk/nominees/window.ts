// The rows of a long list that are on the screen: the others are room, so that a thousand rows cost what twenty do.
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

/** Rows beyond the edges of the screen that are drawn, too. */
const margin = 3;

/** The first row that is drawn, and the one after the last. */
export interface Range {
  first: number;
  end: number;
}

/** Which of `count` rows of `height` pixels are on the screen; `element` is where the first one begins. */
export function useRange(element: RefObject<HTMLElement | null>, count: number, height: number): Range {
  const [seen, setSeen] = useState<Range>({ first: 0, end: Math.ceil(innerHeight / height) + margin });
  // Asked for when something moves, and not when the rows change: the question makes the browser lay all out at once.
  useLayoutEffect(() => {
    const measure = () => {
      const top = element.current ? -element.current.getBoundingClientRect().top : 0;
      const first = Math.max(0, Math.floor(top / height) - margin);
      const end = Math.max(0, Math.ceil((top + innerHeight) / height)) + margin;
      setSeen((before) => (before.first === first && before.end === end ? before : { first, end }));
    };
    measure();
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [height]);
  const end = Math.min(count, seen.end);
  // A list that has become short is seen from its end.
  return { first: Math.max(0, Math.min(seen.first, end - (seen.end - seen.first))), end };
}
