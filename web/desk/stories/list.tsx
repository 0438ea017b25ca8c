// The list of stories: filters in the address, read on as it is scrolled.
import { useEffect, useRef, useState } from "preact/hooks";
import { count } from "../../shared/format";
import { PagedList } from "../../shared/paged";
import { execute } from "../../shared/server";
import { useReturn } from "../../shared/store";
import { type Campaign, mayHere, useCampaign } from "../campaign";
import { Icon } from "../parts/icon";
import { PageEnd } from "../parts/paged";
import { Empty } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath, parameter, setParameters } from "../route";
import { staff } from "../session";
import { t } from "../texts";
import { Check, State, type StoryRow, countOf, states, when } from "./facts";
import { ListStories, type StoryState } from "./operations";
import { s } from "./texts";

const pageSize = 100;
/** Rows are drawn this far from the screen. */
const keptPx = 1_500;
/** A list that is longer is not read again as a whole. */
const rereadMax = 300;
const typingMs = 250;
const awayMs = 20_000;
const searchMax = 100;

/** The list that was shown last: going back to it finds it as it was. */
let shown: { key: string; list: PagedList<StoryRow> } | undefined;

function listOf(slug: string, state: StoryState | undefined, search: string): PagedList<StoryRow> {
  const key = JSON.stringify([slug, state, search]);
  if (shown?.key === key) return shown.list;
  const list = new PagedList<StoryRow>(async (after) => {
    const filter = { slug, first: pageSize, after, state: state ?? null, search: search || null };
    const { campaign } = await execute(ListStories, filter, { as: staff });
    const page = campaign?.desk?.stories;
    const nodes = (page?.nodes ?? []).filter((node) => node.desk) as StoryRow[];
    return { nodes, endCursor: page?.pageInfo.endCursor ?? null, hasNextPage: page?.pageInfo.hasNextPage ?? false };
  });
  shown = { key, list };
  return list;
}

/** Takes over a story that was changed into the list that was shown last. */
export function noteStory(story: StoryRow): void {
  const list = shown?.list;
  if (!list) return;
  list.nodes = list.nodes.map((node) => (node.id === story.id ? { ...node, ...story } : node));
  list.changed.set({});
}

/** The list with its filters. */
export function StoryList() {
  const campaign = useCampaign();
  const state = states.find((known) => known === parameter("state"));
  const search = parameter("q");
  const list = listOf(campaign.slug, state, search);
  list.changed.use();
  const reread = () => list.nodes.length <= rereadMax && void list.reread();
  useEffect(() => void (list.nodes.length > 0 ? reread() : list.loadMore()), [list]);
  useReturn(awayMs, reread);
  const isEmpty = list.isComplete && list.nodes.length === 0;
  return (
    <>
      <header class="head">
        <h1>{t().stories}</h1>
        <small class="zone">{allTimes(campaign.timeZone)}</small>
        {mayHere("WRITE_STORIES") && (
          <div class="actions">
            <a class="button primary" href={campaignPath(campaign.slug, "stories", "new")}>
              <Icon name="add" />
              {s().newStory}
            </a>
          </div>
        )}
      </header>
      <Filters campaign={campaign} state={state} search={search} />
      {list.nodes.length > 0 && (
        <Table campaign={campaign} nodes={list.nodes} total={search ? undefined : countOf(campaign, state)} />
      )}
      {isEmpty && (state || search ? <NoneFound /> : <NoStories slug={campaign.slug} />)}
      <PageEnd list={list} />
    </>
  );
}

function NoneFound() {
  return (
    <Empty text={s().noneFound}>
      <button type="button" onClick={() => setParameters({ state: "", q: "" })}>
        {s().clearFilters}
      </button>
    </Empty>
  );
}

function NoStories({ slug }: { slug: string }) {
  return (
    <Empty text={s().noStories}>
      {mayHere("WRITE_STORIES") && (
        <a class="button primary" href={campaignPath(slug, "stories", "new")}>
          {s().newStory}
        </a>
      )}
      {mayHere("EDIT_CAMPAIGNS") && (
        <p>
          {s().sheetHint} <a href={campaignPath(slug, "imports")}>{t().imports}</a>
        </p>
      )}
    </Empty>
  );
}

