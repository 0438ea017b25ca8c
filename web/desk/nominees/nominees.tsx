// The nominees of a campaign: all of them in a list that is searched, sorted and edited, one of them at the side.
import "./nominees.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { language } from "../../shared/language";
import { useReturn } from "../../shared/store";
import { mayHere, useCampaign } from "../campaign";
import { Icon } from "../parts/icon";
import { useNarrow } from "../parts/media";
import { Empty, Failed } from "../parts/states";
import { campaignPath, go, parameter, setParameters } from "../route";
import { sessionState } from "../session";
import { t as shared } from "../texts";
import { CellReason, useCellEditing } from "./cell";
import { NewNominee, NomineeSheet } from "./editor";
import { job, plan } from "./portraits";
import { PortraitsDialog, PortraitsLine, useFileDrop } from "./portraits_dialog";
import { type SortKey, type Wish, matching, ordered, rosterOf, sortKeys } from "./roster";
import { NomineeCards, NomineeTable } from "./table";
import { t } from "./texts";

/** The last part of the address while a nominee is made. */
const newId = "new";
/** The address follows what is typed after this pause. */
const addressPauseMs = 400;
/** Who comes back to the page after this time sees the list anew. */
const awayMs = 20_000;

/** What the address asks for. */
function wishOfAddress(): Wish {
  const sort = sortKeys.find((key) => key === parameter("sort")) ?? "number";
  return {
    search: parameter("q"),
    categoryId: parameter("category"),
    status: parameter("status"),
    withoutPortrait: parameter("portrait") === "none",
    sort,
    isDescending: parameter("order") === "down",
  };
}

const addressOf = ({ search, categoryId, status, withoutPortrait, sort, isDescending }: Wish) => ({
  q: search.trim(),
  category: categoryId,
  status,
  portrait: withoutPortrait ? "none" : "",
  sort: sort === "number" ? "" : sort,
  order: isDescending ? "down" : "",
});

/** What is looked for; the address has it, too. */
function useWish(): [Wish, (change: Partial<Wish>) => void] {
  const [wish, setWish] = useState(wishOfAddress);
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    const timer = setTimeout(() => setParameters(addressOf(wish)), addressPauseMs);
    return () => clearTimeout(timer);
  }, [wish]);
  return [wish, (change) => setWish((before) => ({ ...before, ...change }))];
}

/** A value that follows once the screen has answered: a key is seen at once, and the list after it. */
function useFollowing<Value>(value: Value): Value {
  const [followed, setFollowed] = useState(value);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => (timer = setTimeout(() => setFollowed(value))));
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [value]);
  return followed;
}

