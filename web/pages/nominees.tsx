// The view of the voting page: categories, nominees in a fair order, search, one tap to vote.
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../shared/clock";
import { moment } from "../shared/format";
import { PagedList } from "../shared/paged";
import { execute } from "../shared/server";
import { lateSessions, randomUuid, reader } from "../shared/session";
import { storedValue } from "../shared/storage";
import { Amendments } from "./amendments";
import { type Campaign, period, quotas, resumeVotes } from "./campaign";
import { ListNominees, type NomineeCardFragment, type NomineeOrder } from "./operations";
import { Failed, Portrait, Sentinel, VoteButton, Votes, nomineePath } from "./parts";
import { t } from "./texts";

const pageSize = 30;
const searchDelayMs = 300;

interface NomineeFilter {
  category: string;
  search: string;
  order: NomineeOrder;
}

const storedSeed = storedValue<string>("seed");

/** The seed of this device's shuffle: it is the device's own before and after it signs in, and no secret. */
function seed(): string {
  const stored = storedSeed.read();
  if (stored !== undefined) return stored;
  const made = randomUuid();
  storedSeed.write(made);
  return made;
}

const lists = new Map<string, PagedList<NomineeCardFragment>>();
// In a new period this voter has voted for nobody.
period.watch(() => lists.forEach((list) => list.patchAll({ viewerHasVoted: false })));
lateSessions.watch(() => lists.forEach((list) => void list.reread()));

function listOf(slug: string, filter: NomineeFilter): PagedList<NomineeCardFragment> {
  const key = JSON.stringify([slug, filter.category, filter.search, filter.order]);
  let list = lists.get(key);
  if (!list) {
    list = new PagedList(async (after) => {
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
      if (!campaign) return { nodes: [], endCursor: null, hasNextPage: false, total: 0 };
      const { nodes, pageInfo, totalCount: total } = campaign.nominees;
      resumeVotes(nodes);
      return { nodes, ...pageInfo, total };
    });
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
  const [searchText, setSearchText] = useState(filter.search);
  useEffect(() => {
    if (searchText.trim() === filter.search) return;
    const timer = setTimeout(() => changeFilter({ search: searchText.trim() }), searchDelayMs);
    return () => clearTimeout(timer);
  }, [searchText, filter.search]);
  const isTallyVisible =
    campaign.rules.tallyVisibility === "LIVE" ||
    (campaign.rules.tallyVisibility === "AFTER_CLOSE" && !["UPCOMING", "VOTING", "PAUSED"].includes(campaign.phase));
  // An order by hidden votes, of an old link or from before they were hidden, is refused.
  const order = filter.order === "VOTES" && !isTallyVisible ? "SHUFFLED" : filter.order;
  // A search is for one person, whatever the category.
  const list = listOf(slug, { ...filter, order, category: filter.search ? "" : filter.category });
  list.changed.use();
  return (
    <>
      <nav class="tabs" aria-label={t().categories}>
        {campaign.categories.map(({ id, name, nomineeCount }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === filter.category && !filter.search}
            onClick={() => {
              setSearchText("");
              changeFilter({ category: id, search: "" });
            }}
          >
            {name} <small>{nomineeCount}</small>
          </button>
        ))}
      </nav>
      <QuotaLine campaign={campaign} category={filter.search ? categoryOf(list.nodes) : filter.category} />
      {campaign.amendments.length > 0 && <Amendments campaign={campaign} />}
      <div class="tools">
        <input
          type="search"
          value={searchText}
          maxLength={100}
          placeholder={t().search}
          aria-label={t().search}
          onInput={(event) => setSearchText(event.currentTarget.value)}
        />
        <select
          aria-label={t().order}
          value={order}
          onChange={(event) => changeFilter({ order: event.currentTarget.value as NomineeOrder })}
        >
          <option value="SHUFFLED">{t().orderShuffled}</option>
          <option value="NUMBER">{t().orderNumber}</option>
          {isTallyVisible && <option value="VOTES">{t().orderVotes}</option>}
        </select>
      </div>
      <NomineeList slug={slug} campaign={campaign} list={list} />
    </>
  );
}

interface NomineeListProps {
  slug: string;
  campaign: Campaign;
  list: PagedList<NomineeCardFragment>;
}

function NomineeList({ slug, campaign, list }: NomineeListProps) {
  list.changed.use();
  return (
    <>
      <ul class="nominees">
        {list.nodes.map((nominee) => (
          <li key={nominee.id} class="card nominee">
            <a href={nomineePath(slug, nominee.number)}>
              <Portrait nominee={nominee} />
              <span class="who">
                <span class="number">{t().number(nominee.number)}</span>
                <strong>{nominee.name}</strong>
                <span class="employer">{nominee.employer}</span>
                <Votes nominee={nominee} />
              </span>
            </a>
            <VoteButton slug={slug} nominee={nominee} campaign={campaign} />
          </li>
        ))}
      </ul>
      {list.error ? (
        <Failed error={list.error} retry={() => void list.loadMore()} />
      ) : !list.isComplete ? (
        <Sentinel onNear={() => void list.loadMore()} />
      ) : (
        list.nodes.length === 0 && <p class="empty">{t().noneFound}</p>
      )}
    </>
  );
}

/** The category of all these nominees; none where they have several. */
function categoryOf(nominees: NomineeCardFragment[]): string | undefined {
  const category = nominees[0]?.category.id;
  return nominees.every((nominee) => nominee.category.id === category) ? category : undefined;
}

/** The rest of the quota of a category, or the whole of it where nobody is signed in or no category is meant. */
export function QuotaLine({ campaign, category }: { campaign: Campaign; category: string | undefined }) {
  const all = quotas.use();
  const quota = all?.find((quota) => quota.category === null || quota.category.id === category);
  const { period, scope, votesPerPeriod } = campaign.rules;
  if (campaign.phase !== "VOTING") return null;
  if (!campaign.rules.guestsMayVote) return <p class="quota">{t().voteInMiniProgram}</p>;
  const rule = period === "DAY" ? t().quotaDay(votesPerPeriod) : t().quotaCampaign(votesPerPeriod);
  return (
    <p class="quota" role="status">
      {quota ? (
        <>
          <progress max={quota.limit} value={quota.remaining} aria-hidden="true" />
          <b>{t().quotaLeft(quota.remaining, quota.limit)}</b>
          {quota.resetsAt && (
            <span>{t().resetsAt(moment(Date.parse(quota.resetsAt), campaign.timeZone, now()))}</span>
          )}
        </>
      ) : (
        <b>
          {rule} {scope === "CATEGORY" && t().perCategory}
        </b>
      )}
    </p>
  );
}

