// The rules that withhold votes: all of them, one of them, or the votes to look at.
import "./withholding.css";
import { useEffect, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { type Campaign, useCampaign } from "../campaign";
import { Icon } from "../parts/icon";
import { Empty, Failed } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath } from "../route";
import { staff } from "../session";
import { usePoll } from "../sheets/poll";
import { t as common } from "../texts";
import { mayWithhold, votesId } from "./access";
import { ListWithholdings } from "./operations";
import { RuleView } from "./rule";
import { t } from "./texts";
import { VotesView } from "./votes";
import { type Rule, StandingTag, historyOf, isMoving, namedOf, namesInLine, progressOf } from "./words";

const lookAgainMs = 30_000;

export function WithholdingView({ id }: { id?: string | undefined }) {
  const campaign = useCampaign();
  if (id === votesId) return <VotesView campaign={campaign} mayPropose={mayWithhold(campaign)} />;
  if (id) return <RuleView key={id} id={id} campaign={campaign} mayAct={mayWithhold(campaign)} />;
  return <List campaign={campaign} />;
}

function List({ campaign }: { campaign: Campaign }) {
  const { slug, timeZone, phase } = campaign;
  const [rules, setRules] = useState<readonly Rule[]>();
  const [failure, setFailure] = useState<unknown>();
  const read = async (isBackground = false) => {
    const { campaign: found } = await execute(ListWithholdings, { slug }, { as: staff, isBackground });
    setRules(found?.desk?.withholdings ?? []);
    setFailure(undefined);
  };
  const load = () => void read().catch(setFailure);
  useEffect(load, [slug]);
  usePoll(rules?.some(isMoving) ?? false, rules?.map(progressOf).join(";") ?? "", () => read(true));
  // Others propose and apply meanwhile.
  useLookAgain(lookAgainMs, () => void read(true).catch(() => undefined));
  const isEarly = phase === "DRAFT" || phase === "UPCOMING";
  const look = (
    <a class="button primary plain" href={campaignPath(slug, "withholding", votesId)}>
      <Icon name="search" />
      {t().look}
    </a>
  );
  return (
    <>
      <header class="head">
        <h1>{common().withholding}</h1>
        <small class="zone">{allTimes(timeZone)}</small>
        {rules && rules.length > 0 && <div class="actions">{look}</div>}
      </header>
      <p class="soft intro">{t().intro}</p>
      {!rules && (failure === undefined ? <Empty isLoading /> : <Failed error={failure} retry={load} />)}
      {rules?.length === 0 && (
        <Empty text={isEarly ? t().notYet : `${t().none} ${t().noneHint}`}>{!isEarly && look}</Empty>
      )}
      {rules && rules.length > 0 && (
        <ul class="stack withholdings">
          {rules.map((rule) => (
            <Row key={rule.id} rule={rule} campaign={campaign} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ rule, campaign: { slug, timeZone } }: { rule: Rule; campaign: Campaign }) {
  const { id, reason, kind, approvedAt, votes, proposedVotes } = rule;
  return (
    <li class="box" data-rule={id}>
      <div class="what">
        <p>
          <StandingTag rule={rule} /> <small>{t().kinds[kind]}</small>
        </p>
        <a class="plain" href={campaignPath(slug, "withholding", id)}>
          <strong>{reason}</strong>
        </a>
        <small>{namesInLine(namedOf(rule), timeZone)}</small>
      </div>
      <p class={votes > 0 ? "held" : "held soft"}>{approvedAt ? t().votesHeld(votes) : t().votesProposed(proposedVotes)}</p>
      <ol class="steps">
        {historyOf(rule, timeZone).map(({ text, at }) => (
          <li key={at}>
            <small>{text}</small>
          </li>
        ))}
      </ol>
    </li>
  );
}
