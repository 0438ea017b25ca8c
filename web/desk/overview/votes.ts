// Votes over time, read again as long as somebody looks: only what may have changed.
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { type Campaign, mayHere } from "../campaign";
import { dayStart } from "../parts/calendar";
import { staff } from "../session";
import { FindPace, FindTurnout, type TurnoutFragment, type TurnoutStep } from "./operations";

/**
 * Votes are read again this often. The server sums a row for each minute, nominee and client: of an hour it has
 * thousands, and of a day a hundred thousand.
 */
const refreshMs: Record<TurnoutStep, number> = { MINUTE: 10_000, HOUR: 30_000, DAY: 120_000 };
const paceMs = 30_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** How long a step is; a day may have an hour more or less. */
export const stepMs: Record<TurnoutStep, number> = { MINUTE: minuteMs, HOUR: hourMs, DAY: dayMs };
/** As much as the server gives at once. */
const spanMaxMs: Record<TurnoutStep, number> = { MINUTE: dayMs, HOUR: 31 * dayMs, DAY: 366 * dayMs };

/** A part of time: how long its steps are, and how much of it is shown; all that there is without. */
export interface Span {
  by: TurnoutStep;
  lastMs?: number;
}

export const spans = {
  hours: { by: "HOUR" },
  days: { by: "DAY" },
  "minutes-hour": { by: "MINUTE", lastMs: hourMs },
  "minutes-day": { by: "MINUTE", lastMs: dayMs },
} as const satisfies Record<string, Span>;
export type SpanName = keyof typeof spans;

export interface Point {
  /** Its beginning, in milliseconds. */
  at: number;
  votes: number;
  page: number;
  miniProgram: number;
  other: number;
  /** Votes by guests, whatever their clients. */
  guests: number;
}

const pointOf = (point: TurnoutFragment): Point => ({ ...point, at: Date.parse(point.at) });

/** The end of what is counted: now, or the closing. */
export const endOf = (campaign: Campaign) => Math.min(now(), Date.parse(campaign.votingClosesAt));

const floorMinute = (ms: number) => Math.floor(ms / minuteMs) * minuteMs;
const text = (ms: number) => new Date(ms).toISOString();

/** The beginning of a span; none where it is as long as the server gives at once. */
function beginning(campaign: Campaign, { lastMs }: Span): number | undefined {
  if (lastMs === undefined) return undefined;
  // The minute that is not over is one of them.
  return floorMinute(endOf(campaign)) - lastMs + minuteMs;
}

/** From where on a span is read again: the steps before can have changed no more. */
function rereadFrom(known: readonly Point[], { by }: Span, timeZone: string): number | undefined {
  const last = known.at(-1)?.at;
  if (last === undefined) return undefined;
  if (by === "MINUTE") return last - 2 * minuteMs;
  return by === "HOUR" ? last - hourMs : dayStart(last - hourMs, timeZone);
}

export interface Turnout {
  /** The steps that have votes; none before the first answer. */
  points: readonly Point[] | undefined;
  error: unknown;
  retry: () => void;
}

/** The votes of a span of time. */
export function useTurnout(campaign: Campaign, span: Span): Turnout {
  const [points, setPoints] = useState<readonly Point[]>();
  const [error, setError] = useState<unknown>();
  const known = useRef<readonly Point[] | undefined>(undefined);
  const wanted = useRef<object | undefined>(undefined);
  const { slug, timeZone } = campaign;
  const isShown = mayHere("READ_FIGURES");
  const read = async () => {
    if (!isShown) return;
    const mine = (wanted.current = {});
    const start = beginning(campaign, span);
    const again = known.current && rereadFrom(known.current, span, timeZone);
    const from = start === undefined ? again : Math.max(start, again ?? start);
    try {
      const variables = { slug, by: span.by, from: from === undefined ? null : text(from) };
      const { campaign: found } = await execute(FindTurnout, variables, { as: staff, isBackground: true });
      if (mine !== wanted.current) return;
      const read = (found?.desk?.turnout ?? []).map(pointOf);
      const kept = (known.current ?? []).filter(({ at }) => at >= (start ?? 0) && at < (read[0]?.at ?? Infinity));
      known.current = [...kept, ...read];
      setPoints(known.current);
      setError(undefined);
    } catch (failure) {
      if (mine === wanted.current) setError(failure);
    }
  };
  useEffect(() => {
    known.current = undefined;
    setPoints(undefined);
    void read();
    return () => (wanted.current = undefined);
  }, [slug, span, isShown]);
  useLookAgain(refreshMs[span.by], () => void read());
  return { points, error, retry: () => void read() };
}

