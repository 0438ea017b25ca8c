// One rule that withholds votes: what it names, what it would change, and the steps that it takes.
import { useEffect, useState } from "preact/hooks";
import { count } from "../../shared/format";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import type { Campaign } from "../campaign";
import { Confirm } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { tell } from "../parts/notice";
import { Empty, Failed, explain } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath } from "../route";
import { staff } from "../session";
import { usePoll } from "../sheets/poll";
import {
  ApplyWithholding,
  FindWithholding,
  FindWithholdingEffect,
  type FindWithholdingEffectQuery,
  RevertWithholding,
} from "./operations";
import { t } from "./texts";
import { Names, type Rule, StandingTag, historyOf, isMoving, namedOf, progressOf } from "./words";

const lookAgainMs = 20_000;

type Found = NonNullable<NonNullable<FindWithholdingEffectQuery["campaign"]>["desk"]>["withholding"];
type Effect = NonNullable<NonNullable<Found>["effect"]>;

/** The answer of a step. */
interface Stepped {
  rule: Rule | null;
  userErrors: readonly { code: string; message: string }[];
}

interface RuleViewProps {
  id: string;
  campaign: Campaign;
  mayAct: boolean;
}

export function RuleView({ id, campaign, mayAct }: RuleViewProps) {
  const { slug, timeZone } = campaign;
  const [rule, setRule] = useState<Rule | null>();
  const [failure, setFailure] = useState<unknown>();
  const [question, setQuestion] = useState<"apply" | "revert">();
  const read = async (isBackground = false) => {
    const { campaign: found } = await execute(FindWithholding, { slug, id }, { as: staff, isBackground });
    const next = found?.desk?.withholding ?? null;
    // An answer that was on its way while a step was taken is older.
    setRule((before) => (before && next && next.editRevision < before.editRevision ? before : next));
    setFailure(undefined);
  };
  const load = () => void read().catch(setFailure);
  useEffect(load, [id]);
  usePoll(!!rule && isMoving(rule), rule ? progressOf(rule) : "", () => read(true));
  useLookAgain(lookAgainMs, () => void read(true).catch(() => undefined));
  const effect = useEffectOf(campaign, rule ?? undefined);
  const back = (
    <a class="back" href={campaignPath(slug, "withholding")}>
      <Icon name="left" />
      {t().toList}
    </a>
  );
  if (!rule) {
    return (
      <>
        {back}
        {rule === null && <Empty text={t().ruleMissing} />}
        {rule === undefined && (failure === undefined ? <Empty isLoading /> : <Failed error={failure} retry={load} />)}
      </>
    );
  }
  const { state, isOwn, kind, reason } = rule;
  /** Takes a step; gives what to tell where it was refused. */
  const step = async (send: () => Promise<Stepped>, done: string): Promise<string | undefined> => {
    try {
      const { rule: after, userErrors } = await send();
      if (after) setRule(after);
      if (userErrors[0]) return userErrors[0].message;
      tell(done);
      return undefined;
    } catch (error) {
      return explain(error);
    }
  };
  return (
    <>
      {back}
      <header class="head">
        <h1>{t().rule}</h1>
        <StandingTag rule={rule} />
        <small class="zone">{allTimes(timeZone)}</small>
        {mayAct && state !== "REVERTED" && (
          <div class="actions">
            {state === "DRAFT" && (
              <button type="button" onClick={() => setQuestion("revert")}>
                {t().turnDown}
              </button>
            )}
            {state === "DRAFT" && !isOwn && (
              <button type="button" class="primary" disabled={!effect.value} onClick={() => setQuestion("apply")}>
                {t().apply}
              </button>
            )}
            {state === "APPLIED" && (
              <button type="button" onClick={() => setQuestion("revert")}>
                {t().revert}
              </button>
            )}
          </div>
        )}
      </header>
      <div class="stack rule-of-votes">
        {mayAct && state === "DRAFT" && isOwn && (
          <p class="waits" role="note">
            {t().own}
          </p>
        )}
        <section class="box reason">
          <h2>{t().publicReason}</h2>
          <blockquote>{reason}</blockquote>
        </section>
        <div class="halves">
          <section class="box">
            <h2>{t().names}</h2>
            <Names named={namedOf(rule)} timeZone={timeZone}>
              <div>
                <dt>{t().later}</dt>
                <dd>{rule.isActive ? t().isActive : t().notActive}</dd>
              </div>
              <div>
                <dt>{t().kind}</dt>
                <dd>
                  {t().kinds[kind]}
                  <small class="block">{t().kindHints[kind]}</small>
                </dd>
              </div>
            </Names>
          </section>
          <section class="box">
            {state !== "DRAFT" && (
              <>
                <h2>{t().holds}</h2>
                <p class="figure" data-figure="held" role="status">
                  {count(rule.votes)}
                </p>
                {isMoving(rule) && <p class="soft">{state === "APPLIED" && rule.isActive ? t().activeHint : t().settling}</p>}
              </>
            )}
            <h2>{t().history}</h2>
            <ol class="steps">
              {historyOf(rule, timeZone).map(({ text, at, why }) => (
                <li key={at}>
                  {text}
                  {why && <q>{why}</q>}
                </li>
              ))}
            </ol>
          </section>
        </div>
        {state === "DRAFT" && <EffectBox effect={effect} />}
      </div>
      {question === "apply" && (
        <Apply
          rule={rule}
          effect={effect.value}
          onClose={() => setQuestion(undefined)}
          onConfirm={() =>
            step(async () => {
              const typedVotes = rule.needsNumber ? rule.proposedVotes : null;
              const variables = { id, revision: rule.editRevision, typedVotes };
              return (await execute(ApplyWithholding, variables, { as: staff })).applyWithholding;
            }, t().applied)
          }
        />
      )}
      {question === "revert" && (
        <Revert
          rule={rule}
          onClose={() => setQuestion(undefined)}
          onConfirm={(why) =>
            step(
              async () => {
                const variables = { id, revision: rule.editRevision, reason: why };
                return (await execute(RevertWithholding, variables, { as: staff })).revertWithholding;
              },
              state === "DRAFT" ? t().turnedDown : t().reverted,
            )
          }
        />
      )}
    </>
  );
}

