// Votes over time: a chart, its table, and the clients that they came by.
import { useMemo, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { count, date, moment } from "../../shared/format";
import type { Campaign } from "../campaign";
import { Bars } from "../parts/bars";
import { dayIn } from "../parts/calendar";
import { Chart } from "../parts/chart";
import { Failed } from "../parts/states";
import { parameter, setParameters } from "../route";
import { tellsGuests } from "./figures";
import { t } from "./texts";
import { type Point, type Span, type SpanName, endOf, spans, stepMs, useTurnout, withoutGaps } from "./votes";

/** So many hours are drawn as bars; more of them as a line. */
const barsMax = 48;
const spanNames = Object.keys(spans) as SpanName[];

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChoose: (value: Value) => void;
}

/** A few ways to look at something, of which one is pressed. */
function Ways<Value extends string>({ label, value, options, onChoose }: ChoiceProps<Value>) {
  return (
    <div class="ways" role="group" aria-label={label}>
      {options.map(([option, text]) => (
        <button key={option} type="button" class="quiet" aria-pressed={option === value} onClick={() => onChoose(option)}>
          {text}
        </button>
      ))}
    </div>
  );
}

/** The votes of a span of time, by minute, hour or day. */
export function TurnoutBox({ campaign }: { campaign: Campaign }) {
  const chosen = spanNames.find((name) => name === parameter("turnout")) ?? "hours";
  const span: Span = spans[chosen];
  const { points, error, retry } = useTurnout(campaign, span);
  const filled = useMemo(() => points && withoutGaps(points, span, campaign), [points, span]);
  const hasVotes = filled?.some(({ votes }) => votes > 0);
  return (
    <section class="box turnout" aria-labelledby="turnout">
      <header>
        <h2 id="turnout">{t().turnout}</h2>
        <Ways
          label={t().turnout}
          value={chosen}
          options={spanNames.map((name) => [name, t().spans[name]])}
          onChoose={(name) => setParameters({ turnout: name === "hours" ? "" : name })}
        />
      </header>
      {!filled && error !== undefined && <Failed error={error} retry={retry} />}
      {!filled && error === undefined && <p class="chart-place soft">{t().waiting}</p>}
      {filled && !hasVotes && <p class="chart-place soft">{chosen.startsWith("minutes") ? t().noVotesLately : t().noVotesYet}</p>}
      {filled && hasVotes && <Drawn campaign={campaign} span={span} points={filled} key={chosen} />}
    </section>
  );
}

interface DrawnProps {
  campaign: Campaign;
  span: Span;
  points: readonly Point[];
}

function Drawn({ campaign, span, points }: DrawnProps) {
  const [showsTable, setShowsTable] = useState(false);
  const { timeZone } = campaign;
  const times = useMemo(() => points.map(({ at }) => at), [points]);
  const values = useMemo(() => points.map(({ votes }) => votes), [points]);
  const sum = values.reduce((one, other) => one + other, 0);
  const busiest = points.reduce((best, point) => (point.votes > best.votes ? point : best));
  const say = (index: number) => {
    const point = points[index]!;
    const parts = clientsOf(point).filter(({ value }) => value > 0);
    const words = parts.map(({ name, value }) => `${name} ${count(value)}`).join(" · ");
    return `${stepName(point.at, span, timeZone)} · ${t().votes(point.votes)}${parts.length > 1 ? ` (${words})` : ""}`;
  };
  return (
    <>
      <Chart
        label={t().turnoutChart}
        times={times}
        values={values}
        timeZone={timeZone}
        stepMs={stepMs[span.by]}
        isBars={span.by === "DAY" || (span.by === "HOUR" && points.length <= barsMax)}
        say={say}
        summary={t().turnoutSummary(sum, busiest.votes, stepName(busiest.at, span, timeZone))}
      />
      <details class="under" onToggle={(event) => setShowsTable(event.currentTarget.open)}>
        <summary>{t().asTable}</summary>
        {showsTable && <TurnoutTable campaign={campaign} span={span} points={points} />}
      </details>
    </>
  );
}

