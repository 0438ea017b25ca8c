// What the overview tells beside the figures: stories, and what waits for somebody.
import { useEffect, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { type Campaign, mayHere } from "../campaign";
import { dayStart } from "../parts/calendar";
import { FindReport } from "../result/operations";
import { staff } from "../session";
import { isOver } from "./figures";
import { FindOverview, type FindOverviewQuery, ListNextStories, type ListNextStoriesQuery } from "./operations";

const rereadMs = 20_000;
const dayMs = 86_400_000;
export const nextStoriesMax = 5;
/** The list has the latest first, so the nearest are looked for in a time that ends: these, then all that there is. */
const horizonsMs = [2, 14, 60, 365].map((days) => days * dayMs);

export interface Facts extends NonNullable<NonNullable<FindOverviewQuery["campaign"]>["desk"]> {
  /** Whether there is a report; there can be one only once voting has closed. */
  hasReport: boolean;
}
export type NextStory = NonNullable<NonNullable<ListNextStoriesQuery["campaign"]>["desk"]>["stories"]["nodes"][number];

const text = (ms: number) => new Date(ms).toISOString();

/** The facts of a campaign, read again now and then; none before the first answer. */
export function useFacts(campaign: Campaign): Facts | undefined {
  const { slug, timeZone } = campaign;
  const isClosed = isOver(campaign);
  const [facts, setFacts] = useState<Facts>();
  const read = async () => {
    const variables = { slug, today: text(dayStart(now(), timeZone)), now: text(now()) };
    const { campaign: found } = await execute(FindOverview, variables, { as: staff, isBackground: true });
    const hasReport = isClosed && mayHere("READ_RECORDS") && (await readHasReport(slug));
    if (found?.desk) setFacts({ ...found.desk, hasReport });
  };
  // What was read before stays when it cannot be read; the next time comes soon.
  const tryToRead = () => void read().catch(() => undefined);
  useEffect(tryToRead, [slug, isClosed]);
  useLookAgain(rereadMs, tryToRead);
  return facts;
}

/** Whether there is a report; where that cannot be read, nobody is asked to make one. */
async function readHasReport(slug: string): Promise<boolean> {
  const read = execute(FindReport, { slug }, { as: staff, isBackground: true });
  return read.then(({ campaign }) => !!campaign?.desk?.report).catch(() => true);
}

/** The stories that come out next, the nearest first; none before the first answer. */
export function useNextStories({ slug, desk }: Campaign): readonly NextStory[] | undefined {
  const [stories, setStories] = useState<readonly NextStory[]>();
  const scheduled = desk.storyCounts.scheduled;
  const read = () => {
    if (scheduled === 0) setStories([]);
    else void readNext(slug, scheduled).then(setStories, () => undefined);
  };
  useEffect(read, [slug, scheduled]);
  useLookAgain(3 * rereadMs, read);
  return stories;
}

async function readNext(slug: string, scheduled: number): Promise<NextStory[]> {
  const from = now();
  const wanted = Math.min(nextStoriesMax, scheduled);
  for (const horizon of horizonsMs) {
    const found = await readUntil(slug, text(from), text(from + horizon));
    if (found.length >= wanted) return found;
  }
  return readUntil(slug, text(from), null);
}

/** The first stories of a time that is read to its beginning. */
async function readUntil(slug: string, from: string, to: string | null): Promise<NextStory[]> {
  let last: NextStory[] = [];
  for (let after: string | null = null; ; ) {
    const page = await readPage(slug, from, to, after);
    last = [...last, ...(page?.nodes ?? [])].slice(-nextStoriesMax);
    if (!page?.pageInfo.hasNextPage) return last.reverse();
    after = page.pageInfo.endCursor;
  }
}

const readPage = async (slug: string, from: string, to: string | null, after: string | null) =>
  (await execute(ListNextStories, { slug, from, to, after }, { as: staff, isBackground: true })).campaign?.desk?.stories;
