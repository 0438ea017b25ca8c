// Cases and signals in words: where they stand, their numbers, and the way to their votes.
import { locale } from "../../shared/format";
import { utcToZoned } from "../../shared/zoned";
import type { Campaign } from "../campaign";
import { campaignPath } from "../route";
import { votesId } from "../withholding/access";
import type { CaseStanding } from "./open";
import type { SignalKind } from "./operations";
import { type Unit, t } from "./texts";

const minuteMs = 60_000;

const tones: Record<CaseStanding, string> = { open: "warning", proposed: "", held: "bad", gone: "", dismissed: "" };

/** Where a case stands, by a word and a colour. */
export const CaseTag = ({ standing }: { standing: CaseStanding }) => (
  <span class={`tag ${tones[standing]}`} data-standing={standing}>
    {t().standings[standing]}
  </span>
);

/** A number of votes or voters; below ten with a digit behind the point where there is something. */
export const numberOf = (n: number) =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: n < 10 ? 1 : 0 }).format(n);

/** A part; a small one not as nothing. */
export const percent = (part: number) =>
  new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: part > 0 && part < 0.1 ? 1 : 0 }).format(part);

/** What the number of a signal of this kind counts. */
export function unitOf(kind: SignalKind): Unit {
  if (kind === "MANY_SMALL_NETWORKS") return "networks";
  return kind === "SAME_BALLOT" || kind === "SELECTIVE_NETWORK" || kind === "SELECTIVE_MODEL" ? "voters" : "votes";
}

interface Votes {
  kind: SignalKind;
  origin: string | null;
  from: string;
  until: string;
  nominees: readonly { id: string }[];
}

/** The way to a signal's votes in groups; none for several nominees, of whom the groups know one. */
export function votesPath({ kind, origin, from, until, nominees }: Votes, { slug, timeZone }: Campaign): string | undefined {
  const [nominee] = nominees;
  if (!nominee || nominees.length > 1) return undefined;
  // The fields have minutes: one that has begun is whole.
  const end = new Date(Math.ceil(Date.parse(until) / minuteMs) * minuteMs).toISOString();
  const parameters = new URLSearchParams({
    nominee: nominee.id,
    from: utcToZoned(from, timeZone),
    until: utcToZoned(end, timeZone),
    ...(kind === "SELECTIVE_MODEL" && { by: "PHONE_MODEL" }),
    ...(origin && { origin }),
  });
  return `${campaignPath(slug, "withholding", votesId)}?${parameters.toString()}`;
}
