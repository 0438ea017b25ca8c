// The stories of a schedule: those of the days that are shown, and those that wait for a time.
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";
import type { Campaign } from "../campaign";
import { staff } from "../session";
import { addDays } from "../parts/calendar";
import type { StoryRow } from "./facts";
import { ListStories, type ListStoriesQuery, type ListStoriesQueryVariables } from "./operations";

/** A schedule is up to ten requests: that its stories have moved on, the campaign tells sooner. */
const lookAgainMs = 120_000;
/** Stories that are read for one view at most: what a plan takes, too. */
export const readMax = 500;

/** A story on its day. */
export interface Entry {
  story: StoryRow;
  day: string;
  time: string;
}

/** What a schedule shows. */
export interface Schedule {
  entries: Entry[];
  waiting: StoryRow[];
  /** Whether there are more than are read. */
  isCut: boolean;
}

type Filter = Omit<ListStoriesQueryVariables, "first" | "after">;

/** Reads stories page by page. */
export async function readStories(filter: Filter, isAgain = false): Promise<StoryRow[]> {
  const found: StoryRow[] = [];
  for (let after: string | null = null; ; ) {
    const variables = { ...filter, first: 100, after };
    const answer: ListStoriesQuery = await execute(ListStories, variables, { as: staff, isBackground: isAgain });
    const page = answer.campaign?.desk?.stories;
    found.push(...((page?.nodes ?? []).filter(({ desk }) => desk) as StoryRow[]));
    if (!page?.pageInfo.hasNextPage || found.length >= readMax) return found;
    after = page.pageInfo.endCursor;
  }
}

/** A story with its time in the campaign's zone. */
export function entryOf(story: StoryRow, timeZone: string): Entry[] {
  const { scheduledFor, state } = story.desk;
  if (!scheduledFor || state === "RETRACTED") return [];
  const local = utcToZoned(scheduledFor, timeZone);
  return [{ story, day: local.slice(0, 10), time: local.slice(11, 16) }];
}

async function read({ slug, timeZone }: Campaign, first: string, last: string, isAgain: boolean): Promise<Schedule> {
  const from = zonedToUtc(`${first}T00:00`, timeZone);
  const to = zonedToUtc(`${addDays(last, 1)}T00:00`, timeZone);
  const [shown, waiting] = await Promise.all([
    readStories({ slug, from, to }, isAgain),
    readStories({ slug, state: "APPROVED" }, isAgain),
  ]);
  const entries = shown.flatMap((story) => entryOf(story, timeZone));
  // The list has the latest first; both read from the earliest on.
  entries.sort((one, other) => (one.day + one.time).localeCompare(other.day + other.time));
  return { entries, waiting: waiting.reverse(), isCut: shown.length >= readMax };
}

/** The schedule of days, read again now and then; what was there stays while others are read. */
export function useSchedule(campaign: Campaign, first: string, last: string) {
  const [schedule, setSchedule] = useState<Schedule>();
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState({ isAgain: false });
  useEffect(() => {
    let isStale = false;
    read(campaign, first, last, round.isAgain).then(
      (found) => {
        if (isStale) return;
        setSchedule(found);
        setError(undefined);
      },
      (reason) => !isStale && !round.isAgain && setError(reason),
    );
    return () => void (isStale = true);
  }, [campaign.slug, campaign.timeZone, first, last, round]);
  const reread = () => setRound({ isAgain: true });
  useLookAgain(lookAgainMs, reread);
  const counts = JSON.stringify(campaign.desk.storyCounts);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) reread();
    isFirst.current = false;
  }, [counts]);
  return { schedule, setSchedule, error, reread, retry: () => setRound({ isAgain: false }) };
}
