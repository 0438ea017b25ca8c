// Times of a campaign as people say them.
import { formatTime, locale } from "../../shared/format";
import { language } from "../../shared/language";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";

/** A moment at which something ends: midnight is 24:00 of the day before. */
export function deadline(ms: number, timeZone: string): string {
  const time = formatTime(ms, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "en-GB");
  const isMidnight = time === "00:00";
  const day = formatTime(isMidnight ? ms - 1 : ms, { timeZone, month: "short", day: "numeric" });
  return `${day} ${isMidnight ? "24:00" : time}`;
}

/** The name of a time zone. */
export function zoneName(timeZone: string): string {
  if (timeZone === "Asia/Shanghai") return language() === "zh" ? "北京时间" : "Beijing time";
  const parts = new Intl.DateTimeFormat(locale(), { timeZone, timeZoneName: "longGeneric" }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}

/** The calendar day of a moment: "2026-11-28". */
export const dayOf = (ms: number, timeZone: string) => utcToZoned(new Date(ms).toISOString(), timeZone).slice(0, 10);

/** The beginning of the calendar day of a moment. */
export const dayStart = (ms: number, timeZone: string) => Date.parse(zonedToUtc(`${dayOf(ms, timeZone)}T00:00`, timeZone));
