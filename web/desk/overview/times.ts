// Times of a campaign as people say them.
import { formatTime } from "../../shared/format";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";

/** A moment at which something ends: midnight is 24:00 of the day before. */
export function deadline(ms: number, timeZone: string): string {
  const time = formatTime(ms, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "en-GB");
  const isMidnight = time === "00:00";
  const day = formatTime(isMidnight ? ms - 1 : ms, { timeZone, month: "short", day: "numeric" });
  return `${day} ${isMidnight ? "24:00" : time}`;
}

/** The calendar day of a moment: "2026-11-28". */
export const dayOf = (ms: number, timeZone: string) => utcToZoned(new Date(ms).toISOString(), timeZone).slice(0, 10);

/** The beginning of the calendar day of a moment. */
export const dayStart = (ms: number, timeZone: string) => Date.parse(zonedToUtc(`${dayOf(ms, timeZone)}T00:00`, timeZone));