function TurnoutTable({ campaign, span, points }: DrawnProps) {
  const { timeZone } = campaign;
  const rows = points.filter(({ votes }) => votes > 0).reverse();
  const sums = total(points);
  const showsGuests = tellsGuests(campaign, sums.guests);
  return (
    <div class="scrolled" role="region" aria-label={t().turnout} tabIndex={0}>
      <table>
        <caption class="unseen">{t().turnoutCaption}</caption>
        <thead>
          <tr>
            <th scope="col">{t().time}</th>
            <th scope="col" class="number">
              {t().votesHead}
            </th>
            {(["miniProgram", "page", "other"] as const).map((client) => (
              <th key={client} scope="col" class="number wide">
                {t().clients[client]}
              </th>
            ))}
            {showsGuests && (
              <th scope="col" class="number">
                {t().guestsHead}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t().sum}</th>
            <td class="number">{count(sums.votes)}</td>
            {clientsOf(sums).map(({ name, value }) => (
              <td key={name} class="number wide">
                {count(value)}
              </td>
            ))}
            {showsGuests && <td class="number">{count(sums.guests)}</td>}
          </tr>
          {rows.map((point) => (
            <tr key={point.at}>
              <th scope="row">{stepName(point.at, span, timeZone)}</th>
              <td class="number">{count(point.votes)}</td>
              {clientsOf(point).map(({ name, value }) => (
                <td key={name} class="number wide">
                  {count(value)}
                </td>
              ))}
              {showsGuests && <td class="number">{count(point.guests)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A step of time as people say it. */
function stepName(at: number, { by }: Span, timeZone: string): string {
  return by === "DAY" ? date(at, timeZone) : moment(at, timeZone, now());
}

const clientsOf = ({ miniProgram, page, other }: Pick<Point, "miniProgram" | "page" | "other">) => [
  { name: t().clients.miniProgram, value: miniProgram },
  { name: t().clients.page, value: page },
  { name: t().clients.other, value: other },
];

const total = (points: readonly Point[]) => {
  const sum = (part: Exclude<keyof Point, "at">) => points.reduce((all, point) => all + point[part], 0);
  return { votes: sum("votes"), miniProgram: sum("miniProgram"), page: sum("page"), other: sum("other"), guests: sum("guests") };
};

/** The votes by the kind of client that they came by. */
export function ClientsBox({ campaign }: { campaign: Campaign }) {
  const { points } = useTurnout(campaign, spans.days);
  const { timeZone, phase } = campaign;
  const isOpen = phase === "VOTING" || phase === "PAUSED";
  const today = dayIn(endOf(campaign), timeZone);
  const choice = isOpen && parameter("clients") !== "all" ? "today" : "all";
  const shown = choice === "all" ? points : points?.filter(({ at }) => dayIn(at, timeZone) === today);
  const sums = total(shown ?? []);
  const options = [
    ["today", t().today],
    ["all", t().all],
  ] as const;
  return (
    <section class="box" aria-labelledby="clients">
      <header>
        <h2 id="clients">{t().byClient}</h2>
        {isOpen && (
          <Ways
            label={t().byClient}
            value={choice}
            options={options}
            onChoose={(next) => setParameters({ clients: next === "all" ? "all" : "" })}
          />
        )}
      </header>
      {!points && <p class="soft">{t().waiting}</p>}
      {points && sums.votes === 0 && <p class="soft">{choice === "today" ? t().noVotesToday : t().noVotesYet}</p>}
      {sums.votes > 0 && (
        <Bars
          caption={t().byClient}
          heads={[t().client, t().votesHead, t().share]}
          bars={clientsOf(sums)}
          total={sums.votes}
        />
      )}
    </section>
  );
}
