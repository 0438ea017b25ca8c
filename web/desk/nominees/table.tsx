// The nominees as a table, whose cells are gone through and edited by keys, or on a phone as cards.
import { useEffect, useRef, useState } from "preact/hooks";
import { count } from "../../shared/format";
import { mayHere } from "../campaign";
import { Icon } from "../parts/icon";
import { Portrait } from "../parts/portrait";
import { t as shared } from "../texts";
import { type CellEditing, CellInput } from "./cell";
import { Status } from "./editor";
import { type CellField, cellFields } from "./fields";
import type { Nominee, SortKey } from "./roster";
import { t } from "./texts";
import { type Range, useRange } from "./window";

const rowHeight = 60;
const cardHeight = 116;
/** So many characters fit into a line of any cell, and so many into two. */
const lineMax = 5;
const twoLinesMax = 18;
/** The height of the table's head, which stays in sight. */
const headHeight = 44;

type Column = CellField | "actions";
const columns: readonly Column[] = [...cellFields, "actions"];

interface ListProps {
  nominees: readonly Nominee[];
  hasVotes: boolean;
  pathOf: (id: string) => string;
  onOpen: (id: string) => void;
}

interface TableProps extends ListProps {
  cell: CellEditing;
  sort: SortKey;
  isDescending: boolean;
  onSort: (key: SortKey) => void;
}

/** The room of rows that are not drawn. */
const sizer = (rows: number) =>
  rows > 0 ? <tr class="room" aria-hidden="true" style={{ height: `${rows * rowHeight}px` }} /> : null;

/** A text in at most two lines: the finer the cut, the more it costs, so short ones have none. */
function Text({ children }: { children: string }) {
  if (children.length <= lineMax) return <>{children}</>;
  return <span class={children.length <= twoLinesMax ? "cut" : "two-lines"}>{children}</span>;
}

/** Votes; the grouping of figures is work that small ones do without. */
const votesText = (votes: number) => (votes < 1_000 ? String(votes) : count(votes));

/** Takes a click on a link that opens a nominee, but for one into another tab. */
function openByLink(event: MouseEvent, open: () => void): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  open();
}

/** The cell that has the keyboard, and going to another one. */
function useGrid(body: { current: HTMLElement | null }, count: number, range: Range) {
  const [place, setPlace] = useState<{ row: number; column: Column }>({ row: 0, column: "name" });
  const isPending = useRef(false);
  const cellAt = (row: number, column: Column) =>
    body.current?.querySelector<HTMLElement>(`[data-row="${row}"] [data-column="${column}"]`);
  useEffect(() => {
    if (!isPending.current) return;
    const cell = cellAt(place.row, place.column);
    if (!cell) return;
    isPending.current = false;
    cell.focus({ preventScroll: true });
  });
  const goTo = (row: number, column: Column) => {
    const target = Math.max(0, Math.min(count - 1, row));
    const cell = cellAt(target, column);
    cell?.focus({ preventScroll: true });
    // A row that is not drawn yet has the keyboard once it is; until then the table hears the keys.
    isPending.current = !cell;
    if (!cell) body.current!.closest("table")!.focus({ preventScroll: true });
    setPlace({ row: target, column });
    const top = body.current!.getBoundingClientRect().top + target * rowHeight;
    if (top < headHeight) scrollBy(0, top - headHeight);
    else if (top + rowHeight > innerHeight) scrollBy(0, top + rowHeight - innerHeight + 8);
  };
  const drawn = Math.max(range.first, Math.min(place.row, range.end - 1));
  const isShown = (column: Column) => cellAt(drawn, column)?.offsetParent != null;
  const sideways = (step: number) => {
    let index = columns.indexOf(place.column) + step;
    while (columns[index] && !isShown(columns[index]!)) index += step;
    if (columns[index]) goTo(place.row, columns[index]!);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(innerHeight / rowHeight) - 2);
    const { row, column } = place;
    const moves: Record<string, () => void> = {
      ArrowDown: () => goTo(row + 1, column),
      ArrowUp: () => goTo(row - 1, column),
      PageDown: () => goTo(row + page, column),
      PageUp: () => goTo(row - page, column),
      ArrowRight: () => sideways(1),
      ArrowLeft: () => sideways(-1),
      Home: () => goTo(event.ctrlKey ? 0 : row, event.ctrlKey ? column : (columns.find(isShown) ?? column)),
      End: () => goTo(event.ctrlKey ? count - 1 : row, event.ctrlKey ? column : "actions"),
    };
    const move = moves[event.key];
    if (!move || event.altKey || event.metaKey) return;
    event.preventDefault();
    move();
  };
  // There is always one cell that the tab key comes to, in sight or near.
  const stop = place.row >= range.first && place.row < range.end ? place.row : range.first;
  return { place: { row: stop, column: place.column }, setPlace, goTo, onKeyDown };
}

