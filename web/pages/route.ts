// The route of an address, and going from one to the other without loading the page again.

export type Route =
  | { view: "voting"; slug: string }
  | { view: "nominee"; slug: string; number: number }
  | { view: "stories"; slug: string }
  | { view: "story"; slug: string; id: string }
  | { view: "board"; slug: string }
  | { view: "result"; slug: string };

/** Reads a path; none when it is not of these pages. */
export function parse(path: string): Route | undefined {
  const [root, slug, view, name, ...rest] = path.split("/").slice(1).map(decode);
  if (root !== "c" || !slug || rest.length > 0) return undefined;
  if (!view) return { view: "voting", slug };
  if ((view === "board" || view === "result") && name === undefined) return { view, slug };
  if (view === "stories") return name ? { view: "story", slug, id: name } : { view, slug };
  if (view === "n" && name && /^\d{1,9}$/.test(name)) return { view: "nominee", slug, number: Number(name) };
  return undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The path of a route. */
export function pathOf(route: Route): string {
  const campaign = `/c/${encodeURIComponent(route.slug)}`;
  switch (route.view) {
    case "voting":
      return campaign;
    case "nominee":
      return `${campaign}/n/${route.number}`;
    case "story":
      return `${campaign}/stories/${encodeURIComponent(route.id)}`;
    default:
      return `${campaign}/${route.view}`;
  }
}

const listeners = new Set<() => void>();

/** Calls `listener` whenever the address has changed. */
export function watchRoute(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Goes to a path of these pages; going back finds the position that was left. */
export function go(path: string): void {
  history.replaceState({ ...history.state, y: scrollY }, "");
  history.pushState({ isInside: true }, "", path);
  listeners.forEach((listener) => listener());
  scrollTo(0, 0);
}

/** Goes back to where a view of these pages was left for this one; gives whether there is such a view. */
export function goBack(): boolean {
  const { isInside } = (history.state ?? {}) as { isInside?: boolean };
  if (isInside) history.back();
  return isInside === true;
}

const restoreWithinMs = 1000;
const movesOfReader = ["wheel", "touchstart", "pointerdown", "keydown", "popstate"];

/** Scrolls to where a view was left as soon as it is that tall again, unless the reader moves first. */
function restore(y: number): void {
  const started = performance.now();
  let isLeft = false;
  const leave = () => (isLeft = true);
  movesOfReader.forEach((move) => addEventListener(move, leave, { once: true, passive: true }));
  const tryAgain = () => {
    if (!isLeft) scrollTo(0, y);
    if (!isLeft && Math.abs(scrollY - y) > 1 && performance.now() - started < restoreWithinMs) {
      requestAnimationFrame(tryAgain);
      return;
    }
    movesOfReader.forEach((move) => removeEventListener(move, leave));
    // The heights are remembered once they have been drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => document.documentElement.classList.remove("restoring")));
  };
  requestAnimationFrame(tryAgain);
}

/** Takes over clicks on links between the pages, and the browser's back and forward. */
export function start(): void {
  history.scrollRestoration = "manual";
  addEventListener("popstate", () => {
    const y = (history.state as { y?: number } | null)?.y ?? 0;
    // Lists that were loaded are kept, so they are there again in the next frames: drawn whole, for their true heights.
    document.documentElement.classList.add("restoring");
    listeners.forEach((listener) => listener());
    restore(y);
  });
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
    if (!parse(link.pathname) || link.hash) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
