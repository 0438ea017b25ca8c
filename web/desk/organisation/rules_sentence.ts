// The rules of a vote as voters read them.
import type { IdentityKind, QuotaPeriod, QuotaScope, TallyVisibility } from "../operations";
import { waysSentence } from "../parts/ways";
import { t } from "./texts";

interface Rules {
  period: QuotaPeriod;
  scope: QuotaScope;
  votesPerPeriod: number;
  tallyVisibility: TallyVisibility;
  admits: readonly IdentityKind[];
}

/** The sentences that a voter reads. */
export function rulesSentence({ period, scope, votesPerPeriod, tallyVisibility, admits }: Rules): string {
  const sentences = [
    t().sentence(votesPerPeriod, period === "DAY", scope === "CATEGORY"),
    ...(admits.length > 0 ? [waysSentence(admits)] : []),
    t().sentenceVisibility[tallyVisibility],
  ];
  return sentences.join(" ").replace(/。 /g, "。");
}
