// The end of a list that is read page by page as it is scrolled.
import { useEffect, useRef } from "preact/hooks";
import type { PagedList } from "../../shared/paged";
import { Failed } from "./states";
import { t } from "../texts";

/** The distance below the screen at which the next page is read. */
const aheadPx = 600;

/** Reads on when it comes near; tells what was not read. */
export function PageEnd<Node extends { id: string }>({ list }: { list: PagedList<Node> }) {
  list.changed.use();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current || list.error) return;
    // What is reported may be how it was before a page was added, so where it is now is asked.
    const isNear = () => (place.current?.getBoundingClientRect().top ?? Infinity) < innerHeight + aheadPx;
    const observer = new IntersectionObserver(() => isNear() && void list.loadMore(), { rootMargin: `${aheadPx}px` });
    observer.observe(place.current);
    return () => observer.disconnect();
  });
  if (list.error) return <Failed error={list.error} retry={() => void list.loadMore()} />;
  if (list.isComplete) return null;
  return (
    <div ref={place} class="empty" role="status">
      {t().loading}
    </div>
  );
}
