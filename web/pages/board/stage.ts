// The stage of a board: its mode with the category and place, kept in the address for a reload to find, and the
// changes of mode that come by themselves with the server's clock.
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { type Campaign, isPublished } from "./campaign";

/** The modes in the order of their keys. */
export const modes = ["all", "category", "last-minute", "unveiling", "final"] as const;
export type Mode = (typeof modes)[number];
export type Look = "dark" | "light";

export interface Stage {
  mode: Mode;
  /** The key of a category, in the modes that show one. */
  category?: string | undefined;
  /** The place that was unveiled last. */
  place?: number | undefined;
  /** The mode that the last minute has taken over from: it comes back when the close moves away. */
  from?: Mode | undefined;
  /** A look that was chosen; else the device's. */
  look?: Look | undefined;
}

export const lastMinuteMs = 60_000;

const modeOf = (text: string | null) => modes.find((mode) => mode === text);

function readAddress(campaign: Campaign | undefined): Stage {
  const query = new URLSearchParams(location.search);
  const place = Number(query.get("place"));
  const look = query.get("look");
  return {
    mode: modeOf(query.get("mode")) ?? (campaign && isPublished(campaign) ? "final" : "all"),
    category: query.get("category") ?? undefined,
    place: Number.isInteger(place) && place > 0 ? place : undefined,
    from: modeOf(query.get("from")),
    look: look === "dark" || look === "light" ? look : undefined,
  };
}

function writeAddress(stage: Stage): void {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(stage)) if (value !== undefined) query.set(name, String(value));
  history.replaceState(history.state, "", `?${query.toString()}`);
}

export type ChangeStage = (change: Partial<Stage>) => void;

/** The stage of a campaign's board, and the function that changes it. */
export function useStage(campaign: Campaign | undefined): [Stage, ChangeStage] {
  const [chosen, setChosen] = useState<Stage>();
  const stage = chosen ?? readAddress(campaign);
  const change = (next: Partial<Stage>) => {
    const changed = { ...stage, ...next };
    writeAddress(changed);
    setChosen(changed);
  };
  useOwnChanges(campaign, stage, change);
  return [stage, change];
}

/** The last minute begins by itself, ends where the close moves, and what is published is shown. */
function useOwnChanges(campaign: Campaign | undefined, stage: Stage, change: ChangeStage): void {
  // Somebody who leaves the last minute is not brought back to it, nor who looks back from what was published.
  const begunForMs = useRef<number | undefined>(undefined);
  const hasWaited = useRef(false);
  const act = () => {
    if (!campaign) return;
    const { mode, from } = stage;
    const isStanding = mode === "all" || mode === "category";
    const closesMs = Date.parse(campaign.votingClosesAt);
    const isNear = closesMs - now() <= lastMinuteMs;
    if (isPublished(campaign)) {
      const isDue = mode === "last-minute" || (isStanding && hasWaited.current);
      hasWaited.current = false;
      if (isDue) change({ mode: "final", from: undefined });
      return;
    }
    hasWaited.current = true;
    if (campaign.phase === "VOTING" && isNear && isStanding && begunForMs.current !== closesMs) {
      begunForMs.current = closesMs;
      change({ mode: "last-minute", from: mode });
    } else if (mode === "last-minute" && from && !isNear && campaign.phase !== "ENDED") {
      change({ mode: from, from: undefined });
    }
  };
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const timer = setInterval(() => latest.current(), 200);
    return () => clearInterval(timer);
  }, []);
  useEffect(act, [campaign?.phase, campaign?.votingClosesAt]);
}
