// The voting page: categories, nominees in a fair order, search, one tap to vote.
import { useEffect, useState } from "preact/hooks";
import { Failed, Portrait, Sentinel, VoteButton, Votes, nomineePath } from "./parts";
import { type NomineeCardFragment, type NomineeOrder, Nominees } from "./operations";
import { Paged } from "./paged";
import { type Selection, quotas, resumeVotes } from "./selection";
import { execute } from "./server";
import { voter } from "./session";
import { now } from "./clock";
import { moment, t } from "./texts";

const pageSize = 30;
const searchDelay_ms = 300;

interface Choice {
  category: string;
  search: string;
  order: NomineeOrder;
}

const lists = new Map<string, Paged<NomineeCardFragment>>();

function listOf(slug: string, choice: Choice): Paged<NomineeCardFragment> {
  const key = JSON.stringify([slug, choice.category, choice.search, choice.order]);
  let list = lists.get(key);
  if (!list) {
    list = new Paged(async (after) => {
      const variables = {
        slug,
        first: pageSize,
        after,
        category: choice.category || null,
        search: choice.search || null,
        orderBy: choice.order,
      };
      const { campaign } = await execute(Nominees, variables, { as: voter });
      if (!campaign) return { nodes: [], endCursor: null, hasNextPage: false, total: 0 };
      const { nodes, pageInfo, totalCount: total } = campaign.nominees;
      resumeVotes(nodes);
      return { nodes, ...pageInfo, total };
    });
    lists.set(key, list);
    void list.more();
  }
  return list;
}

function choiceOf(selection: Selection): Choice {
  const asked = new URLSearchParams(location.search);
  const category = selection.categories.find(({ key }) => key === asked.get("category")) ?? selection.categories[0];
  const order = asked.get("order") as NomineeOrder | null;
  return {
    category: category?.id ?? "",
    search: asked.get("search") ?? "",
    order: order === "NUMBER" || order === "VOTES" ? order : "SHUFFLED",
  };
}

export function NomineesView({ slug, selection }: { slug: string; selection: Selection }) {
  const [choice, setChoice] = useState(() => choiceOf(selection));
  const [typed, setTyped] = useState(choice.search);
  const choose = (change: Partial<Choice>) => {
    const next = { ...choice, ...change };
    const key = selection.categories.find(({ id }) => id === next.category)?.key;
    const asked = new URLSearchParams(key ? { category: key } : {});
    if (next.search) asked.set("search", next.search);
    if (next.order !== "SHUFFLED") asked.set("order", next.order);
    history.replaceState(history.state, "", `${location.pathname}?${asked}`);
    setChoice(next);
  };
  useEffect(() => {
    if (typed.trim() === choice.search) return;
    const timer = setTimeout(() => choose({ search: typed.trim() }), searchDelay_ms);
    return () => clearTimeout(timer);
  }, [typed]);
  const tallyIsShown =
    selection.rules.tallyVisibility === "LIVE" ||
    (selection.rules.tallyVisibility === "AFTER_CLOSE" && !["UPCOMING", "VOTING"].includes(selection.phase));
  // Who searches looks for one person, whatever the category.
  const list = listOf(slug, choice.search ? { ...choice, category: "" } : choice);
  list.changed.use();
  return (
    <>
      <nav class="tabs" aria-label={t().categories}>
        {selection.categories.map(({ id, name, nomineeCount }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === choice.category && !choice.search}
            onClick={() => {
              setTyped("");
              choose({ category: id, search: "" });
            }}
          >
            {name} <small>{nomineeCount}</small>
          </button>
        ))}
      </nav>
      <QuotaLine selection={selection} category={choice.category} />
      <div class="tools">
        <input
          type="search"
          value={typed}
          maxLength={100}
          placeholder={t().search}
          aria-label={t().search}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <select
          aria-label={t().order}
          value={choice.order}
          onChange={(event) => choose({ order: event.currentTarget.value as NomineeOrder })}
        >
          <option value="SHUFFLED">{t().orderShuffled}</option>
          <option value="NUMBER">{t().orderNumber}</option>
          {tallyIsShown && <option value="VOTES">{t().orderVotes}</option>}
        </select>
      </div>
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
            <VoteButton nominee={nominee} isOpen={selection.phase === "VOTING"} />
          </li>
        ))}
      </ul>
      {list.hasFailed ? (
        <Failed retry={() => void list.more()} />
      ) : !list.isComplete ? (
        <Sentinel more={() => void list.more()} />
      ) : (
        list.nodes.length === 0 && <p class="empty">{t().noneFound}</p>
      )}
    </>
  );
}

/** What is left of the quota of a category, or what it is for someone who has not signed in. */
export function QuotaLine({ selection, category }: { selection: Selection; category: string }) {
  const all = quotas.use();
  const quota = all?.find((quota) => quota.category === null || quota.category.id === category);
  const { period, scope, votesPerPeriod } = selection.rules;
  if (selection.phase !== "VOTING") return null;
  const rule = period === "DAY" ? t().quotaDay(votesPerPeriod) : t().quotaCampaign(votesPerPeriod);
  return (
    <p class="quota" role="status">
      {quota ? (
        <>
          <progress max={quota.limit} value={quota.remaining} aria-hidden="true" />
          <b>{t().quotaLeft(quota.remaining, quota.limit)}</b>
          {quota.resetsAt && (
            <span>{t().resetsAt(moment(Date.parse(quota.resetsAt), selection.timeZone, now()))}</span>
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
