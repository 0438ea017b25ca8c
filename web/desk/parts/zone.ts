// Time zones as people say them.
import { locale } from "../../shared/format";
import { language } from "../../shared/language";

/** The name of a time zone. */
export function zoneName(timeZone: string): string {
  if (timeZone === "Asia/Shanghai") return language() === "zh" ? "北京时间" : "Beijing time";
  const parts = new Intl.DateTimeFormat(locale(), { timeZone, timeZoneName: "longGeneric" }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}
