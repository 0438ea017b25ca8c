// Ends that can be waited for. Mini-programs have no AbortController: what of it is needed here is a few lines.

/** An end to come: an AbortSignal is one. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** An end that its owner brings about, once. */
export class Ending implements Signal {
  aborted = false;
  private readonly listeners = new Set<() => void>();

  addEventListener(_type: "abort", listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.listeners.forEach((listener) => listener());
    this.listeners.clear();
  }
}

/** Calls `listener` at the end of a signal, at once where that is past; the function that it gives takes that back. */
export function atEnd(signal: Signal | undefined, listener: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener);
  return () => signal.removeEventListener("abort", listener);
}
