// Time zones as people say them.
import { locale } from "../../shared/format";
import { language } from "../../shared/language";
import { t } from "../texts";

/** The name of a time zone; its id where a name would be an offset only. */
export function zoneName(timeZone: string): string {
  if (timeZone === "Asia/Shanghai") return language() === "zh" ? "北京时间" : "Beijing time";
  const parts = new Intl.DateTimeFormat(locale(), { timeZone, timeZoneName: "longGeneric" }).formatToParts();
  const name = parts.find(({ type }) => type === "timeZoneName")?.value;
  return !name || name.startsWith("GMT") ? timeZone : name;
}

/** The time zone that the times of a view are in. */
export const allTimes = (timeZone: string) => t().allTimes(zoneName(timeZone));

/** A time, with the zone that it is in. */
export const timeIn = (time: string, timeZone: string) => t().timeInZone(time, zoneName(timeZone));
