// Where a story comes to stand when it is moved: days and the usual times of a day.
import { now } from "../../shared/clock";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";
import type { Campaign } from "../campaign";
import { addDays, dayName } from "../parts/calendar";
import type { StoryRow } from "./facts";
import { type Entry, entryOf } from "./schedule_data";

/** A day and a time of it. */
export interface Place {
  day: string;
  time: string;
}

/** What is shown, in which something is moved. */
export interface Shown {
  days: string[];
  today: string;
  entries: Entry[];
  isWeek: boolean;
  campaign: Campaign;
}

/** The rows of a week; what comes out between two of them stands in the earlier one. */
export const slots = ["00:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"] as const;

/** The times that a story without one gets on a day, the first that is free. */
const usualTimes = ["09:00", "15:00", "12:00", "18:00", "20:00"];

/** The row of a week that a time stands in. */
export const slotOf = (time: string) => [...slots].reverse().find((slot) => slot <= time) ?? slots[0];

export const localOf = ({ day, time }: Place) => `${day}T${time}`;
export const placeOf = (local: string): Place => ({ day: local.slice(0, 10), time: local.slice(11, 16) });

/** A place as people say it. */
export const inWords = ({ day, time }: Place) => `${dayName(day, { weekday: "short", month: "short", day: "numeric" })} ${time}`;

/** The story with the time that it shall have, as it is shown until the server has answered. */
export const inBounds = (story: StoryRow, local: string, timeZone: string): StoryRow => ({
  ...story,
  desk: { ...story.desk, state: "SCHEDULED", scheduledFor: zonedToUtc(local, timeZone) },
});

function isFree({ entries, campaign }: Shown, story: StoryRow, place: Place): boolean {
  const isPast = localOf(place) < utcToZoned(new Date(now()).toISOString(), campaign.timeZone);
  return !isPast && !entries.some((entry) => entry.story.id !== story.id && entry.day === place.day && entry.time === place.time);
}

/** The time of a day that a story gets there: its own, else the first usual one that is free; none if none is. */
function timeOn(shown: Shown, story: StoryRow, day: string): Place | undefined {
  const [own] = entryOf(story, shown.campaign.timeZone);
  const times = own ? [own.time, ...usualTimes] : usualTimes;
  return times.map((time) => ({ day, time })).find((place) => isFree(shown, story, place));
}

/**
 * The place of a story on a day, or so many days and rows from where it is held; within the days that are shown. None
 * where the day has no free time.
 */
export function reach(shown: Shown, story: StoryRow, from: Place | string | undefined, days = 0, rows = 0): Place | undefined {
  if (typeof from === "string") return timeOn(shown, story, from);
  const { today, isWeek } = shown;
  const first = shown.days.find((day) => day >= today) ?? shown.days[0]!;
  if (!from) return isWeek ? rowOn(shown, story, first, "09:00") : timeOn(shown, story, first);
  const last = shown.days.at(-1)!;
  const next = addDays(from.day, isWeek ? days : days + 7 * rows);
  const day = next < first ? first : next > last ? last : next;
  if (!isWeek) return timeOn(shown, story, day);
  const at = slots.indexOf(slotOf(from.time)) + rows;
  return rowOn(shown, story, day, slots[Math.min(slots.length - 1, Math.max(0, at))]!);
}

/** The place of a story in a row of a week: its own time where that stands in this row, else the row's. */
export function rowOn({ campaign }: Shown, story: StoryRow, day: string, slot: string): Place {
  const [own] = entryOf(story, campaign.timeZone);
  return { day, time: own && slotOf(own.time) === slot ? own.time : slot };
}
