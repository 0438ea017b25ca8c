// Times of day in a time zone, as fields of the kind `datetime-local` have them, and the moments that they are.

const dayMs = 86_400_000;

/** The time of day of a moment in a time zone, to the minute: "2026-11-28T09:00". */
function wallTime(ms: number, timeZone: string): string {
  const two = "2-digit";
  const options = { year: "numeric", month: two, day: two, hour: two, minute: two, hourCycle: "h23", timeZone } as const;
  const parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(ms);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)!.value;
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** How far the clocks of a time zone are ahead of UTC. */
const offset = (ms: number, timeZone: string) => Date.parse(`${wallTime(ms, timeZone)}Z`) - Math.floor(ms / 60_000) * 60_000;

/**
 * The moment of a time of day, as RFC 3339 has it in UTC. A time that the clocks skip moves on by what they skip, and
 * of a time that comes twice it is the first. What is no time, as of a field that is empty, gives an empty text.
 */
export function zonedToUtc(local: string, timeZone: string): string {
  const wall = Date.parse(`${local}Z`);
  if (Number.isNaN(wall)) return "";
  const offsets = [offset(wall - dayMs, timeZone), offset(wall + dayMs, timeZone)];
  const right = offsets.find((ahead) => offset(wall - ahead, timeZone) === ahead) ?? offsets[0]!;
  return `${new Date(wall - right).toISOString().slice(0, 19)}Z`;
}

/** The time of day of a moment in a time zone; an empty text where there is no moment. */
export function utcToZoned(rfc3339: string, timeZone: string): string {
  const ms = Date.parse(rfc3339);
  return Number.isNaN(ms) ? "" : wallTime(ms, timeZone);
}
