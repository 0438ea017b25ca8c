// Time zones as people say them.
import { locale } from "../../shared/format";
import { language } from "../../shared/language";

/** The name of a time zone; its id where a name would be an offset only. */
export function zoneName(timeZone: string): string {
  if (timeZone === "Asia/Shanghai") return language() === "zh" ? "北京时间" : "Beijing time";
  const parts = new Intl.DateTimeFormat(locale(), { timeZone, timeZoneName: "longGeneric" }).formatToParts();
  const name = parts.find(({ type }) => type === "timeZoneName")?.value;
  return !name || name.startsWith("GMT") ? timeZone : name;
}
