// Days of a calendar, as "2026-11-28": counted without a time zone, which only their times have.
import { formatTime } from "../../shared/format";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";

const dayMs = 86_400_000;

const msOf = (day: string) => Date.parse(`${day}T00:00Z`);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The day so many days later. */
export const addDays = (day: string, n: number) => dayOf(msOf(day) + n * dayMs);

/** The day of a moment in a time zone. */
export const dayIn = (ms: number, timeZone: string) => utcToZoned(new Date(ms).toISOString(), timeZone).slice(0, 10);

/** The beginning of the day of a moment in a time zone. */
export const dayStart = (ms: number, timeZone: string) => Date.parse(zonedToUtc(`${dayIn(ms, timeZone)}T00:00`, timeZone));

/** The seven days of a day's week, from Monday. */
export function weekOf(day: string): string[] {
  const fromMonday = (new Date(msOf(day)).getUTCDay() + 6) % 7;
  return Array.from({ length: 7 }, (_, index) => addDays(day, index - fromMonday));
}

/** The whole weeks that a day's month stands in. */
export function monthOf(day: string): string[] {
  const first = `${day.slice(0, 8)}01`;
  const last = addDays(addMonths(first, 1), -1);
  const [start] = weekOf(first);
  const end = weekOf(last)[6]!;
  return Array.from({ length: Math.round((msOf(end) - msOf(start!)) / dayMs) + 1 }, (_, index) => addDays(start!, index));
}

/** The first day of the month so many months later. */
export function addMonths(day: string, n: number): string {
  const [year, month] = day.split("-").map(Number) as [number, number];
  return dayOf(Date.UTC(year, month - 1 + n, 1));
}

/** Whether a text is a day that there is. */
export const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(msOf(text)) && dayOf(msOf(text)) === text;

/** A day as people say it. */
export const dayName = (day: string, options: Intl.DateTimeFormatOptions) =>
  formatTime(msOf(day), { timeZone: "UTC", ...options });

/** Whether a text is a time of the day, as "09:00". */
export const isTime = (text: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
