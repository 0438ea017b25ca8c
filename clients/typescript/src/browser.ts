// The adapter of browsers.
import { Acclaim, type AcclaimOptions } from "./acclaim.js";
import { connectBy, fetchRequests } from "./fetch.js";
import type { Platform, Storage } from "./platform.js";

export { fetchWithin } from "./fetch.js";
export * from "./index.js";

/** The browser's storage. It throws where a value is not taken: some web views store nothing without a word. */
export const browserStorage = (area: () => globalThis.Storage = () => localStorage): Storage => ({
  read(key) {
    const text = area().getItem(key);
    return text === null ? undefined : JSON.parse(text);
  },
  write(key, value) {
    const text = JSON.stringify(value);
    area().setItem(key, text);
    if (area().getItem(key) !== text) throw new Error("the storage does not take it");
  },
  remove(key) {
    area().removeItem(key);
    if (area().getItem(key) !== null) throw new Error("the storage does not let go of it");
  },
});

/** A browser as a platform. */
export const browser: Platform = {
  ...fetchRequests,
  ...browserStorage(),
  connectSocket: (address, events) => connectBy(WebSocket)(address, events),
  onOnline(listener) {
    addEventListener("online", listener);
    return () => removeEventListener("online", listener);
  },
};

/** The client of a page. Without an `origin` the server is the one that the page comes from. */
export const createClient = (options: Partial<AcclaimOptions> = {}): Acclaim =>
  new Acclaim({ origin: "", language: navigator.language, kind: "page", platform: browser, ...options });
