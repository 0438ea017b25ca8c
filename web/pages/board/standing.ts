// The standing of a category as the server ranks it: the first three, the others, shared places and the line.
import type { Nominee } from "./campaign";
import type { Figures } from "./figures";

const leadersMax = 3;

/** A nominee with its rank and votes as they are shown. */
export interface Placed {
  nominee: Nominee;
  rank: number;
  votes: number;
  /** Whether others have the same rank; none has while nobody has a vote. */
  isTied: boolean;
}

export interface CategoryStanding {
  leaders: Placed[];
  others: Placed[];
  /** The index of the first place below the line. */
  line: number;
  /** The rank of those who share the last place above the line, where they are more than fit. */
  tiedRank: number | undefined;
}

/** The nominees, best first: ranks are those of `ordered`. */
export function placedOf(nominees: readonly Nominee[], ordered: Figures): Placed[] {
  const of = (nominee: Nominee) => ordered.standings.get(nominee.number) ?? { votes: 0, rank: nominees.length };
  const placed = nominees.map((nominee) => ({ nominee, ...of(nominee) }));
  placed.sort((a, b) => a.rank - b.rank || a.nominee.number - b.nominee.number);
  const counts = new Map<number, number>();
  for (const { rank } of placed) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  return placed.map((one) => ({ ...one, isTied: one.votes > 0 && counts.get(one.rank)! > 1 }));
}

/**
 * The standing with a line below the place `cut`. While votes come in, the first three stand out whoever shares a place
 * with them, since what changes from one second to the next must not move everything. What is final honours nobody
 * before somebody with as many votes.
 */
export function standingOf(placed: Placed[], cut: number, isFinal: boolean): CategoryStanding {
  const hasVotes = (placed[0]?.votes ?? 0) > 0;
  let leaders = hasVotes ? placed.slice(0, leadersMax) : [];
  if (isFinal) {
    leaders = leaders.filter(({ votes }) => votes > 0);
    const next = placed[leaders.length];
    if (next) leaders = leaders.filter(({ rank }) => rank !== next.rank);
  }
  const last = placed[cut - 1];
  const tiedRank = last && last.votes > 0 && placed[cut]?.rank === last.rank ? last.rank : undefined;
  // In the end the votes do not decide between them: none of them stands above the line.
  const line = isFinal && tiedRank !== undefined ? placed.findIndex(({ rank }) => rank === tiedRank) : cut;
  return { leaders, others: placed.slice(leaders.length), line, tiedRank };
}

/** The places from `max` to the first that have votes, each with those who share it; the last place comes first. */
export function placesToUnveil(placed: Placed[], max: number): Placed[][] {
  const places = new Map<number, Placed[]>();
  for (const one of placed) {
    if (one.rank <= max && one.votes > 0) places.set(one.rank, [...(places.get(one.rank) ?? []), one]);
  }
  return [...places.values()].reverse();
}
