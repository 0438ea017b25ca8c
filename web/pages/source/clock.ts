// The server's clock: a phone's own may be wrong by hours, and rules follow the server's.

let offset_ms = 0;

/** Takes over the server's time from an answer that has just come. */
export function noteServerTime(time: string): void {
  offset_ms = Date.parse(time) - Date.now();
}

/** Now, by the server's clock, in milliseconds. */
export const now = () => Date.now() + offset_ms;
