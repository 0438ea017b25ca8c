// One case: its signals, what they show, what is offered, and what was made of it.
import { useEffect, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { moment } from "../../shared/format";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import type { Campaign } from "../campaign";
import { Confirm } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { complain, tell } from "../parts/notice";
import { Empty, Failed, explain } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath } from "../route";
import { staff } from "../session";
import { StandingTag } from "../withholding/words";
import { standingOf } from "./open";
import { type CasePartsFragment, DismissCase, FindCase, ReopenCase } from "./operations";
import { type Offer, OfferProposal, SignalBox } from "./signal";
import { t } from "./texts";
import { CaseTag } from "./words";

const lookAgainMs = 30_000;

export type Case = CasePartsFragment;

/** The answer of a decision. */
interface Decided {
  case: Case | null;
  userErrors: readonly { message: string }[];
}

interface CaseViewProps {
  id: string;
  campaign: Campaign;
  mayAct: boolean;
}

export function CaseView({ id, campaign, mayAct }: CaseViewProps) {
  const { slug, timeZone } = campaign;
  const [found, setFound] = useState<Case | null>();
  const [failure, setFailure] = useState<unknown>();
  const [dismisses, setDismisses] = useState(false);
  // Kept here: its signal may be gone with the next examination, and what is typed must not go with it.
  const [proposed, setProposed] = useState<Offer>();
  const [isBusy, setIsBusy] = useState(false);
  const read = async (isBackground = false) => {
    const { campaign: holder } = await execute(FindCase, { slug, id }, { as: staff, isBackground });
    const next = holder?.desk?.case ?? null;
    // An answer that was on its way while somebody decided is older.
    setFound((before) => (before && next && next.editRevision < before.editRevision ? before : next));
    setFailure(undefined);
  };
  const load = () => void read().catch(setFailure);
  const lookAgain = () => void read(true).catch(() => undefined);
  useEffect(load, [id]);
  useLookAgain(lookAgainMs, lookAgain);
  const back = (
    <a class="back" href={campaignPath(slug, "signals")}>
      <Icon name="left" />
      {t().toList}
    </a>
  );
  if (!found) {
    return (
      <>
        {back}
        {found === null && <Empty text={t().caseMissing} />}
        {found === undefined && (failure === undefined ? <Empty isLoading /> : <Failed error={failure} retry={load} />)}
      </>
    );
  }
  /** Decides; gives what to tell where it was refused. */
  const decide = async (send: () => Promise<Decided>, done: string): Promise<string | undefined> => {
    try {
      const { case: after, userErrors } = await send();
      // Of a refusal, too: what the case has become meanwhile is shown at once.
      if (after) setFound(after);
      if (userErrors[0]) return userErrors[0].message;
      tell(done);
      return undefined;
    } catch (error) {
      return explain(error);
    }
  };
  const revision = found.editRevision;
  const dismiss = (note: string) =>
    decide(async () => (await execute(DismissCase, { id, revision, note }, { as: staff })).dismissCase, t().dismissed);
  const reopen = async () => {
    setIsBusy(true);
    const refusal = await decide(async () => (await execute(ReopenCase, { id, revision }, { as: staff })).reopenCase, t().reopened);
    if (refusal) complain(refusal);
    setIsBusy(false);
  };
  const endProposal = () => {
    setProposed(undefined);
    lookAgain();
  };
  const hasRule = found.rules.some(({ state }) => state !== "REVERTED");
  return (
    <>
      {back}
      <header class="head">
        <h1>{t().case}</h1>
        <CaseTag standing={standingOf(found)} />
        <small class="zone">
          {t().found(moment(Date.parse(found.foundAt), timeZone, now()))} · {allTimes(timeZone)}
        </small>
        {mayAct && (
          <div class="actions">
            {found.state === "OPEN" ? (
              <button type="button" onClick={() => setDismisses(true)}>
                {t().dismiss}
              </button>
            ) : (
              <button type="button" disabled={isBusy} onClick={() => void reopen()}>
                {t().reopen}
              </button>
            )}
          </div>
        )}
      </header>
      <p class="soft intro">{t().accuses}</p>
      <div class="stack case">
        <Decision found={found} timeZone={timeZone} />
        {found.rules.length > 0 && <Rules rules={found.rules} slug={slug} />}
        {found.signals.map((signal, index) => (
          <SignalBox
            key={`${signal.kind} ${signal.from} ${signal.origin ?? index}`}
            signal={signal}
            leads={index === 0 && found.signals.length > 1}
            campaign={campaign}
            hasRule={hasRule}
            onPropose={mayAct && found.state === "OPEN" ? setProposed : undefined}
          />
        ))}
      </div>
      {proposed && <OfferProposal offer={proposed} campaign={campaign} onClose={endProposal} />}
      {dismisses && (
        <Confirm
          title={t().dismissTitle}
          action={t().dismissAction}
          reason="required"
          onClose={() => setDismisses(false)}
          onConfirm={dismiss}
        >
          <p>{t().dismissWhat}</p>
        </Confirm>
      )}
    </>
  );
}

/** What was made of a case, and what has become of it. */
function Decision({ found, timeZone }: { found: Case; timeZone: string }) {
  const { state, isCurrent, note, decidedBy, decidedAt } = found;
  const isDismissed = state === "DISMISSED";
  return (
    <>
      {!isCurrent && (
        <p class="box soft" role="note">
          {t().goneNote}
        </p>
      )}
      {decidedAt && (
        <section class="box decided" role="note">
          <p>{isDismissed ? t().dismissedNote : t().dismissedBefore}</p>
          {note && <blockquote>{note}</blockquote>}
          <small>{t().decidedBy(decidedBy ?? t().operator, moment(Date.parse(decidedAt), timeZone, now()))}</small>
        </section>
      )}
    </>
  );
}

function Rules({ rules, slug }: { rules: Case["rules"]; slug: string }) {
  return (
    <section class="box case-rules" aria-labelledby="case-rules">
      <h2 id="case-rules">{t().rules}</h2>
      <ul>
        {rules.map((rule) => (
          <li key={rule.id} data-rule={rule.id}>
            <StandingTag rule={rule} />
            <a href={campaignPath(slug, "withholding", rule.id)}>{rule.reason}</a>
            <span class="soft">{rule.approvedAt ? t().votesHeld(rule.votes) : t().votesProposed(rule.proposedVotes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
