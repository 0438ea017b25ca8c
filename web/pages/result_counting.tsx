// How many voted, and how it was counted.
import { count, moment } from "../shared/format";
import { Amendments } from "./amendments";
import type { Campaign } from "./campaign";
import type { Result } from "./result";
import type { Tally } from "./result_places";
import { r } from "./result_texts";

export function Turnout({ tally }: { tally: Tally }) {
  const { rawVotes, countedVotes, withheldVotes, withdrawnVotes, voters } = tally;
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
      <p class="hint">
        {r().votersHint} {r().withheldHint}
      </p>
    </section>
  );
}

interface HowCountedProps {
  campaign: Campaign;
  /** The kinds of voters that may vote, once they have been read. */
  admits: Result["rules"]["admits"] | undefined;
  isOver?: boolean;
}

/** The rules in words, and what was changed of them. */
export function HowCounted({ campaign, admits, isOver = false }: HowCountedProps) {
  const { timeZone, rules } = campaign;
  // The day is always said.
  const time = (text: string) => moment(Date.parse(text), timeZone, 0);
  const quota = isOver ? r().quota : r().quotaNow;
  return (
    <section class="result-box">
      <h3>{isOver ? r().howCounted : r().rulesNow}</h3>
      <ul class="counting">
        <li>{quota(rules.votesPerPeriod, rules.period === "DAY", rules.scope === "CATEGORY")}</li>
        {admits && <li>{r().who(admits.includes("WECHAT_MINI_PROGRAM"), admits.includes("GUEST"))}</li>}
        <li>{r().span(time(campaign.votingOpensAt), time(campaign.votingClosesAt))}</li>
        <li>{r().order}</li>
        <li>{r().cut}</li>
      </ul>
      {campaign.amendments.length > 0 && <Amendments campaign={campaign} />}
    </section>
  );
}
