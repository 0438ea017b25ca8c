// What signals have found in a campaign's votes: all cases, with concentrations that are none, or one of them.
import "../withholding/withholding.css";
import "./signals.css";
import { useEffect, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { moment } from "../../shared/format";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { type Campaign, useCampaign } from "../campaign";
import { useNarrow } from "../parts/media";
import { Empty, Failed } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath } from "../route";
import { staff } from "../session";
import { t as common } from "../texts";
import { mayWithhold } from "../withholding/access";
import { CaseView } from "./case";
import { type CaseStanding, standingOf, takeCases } from "./open";
import { ListCases, type ListCasesQuery } from "./operations";
import { t } from "./texts";
import { CaseTag, numberOf, percent, votesPath } from "./words";

const lookAgainMs = 30_000;
/** So many cases are asked for. */
const casesMax = 100;

type Desk = NonNullable<NonNullable<ListCasesQuery["campaign"]>["desk"]>;
type Examination = NonNullable<Desk["examination"]>;
type Found = Desk["cases"][number];
type Signal = Desk["signals"][number];

export function SignalsView({ id }: { id?: string | undefined }) {
  const campaign = useCampaign();
  if (id) return <CaseView key={id} id={id} campaign={campaign} mayAct={mayWithhold(campaign)} />;
  return <List campaign={campaign} />;
}

function List({ campaign }: { campaign: Campaign }) {
  const { slug, timeZone, phase } = campaign;
  const [desk, setDesk] = useState<Desk>();
  const [failure, setFailure] = useState<unknown>();
  const read = async (isBackground = false) => {
    const { campaign: found } = await execute(ListCases, { slug }, { as: staff, isBackground });
    if (found?.desk) {
      setDesk(found.desk);
      takeCases(slug, found.desk.cases);
    }
    setFailure(undefined);
  };
  const load = () => void read().catch(setFailure);
  useEffect(load, [slug]);
  // Votes are examined, and others decide, meanwhile.
  useLookAgain(lookAgainMs, () => void read(true).catch(() => undefined));
  const isEarly = phase === "DRAFT" || phase === "UPCOMING";
  return (
    <>
      <header class="head">
        <h1>{common().signals}</h1>
        <small class="zone">{allTimes(timeZone)}</small>
      </header>
      <p class="soft intro">{t().intro}</p>
      {!desk && (failure === undefined ? <Empty isLoading /> : <Failed error={failure} retry={load} />)}
      {desk && !desk.examination && desk.cases.length === 0 && <Empty text={isEarly ? t().isEarly : t().notExamined} />}
      {desk?.examination && <Examined examination={desk.examination} campaign={campaign} />}
      {desk && (desk.examination || desk.cases.length > 0) && <Cases desk={desk} campaign={campaign} />}
    </>
  );
}

function Examined({ examination, campaign }: { examination: Examination; campaign: Campaign }) {
  const { examinedTo, examinedFrom, votes, usualUnseen, usualEqualModels } = examination;
  const { timeZone, votingOpensAt } = campaign;
  const when = (at: string) => moment(Date.parse(at), timeZone, now());
  const isPart = Date.parse(examinedFrom) > Date.parse(votingOpensAt);
  return (
    <div class="examined">
      <p data-figure="examined">
        {t().examined(when(examinedTo), votes)}
        {isPart && ` (${t().examinedFrom(when(examinedFrom))})`}
      </p>
      {votes > 0 && <small class="block">{t().usual(percent(usualUnseen), percent(usualEqualModels))}</small>}
    </div>
  );
}

