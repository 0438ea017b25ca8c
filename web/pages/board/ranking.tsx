// The ranking of a category: the first three with their portraits, then rows with the line between them. Each place
// stays where it is and those who take it fade in, so that no row ever covers another.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { placeOf, toneOf } from "../card";
import { Portrait, Rolling } from "../parts";
import type { Category, Nominee } from "./campaign";
import type { Figures } from "./figures";
import type { History } from "./history";
import { type Plan, type Size, type Sizes, digitsOf, planOf } from "./layout";
import { type CategoryStanding, type Placed, placedOf, standingOf } from "./standing";
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
  const digits = digitsOf(Math.max(0, ...placed.map(votesOf)));
  const wanted = isLong ? placed.length : isFinal ? lastChosen(placed, cut) : Math.max(placesMin, cut + 1);
  const rows = isWhole ? standing.others : standing.others.slice(0, Math.max(0, wanted - standing.leaders.length));
  const plan = planOf(cell, {
    leaders: standing.leaders.length,
    others: rows.length,
    hasCut: standing.line < placed.length && standing.line >= standing.leaders.length,
    digits,
    nameWidth: Math.max(...standing.leaders.map(({ nominee }) => widestWord(nominee.name)), 4.1),
    nameLength: Math.max(0, ...standing.leaders.map(({ nominee }) => widthOf(nominee.name))),
  });
  const shown = isWhole ? rows : rows.slice(0, plan.rows * plan.columns);
  // The leaders have no bars: those of the rows are compared with each other.
  const most = Math.max(1, ...shown.map(votesOf));
  const context: Context = { votesOf, most, history, cut };
  const looks = [`leaders-${plan.leaders}`, plan.isSplit && "split", plan.leader.hasTwoLines && "ample"];
  const rest = isLong ? standing.others.length - shown.length : 0;
  return (
    <section class={["ranking", ...looks].filter(Boolean).join(" ")} aria-label={category.name}>
      <h2>{category.name}</h2>
      <div class="ranks">
        {standing.leaders.length > 0 && <Leaders standing={standing} plan={plan} context={context} />}
        {shown.length > 0 && (
          <Rows standing={standing} shown={shown} plan={plan} context={context} rest={rest} />
        )}
      </div>
    </section>
  );
}

/** The width of a text in its height, at most: Chinese is square. */
const widthOf = (text: string) => (/[^\u0000-\u024f]/.test(text) ? text.length : text.length * 0.7);

/** The width of the widest part of a name that is not broken. */
const widestWord = (name: string) =>
  Math.max(...name.split(/[\s·-]/).map((word) => (widthOf(word) === word.length ? Math.min(word.length, 4) : widthOf(word))));

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
  const style = { ...styleOf(plan.leader), "--above": String(plan.above), "--lines": String(plan.nameLines) };
  return (
    <ol class="leaders" style={style}>
      {standing.leaders.map((placed, index) => {
        const { nominee, rank } = placed;
        const url = plan.leaders === "side" ? nominee.portraitUrl : nominee.largePortraitUrl;
        return (
          <li key={index} class={`leader at-${index + 1} won-${rank}`} data-number={nominee.number}>
            <Occupant nominee={nominee}>
              <span class={`face ${toneOf(nominee.number)}`}>
                <Portrait nominee={nominee} url={url} isFirst />
              </span>
              <span class={`medal place-${rank} spot`}>{rank}</span>
              <span class="caption">
                <span class="name">{nominee.name}</span>
                <small>{nominee.employer}</small>
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

interface RowsProps extends PartProps {
  shown: Placed[];
  /** How many more there are. */
  rest: number;
}

function Rows({ standing, shown, plan, context, rest }: RowsProps) {
  const { line, tiedRank } = standing;
  const before = standing.leaders.length;
  const perColumn = Math.ceil(shown.length / plan.columns);
  const columns = Array.from({ length: plan.columns }, (_, i) => shown.slice(i * perColumn, (i + 1) * perColumn));
  // Before the first vote nobody is above the line: it is said below all of them.
  const hasPlaces = before > 0 || shown.some((placed) => placeOf(placed) !== null);
  const lineAt = hasPlaces ? line : before + shown.length;
  // What is above everything shown, or below it, has no line here.
  const hasLine = line >= before && line < before + standing.others.length && line <= before + shown.length;
  const cutLine = <li key="cut" class="cut">{tiedRank === undefined || !hasPlaces ? b().chosen(context.cut) : b().cutTie(context.cut)}</li>;
  return (
    <div class={`lists${plan.row.hasTwoLines ? " two-lines" : ""}`} style={styleOf(plan.row)}>
      {columns.map((column, i) => {
        const from = before + i * perColumn;
        const isLast = i === columns.length - 1;
        const holdsLine =
          hasLine && lineAt >= from && (lineAt < from + column.length || (isLast && lineAt === from + column.length));
        const rows = column.map((placed, j) => (
          <Row key={from + j} placed={placed} isBelow={from + j >= lineAt && placed.rank !== tiedRank} context={context} />
        ));
        if (holdsLine) rows.splice(lineAt - from, 0, cutLine);
        return (
          <ol class={hasLine && !holdsLine ? "column beside-cut" : "column"} key={i}>
            {rows}
          </ol>
        );
      })}
      {rest > 0 && <p class="more">{b().more(rest)}</p>}
    </div>
  );
}

function Row({ placed, isBelow, context }: { placed: Placed; isBelow: boolean; context: Context }) {
  const { nominee } = placed;
  const votes = context.votesOf(placed);
  return (
    <li class={isBelow ? "row below" : "row"} data-number={nominee.number} style={{ "--part": String(votes / context.most) }}>
      <span class="fill" />
      <Occupant nominee={nominee}>
        <span class="spot">{placeOf(placed)}</span>
        <span class="caption">
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

/** The marks of a place: that others share it, and whether its nominee has come up or down. */
function Marks({ placed, history }: { placed: Placed; history: History }) {
  const move = history.move(placed.nominee.number);
  if (!placed.isTied && !move) return null;
  return (
    <span class="marks">
      {placed.isTied && <span class="shared">{b().tied}</span>}
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
