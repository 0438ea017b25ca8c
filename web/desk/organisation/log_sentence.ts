// An entry of the audit log as a sentence, and its changes as people say them.
import { formatTime } from "../../shared/format";
import { isWay, wayNames } from "../parts/ways";
import { t, type Words } from "./log_texts";
import type { LogEntryFragment } from "./operations";

export type LogEntry = LogEntryFragment;
type Change = LogEntry["changes"][number];

/** The word that stands for a personal value, which the log does not keep. */
const personal = "changed";
const times = new Set(["votingOpensAt", "votingClosesAt", "pausedAt", "scheduledFor", "from", "until"]);
const pictures = new Set(["coverMedia", "portraitMedia", "coverUrl"]);
const hashes = new Set(["fileSha256", "sha256"]);
const ids = new Set(["categoryId", "nomineeId", "authorId", "approverId"]);
/** Characters of a hash or an id that are shown. */
const idChars = 12;

/** The value of a field in words; empty where there is none. */
export function valueInWords(field: string, value: string | null, timeZone: string): string {
  if (!value) return "";
  if (value === personal) return t().personal;
  if (times.has(field)) {
    return formatTime(Date.parse(value), { timeZone, dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
  }
  if (pictures.has(field)) return t().picture;
  if (ids.has(field) || hashes.has(field)) return value.length > idChars ? `${value.slice(0, idChars)}…` : value;
  if (field === "action") return deedOf(value);
  if (field === "rules.admits") return wayNames(value.split(" ").filter(isWay));
  if (field === "kind") return t().exports[value] ?? value;
  if (field === "format") return value.toUpperCase();
  return Object.hasOwn(t().values, value) ? t().values[value]! : value;
}

/** The name of a field for people. */
export const fieldInWords = (field: string) => t().fields[field] ?? field;

/** What an action is, as somebody wants to do it. */
export const deedOf = (action: string) => t().deeds[action] ?? t().unknownDeed(action);

function actorOf({ actorKind, actorName }: LogEntry): string {
  if (actorKind === "OPERATOR") return t().operator;
  if (actorKind === "CLOCK") return t().clock;
  return actorName || t().nobody;
}

/** The object as it was named then, else as it is named now; a nominee with its number. */
function subjectOf({ action, actorKind, actorName, subject, subjectLabel }: LogEntry): string {
  const noun = action.split(".")[0]!;
  if (noun === "account" && actorKind === "STAFF" && actorName === subjectLabel) return t().ownAccount;
  if (subject?.__typename === "Nominee") return t().nominee(subject.number, subjectLabel || subject.name);
  if (noun === "export") return t().exports[subjectLabel] ?? subjectLabel;
  if (noun === "import") return t().imports[subjectLabel] ?? subjectLabel;
  const isPerson = ["account", "member", "invitation", "nominee"].includes(noun);
  if (subjectLabel) return isPerson ? subjectLabel : t().quoted(subjectLabel);
  if (subject?.__typename === "Campaign" || subject?.__typename === "Story") return t().quoted(subject.title);
  if (subject?.__typename === "Category" || subject?.__typename === "Organisation") return t().quoted(subject.name);
  return "";
}

/** The entry as one sentence, with its reason. */
export function sentenceOf(entry: LogEntry, timeZone: string): string {
  const { action, changes, reason } = entry;
  const who = actorOf(entry);
  const what = subjectOf(entry);
  const of = (field: string): Words => {
    const change = changes.find((found) => found.field === field);
    const words = (value: string | null | undefined) => valueInWords(field, value ?? null, timeZone);
    return { before: words(change?.before), after: words(change?.after) };
  };
  const plain =
    action === "access.refused"
      ? t().refused(who, what, of("action").after || deedOf(action))
      : (t().sentences[action]?.(who, what || t().something, of) ?? t().unknown(who, what || t().something, action));
  return reason ? t().withReason(plain, reason) : t().withoutReason(plain);
}

/** The changes that are shown below the sentence. */
export function shownChanges({ action, changes }: LogEntry): readonly Change[] {
  // The sentence says all of these.
  if (action === "access.refused" || action.startsWith("case.")) return [];
  const isNew = action === "campaign.create" || action === "campaign.clone";
  // The log has nothing for the mini-program alone, which was the only account before there were others.
  const said = (text: string | null) => text ?? "WECHAT_MINI_PROGRAM";
  return changes.map((change) =>
    change.field === "rules.admits"
      ? { ...change, before: isNew ? change.before : said(change.before), after: said(change.after) }
      : change,
  );
}

/** The known actions, in groups as people look for them. */
export function actionGroups(): [string, string[]][] {
  const groupOf = (action: string) => {
    const noun = action.split(".")[0]!;
    if (noun === "report") return "campaign";
    if (noun === "upload" || noun === "export") return "import";
    return noun === "invitation" ? "member" : noun;
  };
  const actions = Object.keys(t().deeds);
  return Object.entries(t().groups).map(([group, name]) => [name, actions.filter((action) => groupOf(action) === group)]);
}
