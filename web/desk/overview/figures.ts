// The figures of now, as they come: by subscription, else by asking again and again.
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { type ConnectionState, watch } from "../../shared/live";
import { execute } from "../../shared/server";
import { type Campaign, mayHere } from "../campaign";
import { sessionState, staff } from "../session";
import { type DeskTallyFragment, FindDeskTally, WatchDeskTally } from "./operations";

export interface Standing {
  number: number;
  votes: number;
  /** Those of them that guests cast. */
  guests: number;
  rank: number;
}

/** The figures of a campaign. */
export interface Figures {
  version: number;
  asOfMs: number;
  /** All votes, those withheld too. */
  raw: number;
  counted: number;
  /** The part of them that guests cast. */
  guests: number;
  /** The part of them that is of nominees who are listed no more. */
  withdrawn: number;
  withheld: number;
  voters: number;
  /** Best first within each category. */
  standings: readonly Standing[];
}

const pollMs = 2_000;
/** Figures are drawn at most this often, however many votes there are. */
const drawMs = 200;

const figuresOf = (tally: DeskTallyFragment): Figures => ({
  version: tally.version,
  asOfMs: Date.parse(tally.asOf),
  raw: tally.rawVotes,
  counted: tally.countedVotes,
  guests: tally.guestVotes,
  withdrawn: tally.withdrawnVotes,
  withheld: tally.withheldVotes,
  voters: tally.voters,
  standings: tally.entries.map(({ nominee, votes, guestVotes, rank }) => ({
    number: nominee.number,
    votes,
    guests: guestVotes,
    rank,
  })),
});

/** Whether voting has closed. */
export const isOver = ({ phase }: Campaign) => phase === "ENDED" || phase === "PUBLISHED" || phase === "ARCHIVED";

/** Whether the member may see the figures: as one who may read them, or because everybody may. */
export function seesFigures(campaign: Campaign): boolean {
  const { tallyVisibility } = campaign.rules;
  const isPublic = tallyVisibility === "LIVE" || (tallyVisibility === "AFTER_CLOSE" && isOver(campaign));
  return mayHere("READ_FIGURES") || (isPublic && campaign.phase !== "DRAFT");
}

/** Whether votes of guests are shown apart: where they may vote, or have voted. */
export const tellsGuests = ({ rules }: Campaign, guests = 0) => guests > 0 || rules.admits.includes("GUEST");

export interface LiveFigures {
  /** None before the first ones have come. */
  figures: Figures | undefined;
  state: ConnectionState;
  lastContactMs: number;
}

/** The figures of a campaign, drawn anew as they change, with the state of the connection that they come by. */
export function useFigures(campaign: Campaign): LiveFigures {
  const [figures, setFigures] = useState<Figures>();
  const [state, setState] = useState<ConnectionState>("connecting");
  const lastContactMs = useRef(now());
  const isShown = seesFigures(campaign);
  const hasEnded = sessionState.use() === "ended";
  const { id, slug } = campaign;
  useEffect(() => {
    // Below the sign-in the figures stand as they were, and nothing is asked.
    if (hasEnded) return setState("lost");
    setFigures(undefined);
    if (!isShown) return;
    let newest: DeskTallyFragment | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let drawnMs = -Infinity;
    const draw = () => {
      timer = undefined;
      drawnMs = performance.now();
      setFigures(figuresOf(newest!));
    };
    const take = (tally: DeskTallyFragment) => {
      lastContactMs.current = now();
      if (newest && tally.version <= newest.version && tally.asOf <= newest.asOf) return;
      newest = tally;
      timer ??= setTimeout(draw, Math.max(0, drawnMs + drawMs - performance.now()));
    };
    const stop = watch({
      document: WatchDeskTally,
      variables: { campaignId: id },
      as: staff,
      onData: ({ tallyChanged }) => take(tallyChanged),
      onState: (next) => {
        setState(next);
        if (next !== "lost") lastContactMs.current = now();
      },
      poll: async () => {
        const { campaign: polled } = await execute(FindDeskTally, { slug }, { as: staff, isBackground: true });
        if (polled?.tally) take(polled.tally);
      },
      pollMs,
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [id, isShown, hasEnded]);
  return { figures, state, lastContactMs: lastContactMs.current };
}
