// Numbers and times as people say them, in the language in force.
import { type Language, language } from "./language";

const locales: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };

/** The locale of numbers, times and the order of texts. */
export const locale = (tag = language()) => locales[tag];

// Making a format takes longer than using it a hundred times.
const numbers = new Map<string, Intl.NumberFormat>();
const times = new Map<string, Intl.DateTimeFormat>();

/** A number with its thousands apart. */
export function count(n: number): string {
  const tag = locale();
  let format = numbers.get(tag);
  if (!format) numbers.set(tag, (format = new Intl.NumberFormat(tag)));
  return format.format(n);
}

/** A moment as the options say, in the locale in force or in another. */
export function formatTime(ms: number, options: Intl.DateTimeFormatOptions, tag = locale()): string {
  const key = tag + JSON.stringify(options);
  let format = times.get(key);
  if (!format) times.set(key, (format = new Intl.DateTimeFormat(tag, options)));
  return format.format(ms);
}

/** A moment as people say it, in a time zone: the day only where it is not today's. */
export function moment(time: number, timeZone: string, today: number, tag = language()): string {
  const day = (ms: number) => formatTime(ms, { timeZone }, "sv");
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const options = day(time) === day(today) ? clock : ({ month: "short", day: "numeric", ...clock } as const);
  return formatTime(time, { timeZone, hourCycle: "h23", ...options }, locale(tag));
}

/** A day as people say it, in a time zone. */
export const date = (time: number, timeZone: string) =>
  formatTime(time, { timeZone, year: "numeric", month: "short", day: "numeric" });

/** A time of day to the second, in a time zone. */
export const clockTime = (time: number, timeZone: string) =>
  formatTime(time, { hourCycle: "h23", timeStyle: "medium", timeZone });

/** A remaining time: days, then hours, minutes and seconds as a clock has them. */
export function remainingTime(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  if (days === 0) return clock;
  return language() === "zh" ? `${days} 天 ${clock}` : `${days} d ${clock}`;
}
