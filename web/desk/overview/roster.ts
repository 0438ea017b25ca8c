// The nominees that are listed, which figures name by their numbers.
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { staff } from "../session";
import type { Figures } from "./figures";
import { ListDeskRoster, type ListDeskRosterQuery } from "./operations";

type Campaign = NonNullable<ListDeskRosterQuery["campaign"]>;
export type Nominee = Campaign["nominees"]["nodes"][number];
/** The nominees by their numbers. */
export type Roster = ReadonlyMap<number, Nominee>;

/** Nominees are renamed and get portraits without a change of the figures. */
const rereadMs = 60_000;
/** Nominees that the roster lacks are looked for this often. */
const mismatchMs = 3_000;

/** Reads all nominees page by page; `onPage` hears each part. */
async function readRoster(slug: string, onPage: (part: Roster) => void): Promise<Roster> {
  const roster = new Map<number, Nominee>();
  for (let after: string | null = null; ; ) {
    const page = await readPage(slug, after);
    for (const nominee of page?.nodes ?? []) roster.set(nominee.number, nominee);
    if (!page?.pageInfo.hasNextPage) return roster;
    after = page.pageInfo.endCursor;
    onPage(new Map(roster));
  }
}

const readPage = async (slug: string, after: string | null) =>
  (await execute(ListDeskRoster, { slug, after }, { as: staff, isBackground: true })).campaign?.nominees;

/** The nominees of a campaign, read again now and then, and when the figures have others; none without a slug. */
export function useRoster(slug: string | undefined, figures: Figures | undefined): Roster {
  const [roster, setRoster] = useState<Roster>(new Map());
  const isReading = useRef(false);
  const isRead = useRef(false);
  const read = async () => {
    if (slug === undefined || isReading.current) return;
    isReading.current = true;
    try {
      const isFirst = !isRead.current;
      setRoster(await readRoster(slug, (part) => isFirst && setRoster(part)));
      isRead.current = true;
    } catch {
      // What was read before stays; the next time comes soon.
    } finally {
      isReading.current = false;
    }
  };
  useEffect(() => void read(), [slug]);
  useLookAgain(rereadMs, () => void read());
  const standings = figures?.standings;
  const isMismatch =
    !!standings && (standings.length !== roster.size || standings.some(({ number }) => !roster.has(number)));
  useEffect(() => {
    if (!isMismatch) return;
    const timer = setInterval(() => document.hidden || void read(), mismatchMs);
    return () => clearInterval(timer);
  }, [isMismatch]);
  return roster;
}
