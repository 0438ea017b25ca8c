// The figures of the board: pushed, else asked for, and the order in which they are shown.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { type ConnectionState, watch } from "../../shared/live";
import { ApiError, request } from "../../shared/server";
import { staff } from "../../shared/session";
import { type BoardTallyFragment, WatchTally } from "../operations";
import { type Campaign, type Nominee, readBoard } from "./campaign";

interface Standing {
  votes: number;
  rank: number;
}

/** The figures of the board, by whichever transport they came. */
export interface Figures {
  version: number;
  asOfMs: number;
  counted: number;
  /** The part of them that is of nominees who are listed no more. */
  withdrawn: number;
  withheld: number;
  voters: number;
  standings: Map<number, Standing>;
}

const pollMs = 2_000;
/** Rows change places at most this often, so that they can be followed. */
const orderMs = 2_000;
/** Nominees that the roster lacks are looked for this often; the server's own reading of campaigns takes a moment. */
const mismatchPollMs = 2_000;

const figuresOf = (tally: BoardTallyFragment): Figures => ({
  version: tally.version,
  asOfMs: Date.parse(tally.asOf),
  counted: tally.countedVotes,
  withdrawn: tally.withdrawnVotes,
  withheld: tally.withheldVotes,
  voters: tally.voters,
  standings: new Map(tally.entries.map(({ nominee, votes, rank }) => [nominee.number, { votes, rank }])),
});

/** The public tally as it is polled: most answers are "not modified". */
class PublicTally {
  #etag: string | null = null;

  constructor(private readonly slug: string) {}

  /** The figures, where they are newer than the last ones. Throws when they cannot be had. */
  poll(): Promise<Figures | undefined> {
    const headers: HeadersInit = this.#etag ? { "if-none-match": this.#etag } : {};
    const path = `/campaigns/${encodeURIComponent(this.slug)}/tally.json`;
    return request(path, { cache: "no-store", headers }, (response) => this.#read(response));
  }

  async #read(response: Response): Promise<Figures | undefined> {
    if (response.status === 304) return undefined;
    if (!response.ok) throw new ApiError(response.status === 404 ? "NOT_FOUND" : "UNAVAILABLE", "no tally");
    this.#etag = response.headers.get("etag");
    const tally = (await response.json()) as {
      version: number;
      asOf: string;
      countedVotes: number;
      withdrawnVotes: number;
      withheldVotes: number;
      voters: number;
      categories: { entries: (Standing & { number: number })[] }[];
    };
    const entries = tally.categories.flatMap((category) => category.entries);
    return {
      version: tally.version,
      asOfMs: Date.parse(tally.asOf),
      counted: tally.countedVotes,
      withdrawn: tally.withdrawnVotes,
      withheld: tally.withheldVotes,
      voters: tally.voters,
      standings: new Map(entries.map(({ number, votes, rank }) => [number, { votes, rank }])),
    };
  }
}

interface Watched {
  slug: string;
  campaign: Campaign;
  tally: BoardTallyFragment;
  reload: () => Promise<void>;
}

/** The figures of now, with the state of the connection that they come by. */
export function useFigures({ slug, campaign, tally, reload }: Watched) {
  const [figures, setFigures] = useState(() => figuresOf(tally));
  const [state, setState] = useState<ConnectionState>("connecting");
  const [lastContactMs, setLastContact] = useState(now);
  const takeFigures = (next: Figures) => {
    setLastContact(now());
    setFigures((before) => (next.version > before.version || next.asOfMs > before.asOfMs ? next : before));
  };
  useEffect(() => {
    const publicTally = new PublicTally(slug);
    return watch({
      document: WatchTally,
      variables: { campaignId: campaign.id },
      as: staff,
      onData: ({ tallyChanged }) => takeFigures(figuresOf(tallyChanged)),
      onState: (next) => {
        setState(next);
        if (next !== "lost") setLastContact(now());
      },
      poll: async () => {
        if (staff.isOpen()) {
          const polled = await readBoard(slug);
          if (polled?.tally) takeFigures(figuresOf(polled.tally));
          else await reload();
          return;
        }
        const polled = await publicTally.poll().catch(async (error: ApiError) => {
          // Hidden from now on: the campaign says why.
          if (error.code === "NOT_FOUND") await reload();
          throw error;
        });
        if (polled) takeFigures(polled);
      },
      pollMs,
    });
  }, [campaign.id]);
  return { figures, state, lastContactMs };
}

/** Reads the roster again while it has other nominees than the figures: some were added or withdrawn. */
export function useMatchingRoster(roster: Nominee[], figures: Figures, reload: () => Promise<void>): void {
  const rosterNumbers = useMemo(() => new Set(roster.map(({ number }) => number)), [roster]);
  const isMismatch =
    rosterNumbers.size !== figures.standings.size || [...rosterNumbers].some((number) => !figures.standings.has(number));
  useEffect(() => {
    if (!isMismatch) return;
    const timer = setInterval(() => void reload(), mismatchPollMs);
    return () => clearInterval(timer);
  }, [isMismatch]);
}

/** The figures whose order is shown: newer ones take their place at most every `orderMs`. */
export function useOrder(figures: Figures): Figures {
  const [ordered, setOrdered] = useState(figures);
  const first = useRef(ordered);
  const drawnMs = useRef(-Infinity);
  // Counted from when the last change was drawn, which on a busy machine is later than when it was due.
  useLayoutEffect(() => {
    if (ordered !== first.current) drawnMs.current = performance.now();
  }, [ordered]);
  useEffect(() => {
    if (figures === ordered) return;
    const wait = Math.max(0, drawnMs.current + orderMs - performance.now());
    const timer = setTimeout(() => setOrdered(figures), wait);
    return () => clearTimeout(timer);
  }, [figures, ordered]);
  return ordered;
}