function Filters({ campaign, state, search }: { campaign: Campaign; state: StoryState | undefined; search: string }) {
  const [typed, setTyped] = useState(search);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // What is typed goes before the address, which follows it.
  useEffect(() => setTyped((now) => (now.trim() === search ? now : search)), [search]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setParameters({ q: text.trim() }), typingMs);
  };
  const chip = (value: StoryState | undefined, name: string) => (
    <button
      type="button"
      key={name}
      class="chip"
      aria-pressed={state === value}
      onClick={() => setParameters({ state: value ?? "" })}
    >
      {name} <small>{count(countOf(campaign, value))}</small>
    </button>
  );
  return (
    <div class="filters story-filters">
      <div class="chips" role="group" aria-label={s().state}>
        {chip(undefined, s().all)}
        {states.map((known) => chip(known, s().states[known]))}
      </div>
      <input
        type="search"
        value={typed}
        maxLength={searchMax}
        placeholder={s().search}
        aria-label={s().search}
        onInput={(event) => type(event.currentTarget.value)}
      />
    </div>
  );
}

function Table({ campaign, nodes, total }: { campaign: Campaign; nodes: StoryRow[]; total: number | undefined }) {
  const starts = Array.from({ length: Math.ceil(nodes.length / pageSize) }, (_, index) => index * pageSize);
  return (
    <div class="table stories">
      <table aria-rowcount={total === undefined ? -1 : total + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" class="cover">
              <span class="unseen">{s().cover}</span>
            </th>
            <th scope="col">{s().headline}</th>
            <th scope="col" class="person">
              {s().person}
            </th>
            <th scope="col" class="author">
              {s().author}
            </th>
            <th scope="col" class="state">
              {s().state}
            </th>
            <th scope="col" class="time">
              {s().time}
            </th>
            <th scope="col" class="check">
              {s().check}
            </th>
            <th scope="col" class="number">
              {s().likes}
            </th>
            <th scope="col" class="number">
              {s().views}
            </th>
          </tr>
        </thead>
        {starts.map((start) => (
          <Chunk key={start} campaign={campaign} stories={nodes.slice(start, start + pageSize)} start={start} />
        ))}
      </table>
    </div>
  );
}

/** Some rows; far from the screen only their height is kept, so that thousands of them stay quick. */
function Chunk({ campaign, stories, start }: { campaign: Campaign; stories: StoryRow[]; start: number }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [height, setHeight] = useState<number>();
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const { isIntersecting, boundingClientRect } = entries.at(-1)!;
        // A row that has the keyboard stays.
        if (isIntersecting || body.current?.contains(document.activeElement)) setHeight(undefined);
        else setHeight(boundingClientRect.height);
      },
      { rootMargin: `${keptPx}px 0px` },
    );
    observer.observe(body.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <tbody ref={body}>
      {height === undefined ? (
        stories.map((story, index) => <Row key={story.id} campaign={campaign} story={story} index={start + index + 2} />)
      ) : (
        <tr class="gap" style={{ height }} aria-hidden="true" />
      )}
    </tbody>
  );
}

function Row({ campaign, story, index }: { campaign: Campaign; story: StoryRow; index: number }) {
  const { desk, nominee } = story;
  return (
    <tr aria-rowindex={index}>
      <td class="cover">
        {story.coverUrl ? (
          <img src={story.coverUrl} alt="" loading="lazy" width="80" height="45" />
        ) : (
          <i class="no-cover">
            <Icon name="picture" />
          </i>
        )}
      </td>
      <th scope="row" class="headline">
        <a href={campaignPath(campaign.slug, "stories", story.id)}>{story.title}</a>
      </th>
      <td class="person">{nominee ? s().nominee(nominee.number, nominee.name) : <span class="soft">–</span>}</td>
      <td class="author">{desk.author?.name ?? <span class="soft">–</span>}</td>
      <td class="state">
        <State state={desk.state} />
      </td>
      <td class="time">{desk.scheduledFor ? when(desk.scheduledFor, campaign) : <span class="soft">–</span>}</td>
      <td class="check">
        <Check check={desk.check} />
      </td>
      <td class="number">
        <span class="unit">{s().likes} </span>
        {count(story.likeCount)}
      </td>
      <td class="number">
        <span class="unit">{s().views} </span>
        {count(story.viewCount)}
      </td>
    </tr>
  );
}
