// How many voted, and how it was counted.
import { count, moment } from "../shared/format";
import { Amendments } from "./amendments";
import { type Campaign, isOver } from "./campaign";
import type { FindResultQuery } from "./operations";
import type { Tally } from "./result_places";
import { r } from "./result_texts";

/** Votes that are withheld, as the public reads it. */
export type Withholding = NonNullable<FindResultQuery["campaign"]>["withholdings"][number];

export function Turnout({ tally }: { tally: Tally }) {
  const { rawVotes, countedVotes, guestVotes, withheldVotes, withdrawnVotes, voters } = tally;
  return (
    <section class="result-box">
      <h3>{r().turnout}</h3>
      <dl class="turnout">
        <div class="main">
          <dt>{r().counted}</dt>
          <dd>{count(countedVotes)}</dd>
        </div>
        <div class="main">
          <dt>{r().voters}</dt>
          <dd>{count(voters)}</dd>
        </div>
        <div>
          <dt>{r().raw}</dt>
          <dd>{count(rawVotes)}</dd>
        </div>
        <div>
          <dt>{r().withheld}</dt>
          <dd>{count(withheldVotes)}</dd>
        </div>
        {withdrawnVotes > 0 && (
          <div>
            <dt>{r().withdrawn}</dt>
            <dd>{count(withdrawnVotes)}</dd>
          </div>
        )}
      </dl>
      {guestVotes > 0 && <p>{r().guests(guestVotes, countedVotes)}</p>}
      <p class="hint">
        {r().votersHint}
        {r().between}
        {r().withheldHint}
      </p>
    </section>
  );
}

interface HowCountedProps {
  campaign: Campaign;
  withholdings?: readonly Withholding[];
}

/** The rules in words, what was changed of them, and what was withheld. */
export function HowCounted({ campaign, withholdings = [] }: HowCountedProps) {
  const { timeZone, rules } = campaign;
  // The day is always said.
  const time = (text: string) => moment(Date.parse(text), timeZone, 0);
  return (
    <section class="result-box">
      <h3>{isOver(campaign) ? r().howCounted : r().rulesNow}</h3>
      <ul class="counting">
        <li>{r().quota(rules.votesPerPeriod, rules.period === "DAY", rules.scope === "CATEGORY")}</li>
        <li>{r().who(rules.admits)}</li>
        <li>{r().span(time(campaign.votingOpensAt), time(campaign.votingClosesAt))}</li>
        <li>{r().order}</li>
        <li>{r().cut}</li>
      </ul>
      {withholdings.length > 0 && (
        <>
          <h4>{r().withholdings}</h4>
          <ul class="withholdings">
            {withholdings.map(({ kind, reason, votes, withheldAt }) => (
              <li key={withheldAt + reason}>
                <p>{reason}</p>
                <p class="hint">{r().withholding(votes, time(withheldAt), kind)}</p>
              </li>
            ))}
          </ul>
        </>
      )}
      {campaign.amendments.length > 0 && <Amendments campaign={campaign} />}
    </section>
  );
}