/** The steps of a span without gaps: those without votes too. */
export function withoutGaps(points: readonly Point[], span: Span, campaign: Campaign): Point[] {
  const end = endOf(campaign);
  const known = new Map(points.map((point) => [point.at, point]));
  const filled: Point[] = [];
  const first = Math.max(Date.parse(campaign.votingOpensAt), beginning(campaign, span) ?? end - spanMaxMs[span.by] + hourMs);
  for (let at = startOf(first, points, span, campaign.timeZone); at <= end; at = next(at, span, campaign.timeZone)) {
    filled.push(known.get(at) ?? { at, votes: 0, page: 0, miniProgram: 0, other: 0, guests: 0 });
  }
  return filled;
}

/** The beginning of the step of a moment. */
function startOf(ms: number, points: readonly Point[], { by }: Span, timeZone: string): number {
  if (by === "DAY") return dayStart(ms, timeZone);
  if (by === "MINUTE") return floorMinute(ms);
  // Some time zones have hours that begin at the half of others'.
  const phase = (points[0]?.at ?? 0) % hourMs;
  return Math.floor((ms - phase) / hourMs) * hourMs + phase;
}

function next(at: number, { by }: Span, timeZone: string): number {
  // A day of 25 hours has another beginning a day later; the day after begins within 36 hours of any.
  if (by === "DAY") return dayStart(at + 1.5 * dayMs, timeZone);
  return at + stepMs[by];
}

export interface Pace {
  lastHour: number;
  /** The votes of the same hour of the day before; none where nobody could vote then. */
  before: number | undefined;
}

/** The votes of the last hour, beside those of the same time yesterday; none while nobody can vote. */
export function usePace(campaign: Campaign): Pace | undefined {
  const [pace, setPace] = useState<Pace>();
  const { slug, phase } = campaign;
  const isShown = mayHere("READ_FIGURES") && (phase === "VOTING" || phase === "PAUSED");
  const read = async () => {
    if (!isShown) return;
    const time = now();
    const from = floorMinute(time) - hourMs + minuteMs;
    const variables = { slug, from: text(from), before: text(from - dayMs), beforeEnd: text(time - dayMs) };
    try {
      const { campaign: found } = await execute(FindPace, variables, { as: staff, isBackground: true });
      if (!found?.desk) return;
      const { lastHour, before } = found.desk;
      // Of yesterday's last minute as much as has passed of this one.
      const isLast = (at: string) => Date.parse(at) >= floorMinute(time) - dayMs;
      const weight = (time - floorMinute(time)) / minuteMs;
      const yesterday = before.reduce((sum, { at, votes }) => sum + votes * (isLast(at) ? weight : 1), 0);
      const wasOpen = Date.parse(campaign.votingOpensAt) <= from - dayMs;
      setPace({ lastHour: lastHour.reduce((sum, { votes }) => sum + votes, 0), before: wasOpen ? yesterday : undefined });
    } catch {
      // The last ones stay; the next time comes soon.
    }
  };
  useEffect(() => {
    setPace(undefined);
    void read();
  }, [slug, isShown]);
  useLookAgain(paceMs, () => void read());
  return pace;
}
