// The view of the voting page: categories, nominees in a fair order, search, one tap to vote.
import "./nominees.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { PagedList } from "../shared/paged";
import { execute } from "../shared/server";
import { lateSessions, randomUuid, reader } from "../shared/session";
import { type Campaign, period, resumeVotes } from "./campaign";
import { NomineeCard } from "./card";
import { type FirstView, rememberDevice, storedLayout, storedSeed } from "./first_view";
import { HeadLine } from "./head";
import { Moment } from "./moment";
import { ListNominees, type NomineeCardFragment, type NomineeOrder } from "./operations";
import { Failed, Icon, Refusal, Sentinel, VoteButton, nomineePath } from "./parts";
import { QuotaLine } from "./quota";
import { pathOf } from "./route";
import { t } from "./texts";

const pageSize = 30;
const searchDelayMs = 300;
const waitingCards = 8;

interface NomineeFilter {
  category: string;
  search: string;
  order: NomineeOrder;
}

/** The seed of this page's shuffle: the device's own before and after it signs in, and no secret. */
let pageSeed: string | undefined;

/** The seed of the shuffle; a device that has none keeps the one that is made for it here or by the server. */
function seed(made?: string): string {
  pageSeed ??= made ?? storedSeed.read() ?? randomUuid();
  if (storedSeed.read() === undefined) {
    storedSeed.write(pageSeed);
    rememberDevice();
  }
  return pageSeed;
}

const lists = new Map<string, PagedList<NomineeCardFragment>>();
// In a new period this voter has voted for nobody.
period.watch(() => lists.forEach((list) => list.patchAll({ viewerHasVoted: false })));
lateSessions.watch(() => lists.forEach((list) => void list.reread()));

const keyOf = (slug: string, { category, search, order }: NomineeFilter) =>
  JSON.stringify([slug, category, search, order]);

/**
 * Begins with the list that the page has. Where it is in another order than the device's own, as a cache before the
 * server may give it, this page keeps that: nothing changes places under a finger.
 */
export function takeList(slug: string, campaign: Campaign, first: NonNullable<FirstView["list"]>): void {
  seed(first.seed);
  const filter = visible(campaign, filterOf(campaign));
  if (filter.category !== (first.category ?? "") || filter.order !== first.order) return;
  const list = makeList(slug, filter);
  list.begin(pageOf(first.nominees));
  lists.set(keyOf(slug, filter), list);
}

function pageOf({ nodes, pageInfo, totalCount: total }: NonNullable<FirstView["list"]>["nominees"]) {
  resumeVotes(nodes);
  return { nodes, ...pageInfo, total };
}

function makeList(slug: string, filter: NomineeFilter): PagedList<NomineeCardFragment> {
  return new PagedList(async (after) => {
    const variables = {
      slug,
      first: pageSize,
      after,
      category: filter.category || null,
      search: filter.search || null,
      orderBy: filter.order,
      seed: filter.order === "SHUFFLED" ? seed() : null,
    };
    const { campaign } = await execute(ListNominees, variables, { as: reader });
    return campaign ? pageOf(campaign.nominees) : { nodes: [], endCursor: null, hasNextPage: false, total: 0 };
  });
}

function listOf(slug: string, filter: NomineeFilter): PagedList<NomineeCardFragment> {
  const key = keyOf(slug, filter);
  let list = lists.get(key);
  if (!list) {
    list = makeList(slug, filter);
    lists.set(key, list);
    void list.loadMore();
  }
  return list;
}

function filterOf(campaign: Campaign): NomineeFilter {
  const parameters = new URLSearchParams(location.search);
  const category = campaign.categories.find(({ key }) => key === parameters.get("category")) ?? campaign.categories[0];
  const order = parameters.get("order") as NomineeOrder | null;
  return {
    category: category?.id ?? "",
    search: parameters.get("search") ?? "",
    order: order === "NUMBER" || order === "VOTES" ? order : "SHUFFLED",
  };
}

const isTallyVisible = ({ rules: { tallyVisibility }, phase }: Campaign) =>
  tallyVisibility === "LIVE" || (tallyVisibility === "AFTER_CLOSE" && !["UPCOMING", "VOTING", "PAUSED"].includes(phase));

/** An order by hidden votes, of an old link or from before they were hidden, is refused. */
const visible = (campaign: Campaign, filter: NomineeFilter): NomineeFilter =>
  filter.order === "VOTES" && !isTallyVisible(campaign) ? { ...filter, order: "SHUFFLED" } : filter;

/** The filter of the address, and the function that changes both. */
function useFilter(campaign: Campaign): [NomineeFilter, (change: Partial<NomineeFilter>) => void] {
  const [filter, setFilter] = useState(() => filterOf(campaign));
  // A search that waits for the last key changes the filter of then, not of when it was typed.
  const latest = useRef(filter);
  const changeFilter = (change: Partial<NomineeFilter>) => {
    const next = { ...latest.current, ...change };
    latest.current = next;
    const key = campaign.categories.find(({ id }) => id === next.category)?.key;
    const parameters = new URLSearchParams(key ? { category: key } : {});
    if (next.search) parameters.set("search", next.search);
    if (next.order !== "SHUFFLED") parameters.set("order", next.order);
    history.replaceState(history.state, "", `${location.pathname}?${parameters}`);
    setFilter(next);
  };
  return [filter, changeFilter];
}