interface EffectOf {
  value: Effect | undefined;
  isCounting: boolean;
  failure: unknown;
  count: () => void;
}

/** The effect of a proposal, counted when that is opened and when somebody asks for it: it goes through all votes. */
function useEffectOf({ slug }: Campaign, rule: Rule | undefined): EffectOf {
  const [value, setValue] = useState<Effect>();
  const [isCounting, setIsCounting] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const id = rule?.state === "DRAFT" ? rule.id : undefined;
  const countNow = async () => {
    if (!id) return;
    setIsCounting(true);
    setFailure(undefined);
    try {
      const { campaign } = await execute(FindWithholdingEffect, { slug, id }, { as: staff });
      setValue(campaign?.desk?.withholding?.effect ?? undefined);
    } catch (error) {
      setFailure(error);
    }
    setIsCounting(false);
  };
  useEffect(() => void countNow(), [id]);
  return { value, isCounting, failure, count: () => void countNow() };
}

function EffectBox({ effect: { value, isCounting, failure, count: countAgain } }: { effect: EffectOf }) {
  const crossing = value?.nominees.filter(({ crossesCut }) => crossesCut).length ?? 0;
  return (
    <section class="box effect" aria-busy={isCounting}>
      <header>
        <h2>{t().effect}</h2>
        <button type="button" class="quiet" disabled={isCounting} onClick={countAgain}>
          {isCounting ? t().counting : t().countAgain}
        </button>
      </header>
      {failure !== undefined && <Failed error={failure} retry={countAgain} />}
      {!value && failure === undefined && <p class="soft">{t().counting}</p>}
      {value && (
        <>
          <p>
            <strong data-figure="effect">
              {value.votes > 0 ? t().effectVotes(value.votes, value.voters) : t().effectNone}
            </strong>{" "}
            <small>{t().effectNow}</small>
          </p>
          {crossing > 0 && <p class="crossing">{t().crossing(crossing)}</p>}
          {value.nominees.length > 0 && <EffectTable nominees={value.nominees} />}
        </>
      )}
    </section>
  );
}

/** Before and after; where they are the same, once. */
function Change({ before, after }: { before: number; after: number }) {
  if (before === after) return <>{count(before)}</>;
  return (
    <>
      <span aria-hidden="true">{t().arrow(count(before), count(after))}</span>
      <span class="unseen">{t().arrowSaid(count(before), count(after))}</span>
    </>
  );
}

function EffectTable({ nominees }: { nominees: Effect["nominees"] }) {
  const categories = new Set(nominees.map(({ nominee }) => nominee.category.id));
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t().person}</th>
          <th scope="col" class="number">
            {t().loses}
          </th>
          <th scope="col" class="number">
            {t().votes}
          </th>
          <th scope="col" class="number">
            {t().place}
          </th>
        </tr>
      </thead>
      <tbody>
        {nominees.map(({ nominee, votes, countedBefore, rankBefore, rankAfter, crossesCut }) => (
          <tr key={nominee.id} class={crossesCut ? "crosses" : undefined} data-number={nominee.number}>
            <th scope="row">
              {t().nominee(nominee.number, nominee.name)}
              {categories.size > 1 && <small class="block">{nominee.category.name}</small>}
              {crossesCut && <span class="tag warning">{t().crosses}</span>}
            </th>
            <td class="number">{votes > 0 ? count(votes) : "–"}</td>
            <td class="number">
              <Change before={countedBefore} after={countedBefore - votes} />
            </td>
            <td class="number">
              <Change before={rankBefore} after={rankAfter} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ApplyProps {
  rule: Rule;
  effect: Effect | undefined;
  onClose: () => void;
  onConfirm: () => Promise<string | undefined>;
}

function Apply({ rule, effect, onClose, onConfirm }: ApplyProps) {
  const { needsNumber, proposedVotes } = rule;
  const votes = effect ? t().effectVotes(effect.votes, effect.voters) : t().votesHeld(proposedVotes);
  const word = needsNumber ? { word: String(proposedVotes) } : {};
  return (
    <Confirm title={t().applyTitle} action={t().applyAction} {...word} onClose={onClose} onConfirm={onConfirm}>
      <p>{t().applyWhat(votes)}</p>
      {needsNumber && <p>{t().applyMuch}</p>}
    </Confirm>
  );
}

interface RevertProps {
  rule: Rule;
  onClose: () => void;
  onConfirm: (reason: string) => Promise<string | undefined>;
}

function Revert({ rule: { approvedAt, votes }, onClose, onConfirm }: RevertProps) {
  return (
    <Confirm
      title={approvedAt ? t().revertTitle : t().turnDownTitle}
      action={approvedAt ? t().revertAction : t().turnDownAction}
      reason="required"
      onClose={onClose}
      onConfirm={onConfirm}
    >
      <p>{approvedAt ? t().revertWhat(votes) : t().turnDownWhat}</p>
    </Confirm>
  );
}
