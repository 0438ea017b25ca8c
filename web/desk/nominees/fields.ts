// The fields of a nominee as they are edited, what is wrong with them, and what of them the public reads.
import { type Amendment, amendmentSentence } from "../../shared/amendment";
import { now } from "../../shared/clock";
import { execute } from "../../shared/server";
import type { Campaign } from "../campaign";
import type { UserError } from "../parts/form";
import { staff } from "../session";
import { UpdateNominee } from "./operations";
import type { Nominee, NomineeDetails, Roster } from "./roster";
import { t } from "./texts";

/** The texts are as they are typed; an empty one is none. */
export type Fields = {
  name: string;
  number: string;
  employer: string;
  city: string;
  title: string;
  categoryId: string;
  summary: string;
};

export const fieldNames = ["name", "number", "employer", "title", "city", "categoryId", "summary"] as const;
/** The fields that can be edited in the list. */
export const cellFields = ["name", "employer", "title", "city"] as const;
export type CellField = (typeof cellFields)[number];

/** The most characters of each field. */
export const charsMax = { name: 200, employer: 200, title: 200, city: 100, summary: 2_000 };

export const fieldsOf = ({ name, number, employer, city, title, category, summary }: NomineeDetails): Fields => ({
  name,
  number: String(number),
  employer,
  city: city ?? "",
  title: title ?? "",
  categoryId: category.id,
  summary,
});

/** A number as it is typed, full-width figures too; not a number where it is none that the list can have. */
export function typedNumber(text: string): number {
  const plain = text.normalize("NFKC").trim();
  const number = /^\d+$/.test(plain) ? Number(plain) : NaN;
  return number >= 1 && number <= 999_999 ? number : NaN;
}

/** What is wrong with fields before they are sent. */
export function faultsOf(fields: Fields, isNew: boolean): UserError[] {
  const fault = (field: keyof Fields, message: string) => ({ code: "INVALID_FIELD", message, path: ["input", field] });
  const missing = (["name", "employer"] as const).filter((field) => !fields[field].trim());
  const faults = missing.map((field) => fault(field, t().isNeeded));
  const mayBeEmpty = isNew && !fields.number.trim();
  if (!mayBeEmpty && Number.isNaN(typedNumber(fields.number))) faults.push(fault("number", t().wrongNumber));
  return faults;
}

/** The part of an input that changed fields are. */
export function inputOf(changes: Partial<Fields>) {
  const { number, ...texts } = changes;
  return { ...texts, ...(number !== undefined && number.trim() !== "" && { number: typedNumber(number) }) };
}

const publicFields = ["number", "name", "employer"] as const;

/** Whether a change is one that the public reads, with its reason. */
export const isPublic = (campaign: Campaign, changes: Partial<Fields>) =>
  campaign.desk.hasVotes && publicFields.some((field) => changes[field] !== undefined);

/** The sentence that the public will read of a change. */
export function publicSentence(campaign: Campaign, before: Nominee, changes: Partial<Fields>, reason: string): string {
  const amendment: Amendment = {
    at: new Date(now()).toISOString(),
    subjectLabel: changes.name?.trim() || before.name,
    changes: publicFields
      .filter((field) => changes[field] !== undefined)
      .map((field) => ({ field, before: String(before[field]), after: changes[field]!.trim() })),
    reason: reason.trim() || t().noReasonYet,
  };
  return amendmentSentence(amendment, campaign);
}

/** Saves changes of a nominee, which the list takes over; gives what was refused. Throws an `ApiError`. */
export async function save(
  roster: Roster,
  nomineeId: string,
  expectedRevision: number,
  changes: Partial<Fields>,
  reason: string | undefined,
): Promise<{ nominee: NomineeDetails | null; userErrors: UserError[] }> {
  const input = { nomineeId, expectedRevision, ...inputOf(changes), ...(reason && { reason }) };
  const { updateNominee } = await execute(UpdateNominee, { input }, { as: staff });
  const { nominee, userErrors } = updateNominee;
  if (nominee) roster.put(nominee);
  return { nominee, userErrors };
}
