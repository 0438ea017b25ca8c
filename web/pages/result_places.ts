// The places of a category as the server ranks them: who is chosen, and whom the votes do not decide between.
import type { FindResultQuery } from "./operations";

export type Tally = NonNullable<NonNullable<FindResultQuery["campaign"]>["tally"]>;
export type Entry = Tally["entries"][number];

const podiumMax = 3;

export interface Places {
  /** The first of the chosen, at most three; a place that more share stands in the list. */
  podium: Entry[];
  /** The chosen who are not on the podium. */
  chosen: Entry[];
  /** Those who share the last place at the line, where they are more than fit. */
  tied: Entry[];
  /** The places that are left for them. */
  openPlaces: number;
  below: Entry[];
  /** The ranks that several share. */
  sharedRanks: ReadonlySet<number>;
  hasVotes: boolean;
}

/** The places of a category's entries, best first, of which `size` are chosen. */
export function placesOf(entries: readonly Entry[], size: number): Places {
  const within = entries.filter(({ rank }) => rank <= size);
  const tiedRank = within.length > size ? within.at(-1)!.rank : undefined;
  const chosen = within.filter(({ rank }) => rank !== tiedRank);
  let podium = chosen.filter(({ rank, votes }) => rank <= podiumMax && votes > 0);
  if (podium.length > podiumMax) {
    const lastRank = podium.at(-1)!.rank;
    podium = podium.filter(({ rank }) => rank !== lastRank);
  }
  const ranks = entries.map(({ rank }) => rank);
  return {
    podium,
    chosen: chosen.slice(podium.length),
    tied: within.filter(({ rank }) => rank === tiedRank),
    openPlaces: tiedRank === undefined ? 0 : size - (tiedRank - 1),
    below: entries.slice(within.length),
    sharedRanks: new Set(ranks.filter((rank, index) => rank === ranks[index - 1])),
    hasVotes: entries.some(({ votes }) => votes > 0),
  };
}