export function NomineeTable({ nominees, hasVotes, pathOf, onOpen, cell, sort, isDescending, onSort }: TableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const range = useRange(body, nominees.length, rowHeight);
  const mayEdit = mayHere("EDIT_CAMPAIGNS");
  const { place, setPlace, onKeyDown } = useGrid(body, nominees.length, range);
  const names = t().columns;
  const head = (key: SortKey, className = key as string) => (
    <th class={className} aria-sort={sort === key ? (isDescending ? "descending" : "ascending") : undefined} scope="col">
      <button type="button" class="quiet" onClick={() => onSort(key)}>
        {names[key]}
        {sort === key && <Icon name={isDescending ? "down" : "up"} />}
      </button>
    </th>
  );
  const tabIndex = (row: number, column: Column) => {
    // Who changes nothing goes from one nominee to the next.
    const stop = mayEdit ? place.column : "actions";
    return row === place.row && column === stop ? 0 : -1;
  };
  const editable = (nominee: Nominee, row: number, field: CellField) => {
    const value = nominee[field] ?? "";
    const { editing } = cell;
    if (mayEdit && editing?.id === nominee.id && editing.field === field) {
      return (
        <td class={`${field} open`}>
          <CellInput cell={cell} />
        </td>
      );
    }
    return (
      <td
        class={field}
        title={value}
        data-column={mayEdit ? field : undefined}
        tabIndex={mayEdit ? tabIndex(row, field) : undefined}
        aria-readonly={!mayEdit}
      >
        <Text>{value || "–"}</Text>
      </td>
    );
  };
  /** The cell of an event that can be edited. */
  const cellOf = ({ target }: Event) => {
    const td = (target as Element).closest<HTMLElement>("td[data-column]");
    const nominee = nominees[Number(td?.parentElement?.dataset.row)];
    return td && nominee ? { nominee, field: td.dataset.column as CellField } : undefined;
  };
  const begin = (event: Event) => {
    const found = cellOf(event);
    if (found) cell.begin(found.nominee, found.field);
    return found !== undefined;
  };
  const onFocus = ({ target }: FocusEvent) => {
    const focused = (target as HTMLElement).closest<HTMLElement>("[data-column]");
    const row = focused?.closest<HTMLElement>("[data-row]")?.dataset.row;
    if (focused && row) setPlace({ row: Number(row), column: focused.dataset.column as Column });
  };
  return (
    <div class="roster">
      <p id="grid-hint" class="unseen">
        {mayEdit && t().gridHint}
      </p>
      <table
        role="grid"
        tabIndex={-1}
        aria-rowcount={nominees.length + 1}
        aria-label={shared().nominees}
        aria-describedby="grid-hint"
        onClick={begin}
        onFocusIn={onFocus}
        onKeyDown={(event) => {
          if ((event.key === "Enter" || event.key === "F2") && begin(event)) event.preventDefault();
          else onKeyDown(event);
        }}
      >
        <thead>
          <tr aria-rowindex={1}>
            <th class="picture" scope="col">
              <span class="unseen">{names.portrait}</span>
            </th>
            {head("number", "ordinal")}
            {head("name")}
            {head("employer")}
            {head("title")}
            {head("city")}
            {head("category")}
            {head("status")}
            {hasVotes && head("votes", "votes number")}
            <th class="actions" scope="col">
              <span class="unseen">{names.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {sizer(range.first)}
          {nominees.slice(range.first, range.end).map((nominee, offset) => {
            const row = range.first + offset;
            const label = mayEdit ? t().editNominee(nominee.name) : t().openNominee(nominee.name);
            return (
              <tr key={row} aria-rowindex={row + 2} data-row={row} data-id={nominee.id} class={nominee.status.toLowerCase()}>
                <td class="picture">
                  <Portrait nominee={nominee} />
                </td>
                <td class="ordinal">{nominee.number}</td>
                {cellFields.map((field) => editable(nominee, row, field))}
                <td class="category" title={nominee.category.name}>
                  <Text>{nominee.category.name}</Text>
                </td>
                <td class="status">
                  <Status nominee={nominee} />
                </td>
                {hasVotes && <td class="votes number">{nominee.votes === null ? "–" : votesText(nominee.votes)}</td>}
                <td class="actions">
                  <a
                    class="button quiet icon plain"
                    href={pathOf(nominee.id)}
                    data-column="actions"
                    tabIndex={tabIndex(row, "actions")}
                    aria-label={label}
                    title={label}
                    onClick={(event) => openByLink(event, () => onOpen(nominee.id))}
                  >
                    <Icon name={mayEdit ? "edit" : "right"} />
                  </a>
                </td>
              </tr>
            );
          })}
          {sizer(nominees.length - range.end)}
        </tbody>
      </table>
    </div>
  );
}

/** The nominees on a phone; a touch opens one. */
export function NomineeCards({ nominees, hasVotes, pathOf, onOpen }: ListProps) {
  const list = useRef<HTMLUListElement>(null);
  const range = useRange(list, nominees.length, cardHeight);
  return (
    <ul
      ref={list}
      class="roster-cards"
      style={{ paddingTop: `${range.first * cardHeight}px`, paddingBottom: `${(nominees.length - range.end) * cardHeight}px` }}
    >
      {nominees.slice(range.first, range.end).map((nominee, offset) => (
        <li
          key={range.first + offset}
          class={nominee.status.toLowerCase()}
          aria-setsize={nominees.length}
          aria-posinset={range.first + offset + 1}
        >
          <a class="plain" href={pathOf(nominee.id)} onClick={(event) => openByLink(event, () => onOpen(nominee.id))}>
            <Portrait nominee={nominee} />
            <span class="who">
              <strong class="one-line">
                {nominee.number} · {nominee.name}
              </strong>
              <span class="two-lines">{[nominee.employer, nominee.title].filter(Boolean).join(" · ")}</span>
              <small class="one-line">{[nominee.category.name, nominee.city].filter(Boolean).join(" · ")}</small>
            </span>
            <span class="side-figures">
              {hasVotes && nominee.votes !== null && <strong>{t().votesNow(nominee.votes)}</strong>}
              {nominee.status !== "ACTIVE" && <Status nominee={nominee} />}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
