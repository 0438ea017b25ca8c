// The categories of a campaign: one list, in the order of the pages, moved by the pointer or by the keyboard.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { randomUuid } from "../../shared/session";
import { type Campaign, campaign as currentCampaign, useCampaign } from "../campaign";
import { useDraft } from "../parts/draft";
import { Conflict, Refusals, TextField, type UserError, errorOf, otherErrors } from "../parts/form";
import { Icon } from "../parts/icon";
import { tell } from "../parts/notice";
import { t } from "../texts";
import { change } from "./change";
import { SetCategories } from "./operations";
import { Lock, PublicSentences } from "./parts";
import { r } from "./texts";

/** A type, not an interface: drafts are of types with an index. */
type Row = {
  /** Its id, or a name of this page's for a new one. */
  row: string;
  isNew: boolean;
  key: string;
  name: string;
  shortlistSize: string;
};

type CategoriesFields = { rows: Row[]; reason: string };

const rowsOf = ({ categories }: Campaign): Row[] =>
  categories.map(({ id, key, name, shortlistSize: size }) => ({ row: id, isNew: false, key, name, shortlistSize: String(size) }));

/** What is wrong with a row, by its fields. */
type RowFaults = Partial<Record<"key" | "name" | "shortlistSize", string>>;

function faultsOf({ key, name, shortlistSize }: Row, rows: readonly Row[]): RowFaults {
  const size = /^\d{1,5}$/.test(shortlistSize.trim()) ? Number(shortlistSize) : 0;
  const isRepeated = rows.filter((row) => row.key.trim() === key.trim()).length > 1;
  return {
    ...(!/^[\w-]{1,64}$/.test(key.trim()) ? { key: r().invalidKey } : isRepeated && { key: r().repeatedKey }),
    ...((name.trim() === "" || [...name.trim()].length > 100) && { name: r().invalidName }),
    ...((size < 1 || size > 10_000) && { shortlistSize: r().invalidShortlist }),
  };
}

/** A row to fill in, with a key that no other has. */
function newRow(rows: readonly Row[]): Row {
  let n = rows.length + 1;
  while (rows.some(({ key }) => key === `c${n}`)) n++;
  return { row: randomUuid(), isNew: true, key: `c${n}`, name: "", shortlistSize: "10" };
}

/** A row that was new when it was sent, as the category that it has become. */
function adopted(row: Row, sent: readonly Row[], { categories }: Campaign): Row {
  const key = sent.find((one) => one.row === row.row && one.isNew)?.key.trim();
  const made = key && categories.find((category) => category.key === key);
  return made ? { ...row, row: made.id, isNew: false } : row;
}

