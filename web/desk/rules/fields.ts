// The campaign as its form has it: times by the clock of its time zone, numbers as they are typed.
import { utcToZoned, zonedToUtc } from "../../shared/zoned";
import type { Campaign } from "../campaign";
import type { IdentityKind } from "../operations";
import type { UserError } from "../parts/form";
import { wayNames, waysProblem } from "../parts/ways";
import type { UpdateCampaignInput } from "./operations";
import { r } from "./texts";

type Rules = Campaign["rules"];

/** A type, not an interface: drafts are of types with an index. */
export type CampaignFields = {
  title: string;
  summary: string;
  slug: string;
  timeZone: string;
  opensAt: string;
  closesAt: string;
  votesPerPeriod: string;
  period: Rules["period"];
  scope: Rules["scope"];
  tallyVisibility: Rules["tallyVisibility"];
  admits: readonly IdentityKind[];
  challenge: Rules["challenge"];
};

export type FieldName = keyof CampaignFields;

const timesAndRules: readonly FieldName[] = [
  "timeZone",
  "opensAt",
  "closesAt",
  "votesPerPeriod",
  "period",
  "scope",
  "tallyVisibility",
  "admits",
  "challenge",
];
const ruleFields: readonly FieldName[] = ["votesPerPeriod", "period", "scope", "tallyVisibility", "admits", "challenge"];

/** The fields of the input that the form shows, for the refusals that stand beside them. */
export const inputFields = ["title", "summary", "slug", "timeZone", "votingOpensAt", "votingClosesAt", "rules", "admits"];

export const fieldsOf = ({ title, summary, slug, timeZone, votingOpensAt, votingClosesAt, rules }: Campaign): CampaignFields => ({
  title,
  summary,
  slug,
  timeZone,
  opensAt: utcToZoned(votingOpensAt, timeZone),
  closesAt: utcToZoned(votingClosesAt, timeZone),
  votesPerPeriod: String(rules.votesPerPeriod),
  period: rules.period,
  scope: rules.scope,
  tallyVisibility: rules.tallyVisibility,
  admits: rules.admits,
  challenge: rules.challenge,
});

/** Why the address, the times and the rules of a campaign cannot be edited any more; none where they can. */
export interface Fixed {
  slug: string | undefined;
  times: string | undefined;
  /** It says, too, what can still be amended. */
  rules: string | undefined;
}

export function fixedOf({ phase, desk }: Campaign): Fixed {
  const isOver = phase === "ENDED" || phase === "PUBLISHED";
  return {
    slug: desk.lifecycle === "DRAFT" ? undefined : r().fixedAnnounced,
    times: isOver ? r().fixedOver : desk.hasVotes ? r().fixedVote : undefined,
    rules: isOver ? r().fixedOverAmend : desk.hasVotes ? r().fixedVoteAmend : undefined,
  };
}

export const isFixed = (field: FieldName, fixed: Fixed) =>
  field === "slug" ? !!fixed.slug : timesAndRules.includes(field) && !!fixed.times;

/** Whether two values of a field are the same. */
export const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The name of a field for people. */
export function labelOf(field: FieldName): string {
  const texts = r();
  const names: Record<FieldName, string> = {
    title: texts.title,
    summary: texts.summary,
    slug: texts.address,
    timeZone: texts.timeZone,
    opensAt: texts.opens,
    closesAt: texts.closes,
    votesPerPeriod: texts.quota,
    period: texts.period,
    scope: texts.scope,
    tallyVisibility: texts.visibility,
    admits: texts.admits,
    challenge: texts.challenge,
  };
  return names[field];
}

/** The value of a field for people. */
export function valueOf(field: FieldName, value: unknown): string {
  const { periods, scopes, visibilities, challenges } = r();
  switch (field) {
    case "period":
      return periods[value as keyof typeof periods];
    case "scope":
      return scopes[value as keyof typeof scopes];
    case "tallyVisibility":
      return visibilities[value as keyof typeof visibilities];
    case "challenge":
      return challenges[value as keyof typeof challenges];
    case "admits":
      return wayNames(value as CampaignFields["admits"]) || r().nobody;
    case "opensAt":
    case "closesAt":
      return String(value).replace("T", " ");
    default:
      return String(value);
  }
}

/** A number of votes as it was typed; none where it is no such number. */
export const quotaOf = (typed: string) => (/^\d{1,4}$/.test(typed.trim()) ? Number(typed) : undefined);

/** What can be seen to be wrong without the server. */
export function faultsOf({ opensAt, closesAt, votesPerPeriod, admits }: CampaignFields): UserError[] {
  const faults: UserError[] = [];
  const votes = quotaOf(votesPerPeriod);
  if (!opensAt) faults.push({ code: "TIME", message: r().timeMissing, path: ["votingOpensAt"] });
  if (!closesAt) faults.push({ code: "TIME", message: r().timeMissing, path: ["votingClosesAt"] });
  if (!votes || votes > 1_000) faults.push({ code: "INVALID_QUOTA", message: r().quotaBounds, path: ["rules"] });
  const ways = waysProblem(admits);
  if (ways) faults.push({ code: "INVALID_ADMITS", message: ways, path: ["admits"] });
  return faults;
}

/** The moment that has the same time of day in another time zone; its seconds, which no field shows, stay. */
function moved(moment: string, from: string, to: string): string {
  const local = utcToZoned(moment, from);
  const shiftMs = Date.parse(zonedToUtc(local, to)) - Date.parse(zonedToUtc(local, from));
  return new Date(Date.parse(moment) + shiftMs).toISOString();
}

/** The input that changes what differs. */
export function inputOf(campaign: Campaign, revision: number, fields: CampaignFields, changed: readonly FieldName[]) {
  const input: UpdateCampaignInput = { campaignId: campaign.id, expectedRevision: revision };
  const isChanged = (field: FieldName) => changed.includes(field);
  if (isChanged("title")) input.title = fields.title;
  if (isChanged("summary")) input.summary = fields.summary;
  if (isChanged("slug")) input.slug = fields.slug.trim();
  if (isChanged("timeZone")) input.timeZone = fields.timeZone;
  if (isChanged("opensAt")) input.votingOpensAt = zonedToUtc(fields.opensAt, fields.timeZone);
  else if (isChanged("timeZone")) input.votingOpensAt = moved(campaign.votingOpensAt, campaign.timeZone, fields.timeZone);
  if (isChanged("closesAt")) input.votingClosesAt = zonedToUtc(fields.closesAt, fields.timeZone);
  else if (isChanged("timeZone")) input.votingClosesAt = moved(campaign.votingClosesAt, campaign.timeZone, fields.timeZone);
  if (ruleFields.some(isChanged)) {
    input.rules = {
      votesPerPeriod: Number(fields.votesPerPeriod),
      period: fields.period,
      scope: fields.scope,
      tallyVisibility: fields.tallyVisibility,
      admits: [...fields.admits],
      challenge: fields.challenge,
    };
  }
  return input;
}
