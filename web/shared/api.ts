// The API of the server that the page comes from. The client in `clients/typescript` does the work.
import { Api, type CallEvent, browser, randomUuid } from "@acclaim/client/browser";
import { language } from "./language";
import { storedValue } from "./storage";

const reporter = storedValue<string>("reporter");

/** The id by which reports of this device have a bound of their own; it opens nothing, unlike a guest's. */
function reporterId(): string {
  const stored = reporter.read();
  if (stored !== undefined) return stored;
  const made = randomUuid();
  reporter.write(made);
  return made;
}

let listener: (call: object, event: CallEvent) => void = () => undefined;

/** Has `onCall` told what becomes of calls that somebody waits for. */
export function followCalls(onCall: typeof listener): void {
  listener = onCall;
}

export const api = new Api({
  origin: "",
  platform: browser,
  language,
  kind: "page",
  reporterId,
  onCall: (call, event) => listener(call, event),
});
