// The server's clock: a phone's own may be wrong by hours, and rules follow the server's.

let offsetMs = 0;

/** Takes over the server's time from an answer that has just come. */
export function noteServerTime(time: string): void {
  offsetMs = Date.parse(time) - Date.now();
}

/** The time now by the server's clock, in milliseconds. */
export const now = () => Date.now() + offsetMs;
