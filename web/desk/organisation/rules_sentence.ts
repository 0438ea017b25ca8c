// The rules of a vote as voters read them.
import type { QuotaPeriod, QuotaScope, TallyVisibility } from "../operations";
import { t } from "./texts";

interface Rules {
  period: QuotaPeriod;
  scope: QuotaScope;
  votesPerPeriod: number;
  tallyVisibility: TallyVisibility;
  admits: readonly string[];
}

/** The sentences that a voter reads. */
export function rulesSentence({ period, scope, votesPerPeriod, tallyVisibility, admits }: Rules): string {
  const sentences = [
    t().sentence(votesPerPeriod, period === "DAY", scope === "CATEGORY"),
    t().sentenceWho(admits.includes("WECHAT_MINI_PROGRAM"), admits.includes("GUEST")),
    t().sentenceVisibility[tallyVisibility],
  ];
  return sentences.join(" ").replace(/。 /g, "。");
}