export function NomineesView({ id }: { id?: string | undefined }) {
  const campaign = useCampaign();
  const roster = rosterOf(campaign.id);
  roster.changed.use();
  const [wish, setWish] = useWish();
  const [showsPortraits, setShowsPortraits] = useState(false);
  const mayEdit = mayHere("EDIT_CAMPAIGNS");
  const isPhone = useNarrow();
  useEffect(() => void roster.readNow(), [roster]);
  const session = sessionState.use();
  // What broke off with the session goes on after signing in again.
  useEffect(() => void (session === "open" && roster.error !== undefined && roster.readAll()), [session]);
  useReturn(awayMs, () => void roster.readNow());
  const cell = useCellEditing(roster, campaign, (nomineeId, field) => {
    requestAnimationFrame(() => {
      const row = [...document.querySelectorAll(".roster tr[data-row]")].find((tr) => tr.getAttribute("data-id") === nomineeId);
      row?.querySelector<HTMLElement>(`[data-column="${field}"]`)?.focus({ preventScroll: true });
    });
  });
  const isOver = useFileDrop(mayEdit && !id, (files) => {
    plan(roster, files);
    setShowsPortraits(true);
  });
  const followed = useFollowing(wish);
  const { sort, isDescending } = followed;
  const inOrder = useMemo(() => ordered(roster.nodes, sort, isDescending), [roster.nodes, sort, isDescending]);
  const found = useMemo(() => matching(roster, inOrder, followed), [inOrder, followed]);
  const hasVotes = useMemo(() => roster.nodes.some(({ votes }) => votes !== null), [roster.nodes]);
  const total = roster.total ?? 0;
  const path = (nomineeId?: string) => campaignPath(campaign.slug, "nominees", nomineeId);
  // The list stays where it is below the sheet.
  const goTo = (nomineeId?: string) => {
    const y = scrollY;
    go(path(nomineeId) + location.search);
    scrollTo(0, y);
  };
  const sortBy = (key: SortKey) => setWish({ sort: key, isDescending: key === sort ? !isDescending : key === "votes" });
  const clear = { search: "", categoryId: "", status: "", withoutPortrait: false };
  // Drawn again only where something of it is another: it is most of the work of an answer.
  const list = useMemo(() => {
    const props = { nominees: found, hasVotes, pathOf: path, onOpen: goTo };
    if (isPhone) return <NomineeCards {...props} />;
    return <NomineeTable {...props} cell={cell} sort={sort} isDescending={isDescending} onSort={sortBy} />;
  }, [found, hasVotes, isPhone, cell.editing, campaign, language()]);
  const editedNominee = cell.editing?.needsReason ? roster.find(cell.editing.id) : undefined;
  const content = () => {
    if (roster.error !== undefined && roster.nodes.length === 0) {
      return <Failed error={roster.error} retry={() => void roster.readAll()} />;
    }
    if (roster.nodes.length === 0 && !roster.isComplete) return <Empty isLoading />;
    if (roster.nodes.length === 0) return <NobodyYet mayEdit={mayEdit} slug={campaign.slug} onCreate={() => goTo(newId)} />;
    if (found.length === 0) {
      return (
        <Empty text={t().nothingFound}>
          <button type="button" onClick={() => setWish(clear)}>
            {t().clearFilters}
          </button>
        </Empty>
      );
    }
    return list;
  };
  return (
    <>
      <header class="head">
        <h1>{shared().nominees}</h1>
        <span class="soft" role="status">
          {roster.isComplete
            ? total > 0 && t().shown(found.length, total)
            : roster.total !== undefined && t().reading(roster.nodes.length, total)}
        </span>
        {mayEdit && total > 0 && (
          <div class="actions">
            <a class="button plain import-link" href={campaignPath(campaign.slug, "imports")}>
              <Icon name="import" />
              {t().importSheet}
            </a>
            <button type="button" onClick={() => setShowsPortraits(true)}>
              <Icon name="picture" />
              {t().portraits}
            </button>
            <button type="button" class="primary" onClick={() => goTo(newId)}>
              <Icon name="add" />
              {t().create}
            </button>
          </div>
        )}
      </header>
      {!showsPortraits && job.value?.campaignId === roster.campaignId && <PortraitsLine onShow={() => setShowsPortraits(true)} />}
      {roster.nodes.length > 0 && <Filters wish={wish} setWish={setWish} hasVotes={hasVotes} isPhone={isPhone} />}
      {roster.error !== undefined && roster.nodes.length > 0 && (
        <p class="refusal row" role="alert">
          <span>{t().reading(roster.nodes.length, total)}</span>
          <button type="button" onClick={() => void roster.readAll()}>
            {shared().tryAgain}
          </button>
        </p>
      )}
      {content()}
      {id === newId && mayEdit && <NewNominee roster={roster} onClose={() => goTo()} onOpen={goTo} />}
      {id && id !== newId && <NomineeSheet key={id} id={id} roster={roster} onClose={() => goTo()} />}
      {showsPortraits && <PortraitsDialog roster={roster} onClose={() => setShowsPortraits(false)} />}
      {editedNominee && <CellReason cell={cell} nominee={editedNominee} />}
      {isOver && (
        <div class="drop-over" role="status">
          <strong>{t().dropHere}</strong>
          <span>{t().dropHint}</span>
        </div>
      )}
    </>
  );
}

/** A list without nominees: how to fill it. */
function NobodyYet({ mayEdit, slug, onCreate }: { mayEdit: boolean; slug: string; onCreate: () => void }) {
  if (!mayEdit) return <Empty text={t().noneRead} />;
  return (
    <Empty text={t().none}>
      <div class="row">
        <a class="button primary plain" href={campaignPath(slug, "imports")}>
          {t().importSheet}
        </a>
        <button type="button" onClick={onCreate}>
          {t().create}
        </button>
      </div>
    </Empty>
  );
}

interface FiltersProps {
  wish: Wish;
  setWish: (change: Partial<Wish>) => void;
  hasVotes: boolean;
  isPhone: boolean;
}

function Filters({ wish, setWish, hasVotes, isPhone }: FiltersProps) {
  const { categories } = useCampaign();
  return (
    <div class="filters nominee-filters" role="search">
      <input
        type="search"
        value={wish.search}
        placeholder={t().search}
        aria-label={t().search}
        onInput={(event) => setWish({ search: event.currentTarget.value })}
      />
      <select
        value={wish.categoryId}
        aria-label={t().columns.category}
        onChange={(event) => setWish({ categoryId: event.currentTarget.value })}
      >
        <option value="">{t().allCategories}</option>
        {categories.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        value={wish.status}
        aria-label={t().columns.status}
        onChange={(event) => setWish({ status: event.currentTarget.value })}
      >
        <option value="">{t().allStatuses}</option>
        {(["ACTIVE", "FROZEN", "WITHDRAWN"] as const).map((status) => (
          <option key={status} value={status}>
            {t().statuses[status]}
          </option>
        ))}
      </select>
      {isPhone && (
        <select
          value={wish.sort}
          aria-label={t().sortBy}
          onChange={(event) => {
            const sort = event.currentTarget.value as SortKey;
            setWish({ sort, isDescending: sort === "votes" });
          }}
        >
          {sortKeys
            .filter((key) => key !== "votes" || hasVotes)
            .map((key) => (
              <option key={key} value={key}>
                {t().sortedBy(t().sorts[key])}
              </option>
            ))}
        </select>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={wish.withoutPortrait}
          onChange={(event) => setWish({ withoutPortrait: event.currentTarget.checked })}
        />
        {t().withoutPortrait}
      </label>
    </div>
  );
}
