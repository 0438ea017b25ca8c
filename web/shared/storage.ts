// Values in the browser's storage, or in memory where there is none, for as long as the page is open.
import { type Stored, type Untaken, browserStorage, storedValue as stored } from "@acclaim/client/browser";

const untaken: Untaken = new Map();

/** A value that JSON can hold, stored under `name` in the browser's `area`. */
export const storedValue = <Value>(name: string, area: () => Storage = () => localStorage): Stored<Value> =>
  stored(browserStorage(area), `acclaim.${name}`, untaken);