function Cases({ desk: { cases, signals }, campaign }: { desk: Desk; campaign: Campaign }) {
  const placed = (standings: readonly CaseStanding[]) =>
    standings.flatMap((standing) => cases.filter((found) => standingOf(found) === standing));
  const shown = placed(["open", "proposed", "held"]);
  const settled = cases.filter((found) => ["gone", "dismissed"].includes(standingOf(found)));
  const listed = signals.filter(({ caseId }) => caseId === null);
  const rows = (list: readonly Found[]) => (
    <ul class="stack cases">
      {list.map((found) => (
        <Row key={found.id} found={found} signals={signals.filter(({ caseId }) => caseId === found.id)} campaign={campaign} />
      ))}
    </ul>
  );
  return (
    <div class="stack signals">
      {shown.length > 0 ? rows(shown) : <NoneOpen hasOthers={settled.length > 0} />}
      {cases.length >= casesMax && <p class="soft">{t().onlyNewest(casesMax)}</p>}
      {settled.length > 0 && (
        <details class="settled">
          <summary>{t().settled(settled.length)}</summary>
          {rows(settled)}
        </details>
      )}
      {listed.length > 0 && <Listed signals={listed} campaign={campaign} />}
    </div>
  );
}

const NoneOpen = ({ hasOthers }: { hasOthers: boolean }) => (
  <div class="box none-open">
    <p>{hasOthers ? t().noneOpen : t().none}</p>
    <small>{t().noneHint}</small>
  </div>
);

interface RowProps {
  found: Found;
  /** Its signals with what they show; none where it is not current. */
  signals: readonly Signal[];
  campaign: Campaign;
}

function Row({ found, signals, campaign: { slug, timeZone } }: RowProps) {
  const { id, foundAt, note } = found;
  const [leading, ...joined] = found.signals;
  const standing = standingOf(found);
  const kinds = [...new Set(joined.map(({ kind }) => t().kinds[kind]))];
  const behaviours = [...new Set(signals.flatMap(({ findings }) => findings.map(({ behaviour }) => behaviour)))];
  const [first] = signals;
  return (
    <li class="box" data-case={id}>
      <div class="what">
        <p>
          <CaseTag standing={standing} /> {leading && <small>{t().kinds[leading.kind]}</small>}
        </p>
        <a class="plain" href={campaignPath(slug, "signals", id)}>
          <strong>{leading?.sentence ?? t().case}</strong>
        </a>
        {kinds.length > 0 && <small>{t().joined(kinds.join(t().comma))}</small>}
        {standing === "dismissed" && note && <q class="soft">{note}</q>}
      </div>
      {first && (
        <ul class="behaviours">
          {behaviours.length === 0 && <li class="soft">{t().noBehaviour}</li>}
          {behaviours.map((behaviour) => (
            <li key={behaviour}>{t().behaviours[behaviour]}</li>
          ))}
        </ul>
      )}
      <div class="much">
        {first && <b>{t().votes(first.votes)}</b>}
        {first && <small class="block">{t().voters(first.voters)}</small>}
        <small class="block">{t().found(moment(Date.parse(foundAt), timeZone, now()))}</small>
      </div>
    </li>
  );
}

/** Concentrations that are no case. */
function Listed({ signals, campaign }: { signals: readonly Signal[]; campaign: Campaign }) {
  const isPhone = useNarrow();
  const link = (signal: Signal) => {
    const path = votesPath(signal, campaign);
    return path && <a href={path}>{t().look}</a>;
  };
  return (
    <section class="box listed" aria-labelledby="listed">
      <h2 id="listed">{t().listed}</h2>
      <p class="soft">{t().listedHint}</p>
      {isPhone ? (
        <ul>
          {signals.map((signal) => (
            <li key={signal.sentence}>
              <p>{signal.sentence}</p>
              {link(signal)}
            </li>
          ))}
        </ul>
      ) : (
        <div class="scrolled" role="region" aria-labelledby="listed" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t().sentence}</th>
                <th scope="col" class="number">
                  {t().number}
                </th>
                <th scope="col" class="number">
                  {t().expected}
                </th>
                <th>
                  <span class="unseen">{t().look}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {signals.map((signal) => (
                <tr key={signal.sentence}>
                  <td>{signal.sentence}</td>
                  <td class="number">{numberOf(signal.number)}</td>
                  <td class="number">{numberOf(signal.expected)}</td>
                  <td class="number">{link(signal)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
