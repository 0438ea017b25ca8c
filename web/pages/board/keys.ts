// The hands on a board: keys, as a clicker for slides has them, too, and controls that hide while nobody touches it.
import { useEffect, useRef } from "preact/hooks";

/** Controls are hidden on a projector that has not been touched for so long. */
const idleMs = 5_000;

/** Marks the page as a board, and as idle while nobody touches it: on a projector its controls are hidden then. */
export function useIdle(): void {
  useEffect(() => {
    const { classList } = document.documentElement;
    let timer: ReturnType<typeof setTimeout>;
    const wake = () => {
      clearTimeout(timer);
      classList.remove("idle");
      timer = setTimeout(() => classList.add("idle"), idleMs);
    };
    const events = ["pointermove", "pointerdown", "keydown", "focusin"];
    events.forEach((name) => addEventListener(name, wake));
    classList.add("has-board");
    wake();
    return () => {
      clearTimeout(timer);
      classList.remove("idle", "has-board");
      events.forEach((name) => removeEventListener(name, wake));
    };
  }, []);
}

export type KeyActions = Partial<Record<string, () => void>>;

/** Calls the action of a key that is pressed, unless it is a field's, or the page's own to scroll or to press. */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { key, target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (target instanceof Element) {
        if (target.closest("input, select, textarea")) return;
        if ((key === " " || key === "Enter") && target.closest("button, a")) return;
      }
      const action = latest.current[key.length === 1 ? key.toLowerCase() : key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

export const canFillScreen = () => document.fullscreenEnabled === true;

export function toggleFullScreen(): void {
  const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  // Where it is refused, the page stays as it is.
  change.catch(() => undefined);
}