export function NomineesView({ slug, campaign }: { slug: string; campaign: Campaign }) {
  const [filter, changeFilter] = useFilter(campaign);
  const [layout, setLayout] = useState(() => storedLayout.read() ?? "grid");
  const { order } = visible(campaign, filter);
  // A search is for one person, whatever the category.
  const list = listOf(slug, { ...filter, order, category: filter.search ? "" : filter.category });
  list.changed.use();
  const quotaCategory = filter.search ? categoryOf(list.nodes) : filter.category;
  const chooseLayout = () => {
    const next = layout === "grid" ? "list" : "grid";
    storedLayout.write(next);
    rememberDevice();
    setLayout(next);
  };
  return (
    <>
      <HeadLine campaign={campaign} category={quotaCategory} />
      <Moment slug={slug} campaign={campaign} />
      <Chooser campaign={campaign} filter={filter} changeFilter={changeFilter} />
      <div class="tools">
        <QuotaLine campaign={campaign} category={quotaCategory} />
        <select
          aria-label={t().order}
          value={order}
          onChange={(event) => changeFilter({ order: event.currentTarget.value as NomineeOrder })}
        >
          <option value="SHUFFLED">{t().orderShuffled}</option>
          <option value="NUMBER">{t().orderNumber}</option>
          {isTallyVisible(campaign) && <option value="VOTES">{t().orderVotes}</option>}
        </select>
        <button
          class="quiet"
          type="button"
          aria-label={layout === "grid" ? t().asList : t().asGrid}
          onClick={chooseLayout}
        >
          <Icon sign={layout === "grid" ? "i-list" : "i-grid"} />
        </button>
      </div>
      <NomineeList
        slug={slug}
        campaign={campaign}
        list={list}
        layout={layout}
        clearSearch={filter.search ? () => changeFilter({ search: "" }) : undefined}
      />
    </>
  );
}

interface ChooserProps {
  campaign: Campaign;
  filter: NomineeFilter;
  changeFilter: (change: Partial<NomineeFilter>) => void;
}

/** The categories, and in their place the search once it is asked for. */
function Chooser({ campaign, filter, changeFilter }: ChooserProps) {
  const [isSearching, setSearching] = useState(filter.search !== "");
  const [text, setText] = useState(filter.search);
  const field = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (text.trim() === filter.search) return;
    const timer = setTimeout(() => changeFilter({ search: text.trim() }), searchDelayMs);
    return () => clearTimeout(timer);
  }, [text]);
  // A search that was cleared elsewhere, by its one button.
  useEffect(() => {
    if (!filter.search) setText("");
  }, [filter.search]);
  const open = () => {
    setSearching(true);
    requestAnimationFrame(() => field.current?.focus());
  };
  const close = () => {
    setSearching(false);
    setText("");
    changeFilter({ search: "" });
    requestAnimationFrame(() => opener.current?.focus());
  };
  if (isSearching) {
    return (
      <div class="chooser" role="search">
        <Icon sign="i-search" />
        <input
          ref={field}
          type="search"
          value={text}
          maxLength={100}
          placeholder={t().search}
          aria-label={t().search}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && close()}
        />
        <button class="quiet" type="button" aria-label={t().closeSearch} onClick={close}>
          <Icon sign="i-close" />
        </button>
      </div>
    );
  }
  return (
    <nav class="chooser" aria-label={t().categories}>
      <div class="chips">
        {campaign.categories.map(({ id, name, nomineeCount }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === filter.category}
            onClick={() => changeFilter({ category: id })}
          >
            {name} <small>{nomineeCount}</small>
          </button>
        ))}
      </div>
      <button ref={opener} class="round" type="button" aria-label={t().openSearch} onClick={open}>
        <Icon sign="i-search" />
      </button>
    </nav>
  );
}

interface NomineeListProps {
  slug: string;
  campaign: Campaign;
  list: PagedList<NomineeCardFragment>;
  layout: "grid" | "list";
  clearSearch: (() => void) | undefined;
}

function NomineeList({ slug, campaign, list, layout, clearSearch }: NomineeListProps) {
  const isWaiting = list.nodes.length === 0 && !list.isComplete && !list.error;
  return (
    <>
      <ul class={`nominees ${layout}`} aria-busy={isWaiting}>
        {list.nodes.map((nominee) => (
          <NomineeCard key={nominee.id} href={nomineePath(slug, nominee.number)} nominee={nominee}>
            <VoteButton slug={slug} nominee={nominee} campaign={campaign} />
            <Refusal slug={slug} nominee={nominee} campaign={campaign} />
          </NomineeCard>
        ))}
        {isWaiting && Array.from({ length: waitingCards }, (_, i) => <li key={i} class="waiting" aria-hidden="true" />)}
      </ul>
      {list.error ? (
        <Failed error={list.error} retry={() => void list.loadMore()} />
      ) : !list.isComplete ? (
        <Sentinel onNear={() => void list.loadMore()} />
      ) : (
        list.nodes.length === 0 && <NoNominees slug={slug} clearSearch={clearSearch} />
      )}
    </>
  );
}

function NoNominees({ slug, clearSearch }: Pick<NomineeListProps, "slug" | "clearSearch">) {
  return (
    <div class="empty">
      <p>{clearSearch ? t().noneFound : t().noNominees}</p>
      {clearSearch ? (
        <button type="button" onClick={clearSearch}>
          {t().clearSearch}
        </button>
      ) : (
        <a class="button" href={pathOf({ view: "stories", slug })}>
          {t().readStories}
        </a>
      )}
    </div>
  );
}

/** The category of all these nominees; none where they have several. */
function categoryOf(nominees: NomineeCardFragment[]): string | undefined {
  const category = nominees[0]?.category.id;
  return nominees.every((nominee) => nominee.category.id === category) ? category : undefined;
}
