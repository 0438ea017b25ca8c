// The ranking of a category: the first three with their portraits, then rows with the line between them. Each place
// stays where it is and those who take it fade in, so that no row ever covers another.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { toneOf } from "../card";
import { Portrait, Rolling } from "../parts";
import type { Category } from "./campaign";
import type { Figures } from "./figures";
import type { History } from "./history";
import { type Plan, type Size, type Sizes, planOf } from "./layout";
import { type CategoryStanding, type Placed, placedOf, standingOf } from "./standing";
import type { Nominee } from "./campaign";
import { b } from "./texts";

/** A board shows at least so many places, if there are as many nominees. */
const placesMin = 10;

interface RankingProps {
  category: Category;
  nominees: Nominee[];
  /** The votes that are shown. */
  figures: Figures;
  /** The ranks that are shown. */
  ordered: Figures;
  history: History;
  cell: Size;
  /** Shows all places that there is room for, rather than those around the line. */
  isLong: boolean;
  /** Shows all places, whether there is room for them or not. */
  isWhole: boolean;
  isFinal: boolean;
}

export function Ranking(props: RankingProps) {
  const { category, nominees, figures, ordered, history, cell, isLong, isWhole, isFinal } = props;
  const cut = category.shortlistSize;
  const placed = placedOf(nominees, ordered);
  const standing = standingOf(placed, cut, isFinal);
  const votesOf = ({ nominee }: Placed) => figures.standings.get(nominee.number)?.votes ?? 0;
  const most = Math.max(1, ...placed.map(votesOf));
  const wanted = isLong ? placed.length : isFinal ? lastChosen(placed, cut) : Math.max(placesMin, cut + 1);
  const rows = isWhole ? standing.others : standing.others.slice(0, Math.max(0, wanted - standing.leaders.length));
  const plan = planOf(cell, {
    leaders: standing.leaders.length,
    others: rows.length,
    hasCut: cut < placed.length && cut >= standing.leaders.length,
    digits: String(most).length + Math.floor((String(most).length - 1) / 3) * 0.5,
  });
  const shown = isWhole ? rows : rows.slice(0, plan.rows * plan.columns);
  const context: Context = { votesOf, most, history, cut };
  return (
    <section class={`ranking leaders-${plan.leaders}${plan.isSplit ? " split" : ""}`} aria-label={category.name}>
      <h2>{category.name}</h2>
      <div class="places">
        {standing.leaders.length > 0 && <Leaders standing={standing} plan={plan} context={context} />}
        {shown.length > 0 && (
          <Rows standing={standing} shown={shown} plan={plan} context={context} hidden={isLong ? standing.others.length - shown.length : 0} />
        )}
      </div>
    </section>
  );
}

/** The places down to the line, with all who share the last of them. */
function lastChosen(placed: Placed[], cut: number): number {
  const last = placed[cut - 1];
  return last ? placed.filter(({ rank }) => rank <= last.rank).length : placed.length;
}

interface Context {
  votesOf: (placed: Placed) => number;
  most: number;
  history: History;
  cut: number;
}

const styleOf = ({ name, figure }: Sizes) => ({ "--name": String(name), "--figure": String(figure) });

interface PartProps {
  standing: CategoryStanding;
  plan: Plan;
  context: Context;
}

function Leaders({ standing, plan, context }: PartProps) {
  return (
    <ol class="leaders" style={styleOf(plan.leader)}>
      {standing.leaders.map((placed, index) => {
        const { nominee, rank } = placed;
        return (
          <li key={index} class={`leader at-${index + 1} won-${rank}`} data-number={nominee.number}>
            <Occupant nominee={nominee}>
              <span class={`face ${toneOf(nominee.number)}`}>
                <Portrait nominee={nominee} url={plan.leaders === "side" ? nominee.portraitUrl : nominee.largePortraitUrl} isFirst />
              </span>
              <span class={`medal place-${rank} place`}>{rank}</span>
              <span class="who">
                <span class="name">{nominee.name}</span>
                {plan.leader.hasTwoLines && <small>{nominee.employer}</small>}
              </span>
              <Marks placed={placed} history={context.history} />
              <span class="figure">
                <Rolling value={context.votesOf(placed)} />
              </span>
            </Occupant>
          </li>
        );
      })}
    </ol>
  );
}

function Rows({ standing, shown, plan, context, hidden }: PartProps & { shown: Placed[]; hidden: number }) {
  const { cut } = context;
  const before = standing.leaders.length;
  const perColumn = Math.ceil(shown.length / plan.columns);
  const columns = Array.from({ length: plan.columns }, (_, i) => shown.slice(i * perColumn, (i + 1) * perColumn));
  // What is above everything shown, or below it, has no line here.
  const hasCut = cut >= before && cut < before + standing.others.length && cut <= before + shown.length;
  return (
    <div class={`lists${plan.row.hasTwoLines ? " two-lines" : ""}`} style={styleOf(plan.row)}>
      {columns.map((column, i) => {
        const from = before + i * perColumn;
        const holdsCut = hasCut && cut >= from && (cut < from + column.length || (cut === from + column.length && i === plan.columns - 1));
        return (
          <ol class={hasCut && !holdsCut ? "list beside-cut" : "list"} key={i}>
            {column.flatMap((placed, j) => {
              const index = from + j;
              const row = <Row key={index} placed={placed} isBelow={index >= cut} context={context} />;
              return holdsCut && index === cut ? [<CutLine key="cut" standing={standing} cut={cut} />, row] : [row];
            })}
            {holdsCut && cut === from + column.length && <CutLine key="cut" standing={standing} cut={cut} />}
          </ol>
        );
      })}
      {hidden > 0 && <p class="more">{b().more(hidden)}</p>}
    </div>
  );
}

const CutLine = ({ standing, cut }: { standing: CategoryStanding; cut: number }) => (
  <li class="cut">{standing.isCutTied ? b().cutTie(cut) : b().chosen(cut)}</li>
);

function Row({ placed, isBelow, context }: { placed: Placed; isBelow: boolean; context: Context }) {
  const { nominee, rank } = placed;
  const votes = context.votesOf(placed);
  return (
    <li class={isBelow ? "row below" : "row"} data-number={nominee.number} style={{ "--part": String(votes / context.most) }}>
      <span class="fill" />
      <Occupant nominee={nominee}>
        <span class="place">{rank}</span>
        <span class="who">
          <span class="name">{nominee.name}</span>
          <small>{nominee.employer}</small>
        </span>
        <Marks placed={placed} history={context.history} />
        <span class="figure">
          <Rolling value={votes} />
        </span>
      </Occupant>
    </li>
  );
}

/** What is said of a place beside its figures: that it is shared, and where who has it comes from. */
function Marks({ placed, history }: { placed: Placed; history: History }) {
  const move = history.move(placed.nominee.number);
  return (
    <span class="marks">
      {placed.isTied && <span class="tie">{b().tied}</span>}
      {move && (
        <span class={`move ${move}`} role="img" aria-label={b()[move]}>
          {move === "up" ? "▲" : "▼"}
        </span>
      )}
    </span>
  );
}

/** The nominee at a place; the next one fades in. */
function Occupant({ nominee, children }: { nominee: Nominee; children: ComponentChildren }) {
  const first = useRef(nominee.number);
  const hasChanged = useRef(false);
  if (first.current !== nominee.number) hasChanged.current = true;
  return (
    <span key={nominee.number} class={hasChanged.current ? "occupant arriving" : "occupant"}>
      {children}
    </span>
  );
}
