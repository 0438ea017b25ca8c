// The sentences in which the public reads what was changed after the first vote, and why: the same at the desk, before
// it is done, and on the pages.
import { moment } from "./format";
import { language } from "./language";

interface Change {
  field: string;
  before: string | null;
  after: string | null;
}

/** What was changed at once, and why. */
export interface Amendment {
  at: string;
  /** The title of the campaign, else the name of the category or nominee that was changed. */
  subjectLabel: string;
  changes: readonly Change[];
  reason: string;
}

/** What the sentences say of the campaign. */
interface Amended {
  timeZone: string;
  rules: { period: "DAY" | "CAMPAIGN" };
}

/** The sentence about an amendment, in the language in force or in another. */
export function amendmentSentence(amendment: Amendment, { timeZone, rules }: Amended, tag = language()): string {
  const { at, subjectLabel: label, changes, reason } = amendment;
  const say = (english: string, chinese: string) => (tag === "zh" ? chinese : english);
  // The day is always said.
  const time = (text: string | null) => moment(Date.parse(text!), timeZone, 0, tag);
  const audience = (name: string | null) =>
    name === "LIVE"
      ? say("at all times", "实时公开")
      : name === "AFTER_CLOSE"
        ? say("once voting has closed", "截止后公开")
        : say("to the organisers only", "不公开");
  const clause = ({ field, before: a, after: b }: Change) => {
    switch (field) {
      case "rules.votesPerPeriod":
        return rules.period === "DAY"
          ? say(`votes a day raised from ${a} to ${b}`, `每天可投票数由 ${a} 票增至 ${b} 票`)
          : say(`votes of each voter raised from ${a} to ${b}`, `每人可投票数由 ${a} 票增至 ${b} 票`);
      case "rules.tallyVisibility":
        return say(
          `votes are shown ${audience(b)} (before: ${audience(a)})`,
          `票数由“${audience(a)}”改为“${audience(b)}”`,
        );
      case "rules.challenge":
        return say("the check before a vote was changed", "投票前校验有调整");
      case "votingClosesAt":
        return say(`closing moved from ${time(a)} to ${time(b)}`, `投票截止时间由 ${time(a)} 改为 ${time(b)}`);
      case "shortlistSize":
        return say(`shortlist of “${label}” changed from ${a} to ${b} places`, `“${label}”的入围名额由 ${a} 名改为 ${b} 名`);
      case "name":
        return say(`“${a}” is listed as “${b}” now`, `候选人“${a}”更名为“${b}”`);
      case "number":
        return say(`number of “${label}” changed from ${a} to ${b}`, `“${label}”的编号由 ${a} 号改为 ${b} 号`);
      case "employer":
        return say(`employer of “${label}” changed from ${a} to ${b}`, `“${label}”的单位由“${a}”改为“${b}”`);
      default:
        return say(`“${label}” was changed`, `“${label}”有变更`);
    }
  };
  const clauses = changes.map(clause);
  const end = /[.!?。！？…]$/.test(reason) ? "" : say(".", "。");
  return say(
    `${time(at)}: ${clauses.join("; ")}. Reason: ${reason}${end}`,
    `${time(at)}：${clauses.join("；")}。原因：${reason}${end}`,
  );
}