/** The list with one row in another place. */
function moved(rows: readonly Row[], from: number, to: number): Row[] {
  const next = [...rows];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

export function Categories() {
  const campaign = useCampaign();
  const { categories, desk } = campaign;
  const current = { rows: rowsOf(campaign), reason: "" };
  const draft = useDraft<CategoriesFields>(`categories.${campaign.id}`, current, desk.editRevision);
  const [refusals, setRefusals] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const [said, setSaid] = useState("");
  const { rows, reason } = draft.fields;
  const isFixed = desk.hasVotes;
  const isChanged = draft.changes.rows !== undefined;
  const isInConflict = Object.keys(draft.conflicts).length > 0;
  const isFaulty = rows.some((row) => Object.keys(faultsOf(row, rows)).length > 0);
  const set = (next: readonly Row[]) => {
    setRefusals([]);
    draft.set({ rows: [...next] });
  };
  const amendments = isFixed && !isFaulty ? amendmentsOf(campaign, rows, reason.trim() || r().reasonHolder) : [];
  const save = async (event: Event) => {
    event.preventDefault();
    setIsTried(true);
    if (!isChanged || isFaulty || isBusy || isInConflict || (isFixed && !reason.trim())) return;
    setIsBusy(true);
    const sent = draft.changes;
    const input = {
      campaignId: campaign.id,
      expectedRevision: draft.revision,
      categories: rows.map(({ row, isNew, key, name, shortlistSize }) => ({
        id: isNew ? null : row,
        key: key.trim(),
        name: name.trim(),
        shortlistSize: Number(shortlistSize),
      })),
      reason: isFixed ? reason.trim() : null,
    };
    const written = (list: readonly { key: string; name: string; shortlistSize: number }[]) =>
      JSON.stringify(list.map(({ key, name, shortlistSize }) => [key, name, shortlistSize]));
    const refused = await change(SetCategories, { input }, (after) => written(after.categories) === written(input.categories));
    setIsBusy(false);
    setRefusals(refused);
    if (refused.length > 0) return;
    setIsTried(false);
    const after = currentCampaign.value as Campaign;
    const left = draft.saved(sent, { rows: rowsOf(after), reason: "" }, after.desk.editRevision);
    if (left.rows) draft.set({ rows: left.rows.map((row) => adopted(row, sent.rows ?? [], after)) });
    tell(Object.keys(left).length > 0 ? t().savedBefore : t().saved);
  };
  const move = (from: number, to: number) => {
    if (to < 0 || to >= rows.length || from === to) return;
    set(moved(rows, from, to));
    setSaid(r().moved(rows[from]!.name || r().unnamed, to + 1));
  };
  return (
    <section class="box" aria-labelledby="categories">
      <header>
        <h2 id="categories">{r().categories}</h2>
        {!isFixed && (
          <small>
            {rows.length > 1 && r().categoriesHint}
            {r().keyHint}
          </small>
        )}
      </header>
      <form onSubmit={(event) => void save(event)} noValidate>
        {isFixed && <Lock>{r().categoriesFixed}</Lock>}
        <Conflict
          draft={draft}
          label={(field) => (field === "rows" ? r().categories : t().publicReason)}
          show={(field, value) => (field === "rows" ? shownList(value as Row[]) : String(value))}
        />
        {rows.length === 0 && <p class="soft">{r().categoriesEmpty}</p>}
        <Rows
          rows={rows}
          isFixed={isFixed}
          faults={(row) => (isTried || isFixed ? faultsOf(row, rows) : {})}
          nomineesOf={(row) => categories.find(({ id }) => id === row)?.nomineeCount ?? 0}
          set={set}
          move={move}
        />
        <p class="unseen" role="status">
          {said}
        </p>
        {isFixed && isChanged && (
          <>
            <TextField
              label={t().publicReason}
              value={reason}
              onInput={(text) => draft.set({ reason: text })}
              hint={r().reasonHint}
              error={errorOf(refusals, "reason") ?? (isTried && !reason.trim() ? t().required : undefined)}
              rows={2}
              maxLength={500}
              isNeeded
            />
            <PublicSentences campaign={campaign} amendments={amendments} />
          </>
        )}
        {!isInConflict && <Refusals errors={otherErrors(refusals, ["reason"])} />}
        <div class="row end">
          {!isFixed && (
            <button type="button" onClick={() => set([...rows, newRow(rows)])}>
              <Icon name="add" />
              {r().addCategory}
            </button>
          )}
          {isChanged && (
            <>
              <span class="spread soft">{draft.isFound && t().keptDraft}</span>
              <button type="button" onClick={() => (setRefusals([]), setIsTried(false), draft.discard())}>
                {t().discard}
              </button>
              <button type="submit" class="primary" disabled={isBusy || isInConflict || (isFixed && !reason.trim())}>
                {isBusy ? t().saving : isFixed ? r().amendAction : r().saveCategories}
              </button>
            </>
          )}
        </div>
      </form>
    </section>
  );
}

const shownList = (rows: readonly Row[]) =>
  rows.map(({ name, key, shortlistSize }, index) => `${index + 1}. ${name} (${key}) · ${shortlistSize}`).join("\n");

/** What the public will read of other sizes of shortlists. */
function amendmentsOf({ categories }: Campaign, rows: readonly Row[], reason: string) {
  return categories.flatMap(({ id, name, shortlistSize }) => {
    const after = rows.find(({ row }) => row === id)?.shortlistSize.trim();
    if (after === undefined || after === String(shortlistSize)) return [];
    const changes = [{ field: "shortlistSize", before: String(shortlistSize), after }];
    return [{ at: new Date(now()).toISOString(), subjectLabel: name, changes, reason }];
  });
}

interface RowsProps {
  rows: readonly Row[];
  isFixed: boolean;
  faults: (row: Row) => RowFaults;
  nomineesOf: (row: string) => number;
  set: (rows: readonly Row[]) => void;
  move: (from: number, to: number) => void;
}

function Rows({ rows, isFixed, faults, nomineesOf, set, move }: RowsProps) {
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState<string>();
  // A row in another place has lost the focus.
  const toFocus = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const wanted = toFocus.current;
    toFocus.current = undefined;
    if (wanted) list.current!.querySelector<HTMLElement>(wanted)?.focus();
  });
  const lengthBefore = useRef(rows.length);
  useLayoutEffect(() => {
    const isAdded = rows.length > lengthBefore.current && rows.at(-1)!.isNew;
    lengthBefore.current = rows.length;
    if (isAdded) list.current!.lastElementChild!.querySelector("input")?.focus();
  }, [rows.length]);
  const latest = useRef({ rows, move });
  latest.current = { rows, move };
  useEffect(() => {
    if (dragged === undefined) return;
    const follow = ({ clientY }: PointerEvent) => {
      const places = [...list.current!.children].map((row) => row.getBoundingClientRect());
      const from = latest.current.rows.findIndex(({ row }) => row === dragged);
      // Past the middle of a neighbour it takes its place.
      const to = places.findIndex(({ top, bottom }, index) =>
        index < from ? clientY < (top + bottom) / 2 : index > from && clientY < bottom && clientY > (top + bottom) / 2,
      );
      if (to >= 0) latest.current.move(from, to);
      else if (clientY > places.at(-1)!.bottom) latest.current.move(from, places.length - 1);
    };
    const end = () => setDragged(undefined);
    addEventListener("pointermove", follow);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
    return () => {
      removeEventListener("pointermove", follow);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
  }, [dragged]);
  const step = (index: number, by: 1 | -1) => {
    const { row } = rows[index]!;
    const isAtEnd = index + by === (by < 0 ? 0 : rows.length - 1);
    toFocus.current = `[data-row="${CSS.escape(row)}"] [data-by="${isAtEnd ? -by : by}"]`;
    move(index, index + by);
  };
  const edit = (index: number, change: Partial<Row>) => set(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  return (
    <ol class={isFixed ? "categories fixed" : "categories"} ref={list}>
      {rows.map((row, index) => {
        const wrong = faults(row);
        const nominees = nomineesOf(row.row);
        const name = row.name || r().unnamed;
        return (
          <li key={row.row} data-row={row.row} class={dragged === row.row ? "dragged" : undefined}>
            {!isFixed && (
              <div class="order">
                <span
                  class="grip"
                  aria-hidden="true"
                  onPointerDown={(event) => {
                    if (event.button !== 0) return;
                    event.preventDefault();
                    setDragged(row.row);
                  }}
                >
                  <Icon name="menu" />
                </span>
                <button
                  type="button"
                  class="quiet icon"
                  data-by="-1"
                  disabled={index === 0}
                  aria-label={r().moveUp(name)}
                  onClick={() => step(index, -1)}
                >
                  <Icon name="up" />
                </button>
                <button
                  type="button"
                  class="quiet icon"
                  data-by="1"
                  disabled={index === rows.length - 1}
                  aria-label={r().moveDown(name)}
                  onClick={() => step(index, 1)}
                >
                  <Icon name="down" />
                </button>
              </div>
            )}
            {isFixed ? (
              <div class="field named">
                <b>{row.name}</b>
                <small>{row.key}</small>
              </div>
            ) : (
              <>
                <TextField
                  label={r().name}
                  value={row.name}
                  onInput={(text) => edit(index, { name: text })}
                  error={wrong.name}
                  maxLength={100}
                />
                <TextField
                  label={r().key}
                  value={row.key}
                  onInput={(key) => edit(index, { key })}
                  error={wrong.key}
                  maxLength={64}
                />
              </>
            )}
            <TextField
              label={isFixed ? `${r().shortlist}: ${row.name}` : r().shortlist}
              inputMode="numeric"
              value={row.shortlistSize}
              onInput={(shortlistSize) => edit(index, { shortlistSize })}
              error={wrong.shortlistSize}
              hint={isFixed ? r().places(Number(row.shortlistSize)) : undefined}
              maxLength={5}
            />
            <div class="use">
              <small>{r().nominees(nominees)}</small>
              {!isFixed && (
                <button
                  type="button"
                  class="quiet icon"
                  disabled={nominees > 0}
                  title={nominees > 0 ? r().inUse : undefined}
                  aria-label={r().removeCategory(name)}
                  onClick={() => {
                    const neighbour = rows[index + 1] ?? rows[index - 1];
                    toFocus.current = neighbour && `[data-row="${CSS.escape(neighbour.row)}"] input`;
                    set(rows.filter((_, at) => at !== index));
                  }}
                >
                  <Icon name="trash" />
                </button>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** The categories, to read. */
export function CategoriesRead({ campaign: { categories } }: { campaign: Campaign }) {
  return (
    <section class="box" aria-labelledby="categories">
      <h2 id="categories">{r().categories}</h2>
      {categories.length === 0 ? (
        <p class="soft">{r().categoriesEmpty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{r().name}</th>
              <th scope="col">{r().key}</th>
              <th scope="col" class="number">
                {r().shortlist}
              </th>
              <th scope="col" class="number">
                {t().nominees}
              </th>
            </tr>
          </thead>
          <tbody>
            {categories.map(({ id, name, key, shortlistSize, nomineeCount }) => (
              <tr key={id}>
                <td>{name}</td>
                <td>{key}</td>
                <td class="number">{shortlistSize}</td>
                <td class="number">{nomineeCount}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
