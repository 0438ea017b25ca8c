// Deadlines as people say them.
import { formatTime } from "../../shared/format";

/** A moment at which something ends: midnight is 24:00 of the day before. */
export function deadline(ms: number, timeZone: string): string {
  const time = formatTime(ms, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "en-GB");
  const isMidnight = time === "00:00";
  const day = formatTime(isMidnight ? ms - 1 : ms, { timeZone, month: "short", day: "numeric" });
  return `${day} ${isMidnight ? "24:00" : time}`;
}
