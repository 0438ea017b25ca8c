// The nominees that are listed, which figures name by their numbers.
import { useEffect, useMemo } from "preact/hooks";
import { useLookAgain } from "../../shared/store";
import type { Campaign } from "../campaign";
import { type Nominee, rosterOf } from "../nominees/roster";
import type { Figures } from "./figures";

/** The nominees by their numbers. */
export type Roster = ReadonlyMap<number, Nominee>;

/** Nominees are renamed and get portraits without a change of the figures. */
const rereadMs = 60_000;
/** Nominees that the roster lacks are looked for this often. */
const mismatchMs = 3_000;

/** The listed nominees of a campaign, read again now and then, and when the figures have others; none unless wanted. */
export function useRoster(campaign: Campaign, figures: Figures | undefined, isWanted = true): Roster {
  const list = rosterOf(campaign.id);
  list.changed.use();
  const read = () => void (isWanted && list.readNow());
  useEffect(read, [list, isWanted]);
  useLookAgain(rereadMs, read);
  const { nodes } = list;
  const roster = useMemo(() => {
    const listed = nodes.filter(({ status }) => status !== "WITHDRAWN");
    return new Map(listed.map((nominee) => [nominee.number, nominee]));
  }, [nodes]);
  const standings = figures?.standings;
  const isMismatch =
    !!standings && (standings.length !== roster.size || standings.some(({ number }) => !roster.has(number)));
  useEffect(() => {
    if (!isMismatch) return;
    const timer = setInterval(() => document.hidden || read(), mismatchMs);
    return () => clearInterval(timer);
  }, [isMismatch]);
  return roster;
}
