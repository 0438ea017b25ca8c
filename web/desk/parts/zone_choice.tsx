// The choice of a time zone: by city, by name in the member's language, or by offset.
import { locale } from "../../shared/format";
import { type Language, language } from "../../shared/language";
import { texts } from "../texts";
import { Combo, type Option, foldedText } from "./combo";
import { zoneName } from "./zone";

const t = texts(
  { label: "Time zone", find: "City, country or UTC+8", none: "No time zone matches." },
  { label: "时区", find: "城市、国家或 UTC+8", none: "没有符合的时区。" },
);

/** Listed before all others. */
const commonZones = [
  "Asia/Shanghai",
  "Asia/Urumqi",
  "Asia/Hong_Kong",
  "Asia/Macau",
  "Asia/Taipei",
  "Asia/Singapore",
  "Asia/Tokyo",
  "Europe/London",
  "Europe/Berlin",
  "America/New_York",
  "UTC",
];

interface Zone extends Option {
  /** What is searched. */
  text: string;
}

function partOf(timeZone: string, timeZoneName: "shortGeneric" | "longOffset", tag: string): string {
  const parts = new Intl.DateTimeFormat(tag, { timeZone, timeZoneName }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** The city that a zone is named by, in English. */
const cityOf = (timeZone: string) => timeZone.slice(timeZone.lastIndexOf("/") + 1).replaceAll("_", " ");

/** How far the clocks are ahead of UTC now: "UTC+08:00". */
const offsetOf = (timeZone: string) => partOf(timeZone, "longOffset", "en-GB").replace("GMT", "UTC");

/** The place of a zone: in Chinese browsers know it, in English it is the city of its id. */
function placeOf(timeZone: string): string {
  if (language() === "en") return cityOf(timeZone);
  if (timeZone === "Asia/Shanghai") return zoneName(timeZone);
  const place = partOf(timeZone, "shortGeneric", locale());
  return /^(GMT|UTC)/.test(place) ? cityOf(timeZone) : place;
}

function zoneOf(id: string): Zone {
  const [name, offset] = [placeOf(id), offsetOf(id)];
  const other = language() === "en" ? zoneName(id) : cityOf(id);
  const note = [other, offset].filter((part) => part !== name).join(" · ");
  // "UTC+8" is found, too.
  const short = offset.replace(/([+-])0?(\d+):00$/, "$1$2");
  return { id, name, note, text: foldedText(`${name} ${note} ${id.replaceAll("_", " ")} ${short} ${zoneName(id)}`) };
}

let made: { tag: Language; zones: readonly Zone[] } | undefined;

/** All zones that the browser knows, the common ones first; made once, since it takes a moment. */
function zones(): readonly Zone[] {
  const tag = language();
  if (made?.tag !== tag) {
    const { compare } = new Intl.Collator(locale());
    const rest = Intl.supportedValuesOf("timeZone").filter((id) => !commonZones.includes(id));
    const others = rest.map(zoneOf).sort((one, other) => compare(one.name, other.name));
    made = { tag, zones: [...commonZones.map(zoneOf), ...others] };
  }
  return made.zones;
}

interface ZoneChoiceProps {
  value: string;
  hint: string;
  error: string | undefined;
  onChange: (timeZone: string) => void;
}

/** The choice of a time zone. */
export function ZoneChoice({ value, hint, error, onChange }: ZoneChoiceProps) {
  const { name, note } = zoneOf(value);
  return (
    <Combo
      label={t().label}
      hint={hint}
      error={error}
      chosen={note ? `${name} · ${note}` : name}
      placeholders={["", t().find]}
      find={(words) => zones().filter(({ text }) => words.every((word) => text.includes(word)))}
      note={t().none}
      onOpen={() => undefined}
      onChoose={onChange}
    />
  );
}
