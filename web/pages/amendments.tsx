// The changes of the rules after the first vote, for those who want to read them.
import { amendmentSentence } from "../shared/amendment";
import type { Campaign } from "./campaign";
import { t } from "./texts";

export function Amendments({ campaign }: { campaign: Campaign }) {
  const { amendments } = campaign;
  return (
    <details class="amendments">
      <summary>{t().amended(amendments.length)}</summary>
      <ul>
        {amendments.map((amendment) => (
          <li key={amendment.at + amendment.subjectLabel}>{amendmentSentence(amendment, campaign)}</li>
        ))}
      </ul>
    </details>
  );
}
