// Rules in words: where they stand, and which votes they name.
import type { ComponentChildren } from "preact";
import { now } from "../../shared/clock";
import { moment } from "../../shared/format";
import type { VoteBehaviour, VoteGroupKey, WithholdingPartsFragment } from "./operations";
import { type Standing, t } from "./texts";

export type Rule = WithholdingPartsFragment;
/** The votes that a rule or an offer names, as the server has them. */
export type Selection = Omit<Named, "keys"> & { networks: string[]; networkBlocks: string[]; phoneModels: string[] };

/** Digits of a key that are shown: enough to tell a few hundred groups apart. */
const keyDigits = 8;
/** Keys and nominees that are named before the rest is counted. */
const namedMax = 12;

/** The same where there is one line. */
const inLineMax = 3;

export const shortKey = (key: string) => key.slice(0, keyDigits);

/** What says where a rule stands. */
export type RuleState = Pick<Rule, "state" | "isSettled" | "isActive" | "approvedAt">;

export function standingOf({ state, isSettled, isActive, approvedAt }: RuleState): Standing {
  if (state === "DRAFT") return "draft";
  if (state === "APPLIED") return isSettled ? "held" : isActive ? "active" : "holding";
  if (!approvedAt) return "turnedDown";
  return isSettled ? "reverted" : "releasing";
}

const tones: Record<Standing, string> = {
  draft: "warning",
  holding: "bad",
  active: "bad",
  held: "bad",
  releasing: "warning",
  reverted: "",
  turnedDown: "",
};

/** Where a rule stands, by a word and a colour. */
export function StandingTag({ rule }: { rule: RuleState }) {
  const standing = standingOf(rule);
  return (
    <span class={`tag ${tones[standing]}`} data-standing={standing}>
      {t().standings[standing]}
    </span>
  );
}

/** Whether its votes are on their way, or more may come. */
export const isMoving = ({ isSettled }: Rule) => !isSettled;

/** Changes whenever something of a rule does. */
export const progressOf = ({ id, state, votes, isSettled, editRevision }: Rule) =>
  [id, state, votes, isSettled, editRevision].join();

interface Step {
  /** What was done, by whom and when. */
  text: string;
  at: string;
  why?: string;
}

/** What has happened to a rule, from the beginning. */
export function historyOf(rule: Rule, timeZone: string): Step[] {
  const { createdBy, createdAt, approvedBy, approvedAt, revertedBy, revertedAt, revertReason } = rule;
  const when = (at: string) => moment(Date.parse(at), timeZone, now());
  const who = (name: string | null) => name ?? t().operator;
  const steps: Step[] = [{ text: t().proposedBy(who(createdBy), when(createdAt)), at: createdAt }];
  if (approvedAt) steps.push({ text: t().appliedBy(who(approvedBy), when(approvedAt)), at: approvedAt });
  if (revertedAt) {
    const text = (approvedAt ? t().revertedBy : t().turnedDownBy)(who(revertedBy), when(revertedAt));
    steps.push({ text, at: revertedAt, ...(revertReason && { why: revertReason }) });
  }
  return steps;
}

/** The votes that a rule names, or would name. */
export interface Named {
  nominees: readonly { number: number; name: string }[];
  keys: readonly (readonly [VoteGroupKey, readonly string[]])[];
  namedVoters: number;
  from: string | null;
  until: string | null;
  behaviours: readonly VoteBehaviour[];
  wholeVisit: boolean;
  /** The lowest rank of risk that a platform has given the voters. */
  riskRankMin: number | null;
}

export const namedOf = ({ selection }: { selection: Selection }): Named => ({
  ...selection,
  keys: [
    ["NETWORK", selection.networks],
    ["NETWORK_BLOCK", selection.networkBlocks],
    ["PHONE_MODEL", selection.phoneModels],
  ],
});

/** A window of time; the day is always said. */
export function windowInWords({ from, until }: Pick<Named, "from" | "until">, timeZone: string): string {
  const time = (at: string) => moment(Date.parse(at), timeZone, 0);
  if (from && until) return t().between(time(from), time(until));
  return from ? t().since(time(from)) : until ? t().before(time(until)) : "";
}

const behavioursInWords = (behaviours: readonly VoteBehaviour[]) =>
  behaviours.map((one) => t().behaviours[one]).join(t().either);

interface KeysProps {
  keys: readonly string[];
}

/** Keys of groups, shortened: the whole ones say no more to people. */
export const Keys = ({ keys }: KeysProps) => (
  <>
    <span class="keys-of">
      {keys.slice(0, namedMax).map((key) => (
        <code key={key} title={key}>
          {shortKey(key)}
        </code>
      ))}
    </span>
    {keys.length > namedMax && <small> {t().keyMore(keys.length - namedMax)}</small>}
  </>
);

const nomineesInWords = (nominees: Named["nominees"]) => {
  const named = nominees.slice(0, namedMax).map(({ number, name }) => t().nominee(number, name));
  const rest = nominees.length - named.length;
  return named.join(", ") + (rest > 0 ? ` ${t().keyMore(rest)}` : "");
};

interface NamesProps {
  named: Named;
  timeZone: string;
  /** What stands above and below it. */
  children?: ComponentChildren;
}

/** What a rule names, line by line. */
export function Names({ named, timeZone, children }: NamesProps) {
  const { nominees, keys, namedVoters, behaviours, wholeVisit, riskRankMin } = named;
  const window = windowInWords(named, timeZone);
  const line = (name: string, value: ComponentChildren) => (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl class="names">
      {line(t().nominees, nominees.length > 0 ? nomineesInWords(nominees) : t().anyNominee)}
      {keys.map(([by, keys]) => keys.length > 0 && line(t().keys[by], <Keys keys={keys} />))}
      {namedVoters > 0 && line(t().namedVoters, namedVoters)}
      {riskRankMin !== null && line(t().accounts, t().ratedFrom(riskRankMin))}
      {window && line(t().window, window)}
      {behaviours.length > 0 && line(t().behaviour, behavioursInWords(behaviours))}
      {wholeVisit && line(t().visit, t().wholeVisit)}
      {children}
    </dl>
  );
}

/** The same in one line. */
export function namesInLine(named: Named, timeZone: string): string {
  const more = (all: readonly unknown[]) => (all.length > inLineMax ? "…" : "");
  const keys = named.keys
    .filter(([, keys]) => keys.length > 0)
    .map(([by, keys]) => `${t().keys[by]} ${keys.slice(0, inLineMax).map(shortKey).join(" ")}${more(keys)}`);
  const nominees = nomineesInWords(named.nominees.slice(0, inLineMax)) + more(named.nominees);
  const rated = named.riskRankMin === null ? "" : t().ratedFrom(named.riskRankMin);
  return [nominees, ...keys, rated, windowInWords(named, timeZone)].filter(Boolean).join(" · ");
}
