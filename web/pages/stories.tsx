// The story feed: an endless list, and a quiet bar when a story comes out meanwhile.
import "./stories.css";
import { useEffect, useState } from "preact/hooks";
import { date } from "../shared/format";
import { oneAtATime, watch } from "../shared/live";
import { PagedList } from "../shared/paged";
import { execute } from "../shared/server";
import { lateSessions, reader } from "../shared/session";
import { Store, useLookAgain, useReturn } from "../shared/store";
import type { Campaign } from "./campaign";
import { toneOf } from "./card";
import { ListStories, type StoryCardFragment, WatchStories } from "./operations";
import { Failed, LikeButton, Portrait, Sentinel, ShareButton, nomineePath } from "./parts";
import { pathOf } from "./route";
import { t } from "./texts";

const pageSize = 10;
const newerMax = 100;
const pollMs = 30_000;
/** How often, and how many at once, stories are read again that may have been taken back. */
const lookAgainMs = 5 * 60_000;
const againSize = 50;

class Feed {
  readonly list: PagedList<StoryCardFragment>;
  /** Stories newer than those of the list: shown when the reader asks for them, so that nothing moves by itself. */
  readonly newer = new Store<StoryCardFragment[]>([]);
  #newest: string | undefined;
  readonly #firstPage: Promise<void>;

  constructor(private readonly slug: string) {
    this.list = new PagedList(async (after) => {
      const page = await this.#read({ first: pageSize, after });
      if (after === null) {
        this.#newest = page?.edges[0]?.cursor;
        this.newer.set([]);
      }
      const nodes = page?.edges.map(({ node }) => node) ?? [];
      return { nodes, endCursor: page?.pageInfo.endCursor ?? null, hasNextPage: page?.pageInfo.hasNextPage ?? false };
    });
    this.#firstPage = this.list.loadMore();
  }

  async #read(page: { first?: number; after?: string | null; last?: number; before?: string }) {
    const { campaign } = await execute(ListStories, { slug: this.slug, ...page }, { as: reader });
    return campaign?.stories;
  }

  /** Reads newer stories; those of one moment come in the order of the feed. */
  readonly checkForNewer = oneAtATime(async () => {
    // A story that comes out while the first page is read may or may not be on it.
    await this.#firstPage;
    for (;;) {
      // A feed that was empty has no newest story: all that are there now are newer.
      const range = this.#newest === undefined ? { first: newerMax } : { last: newerMax, before: this.#newest };
      const isFirst = this.#newest === undefined && !this.list.isComplete;
      const page = isFirst ? undefined : await this.#read(range);
      if (!page?.edges[0]) return;
      this.#newest = page.edges[0].cursor;
      this.newer.set([...page.edges.map(({ node }) => node), ...this.newer.value]);
      if (!page.pageInfo.hasPreviousPage) return;
    }
  });

  /** Drops the stories that were taken back; what was not read again stays. */
  async dropRetracted(): Promise<void> {
    await this.#firstPage;
    const last = this.list.nodes.at(-1);
    if (!last) return;
    const ids = new Set<string>();
    let after: string | null = null;
    let oldest: string;
    do {
      const page = await this.#read({ first: againSize, after });
      if (!page) return;
      page.edges.forEach(({ node }) => ids.add(node.id));
      oldest = page.edges.at(-1)?.node.publishedAt ?? "";
      after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    } while (after !== null && oldest > last.publishedAt);
    const isKept = ({ id, publishedAt }: StoryCardFragment) => ids.has(id) || (after !== null && publishedAt <= oldest);
    this.list.retain(isKept);
    this.newer.set(this.newer.value.filter(isKept));
  }

  showNewer(): void {
    this.list.prepend(this.newer.value);
    this.newer.set([]);
  }
}

const feeds = new Map<string, Feed>();
lateSessions.watch(() => feeds.forEach(({ list }) => void list.reread()));

function feedOf(slug: string): Feed {
  const feed = feeds.get(slug) ?? new Feed(slug);
  feeds.set(slug, feed);
  return feed;
}

export function StoriesView({ slug, campaign }: { slug: string; campaign: Campaign }) {
  const [feed] = useState(() => feedOf(slug));
  feed.list.changed.use();
  const newer = feed.newer.use();
  useEffect(() => {
    const check = () => void feed.checkForNewer().catch(() => undefined);
    return watch({
      document: WatchStories,
      variables: { campaignId: campaign.id },
      onData: check,
      // Stories that came out while there was no connection.
      onState: (state) => state === "live" && check(),
      poll: feed.checkForNewer,
      pollMs,
    });
  }, [feed]);
  useReturn(0, () => void feed.checkForNewer().catch(() => undefined));
  useLookAgain(lookAgainMs, () => void feed.dropRetracted().catch(() => undefined));
  return (
    <>
      <div class="news" role="status">
        {newer.length > 0 && (
          <button
            class="primary"
            type="button"
            onClick={() => {
              feed.showNewer();
              scrollTo({ top: 0, behavior: "smooth" });
            }}
          >
            ↑ {t().newStories(newer.length)}
          </button>
        )}
      </div>
      <ul class="feed stories">
        {feed.list.nodes.map((story) => (
          <li key={story.id} class="card" data-id={story.id}>
            <StoryCard slug={slug} story={story} timeZone={campaign.timeZone} />
          </li>
        ))}
      </ul>
      {feed.list.error ? (
        <Failed error={feed.list.error} retry={() => void feed.list.loadMore()} />
      ) : !feed.list.isComplete ? (
        <Sentinel onNear={() => void feed.list.loadMore()} />
      ) : (
        <p class="empty">{feed.list.nodes.length > 0 ? t().end : t().noStories}</p>
      )}
    </>
  );
}

function StoryCard({ slug, story, timeZone }: { slug: string; story: StoryCardFragment; timeZone: string }) {
  const path = pathOf({ view: "story", slug, id: story.id });
  const { nominee } = story;
  return (
    <>
      <a href={path}>
        <Cover story={story} />
        <strong>{story.title}</strong>
        <span class="summary">{story.summary}</span>
      </a>
      <div class="actions">
        <small>
          {nominee && (
            <a class="by" href={nomineePath(slug, nominee.number)}>
              <span class={`story-face ${toneOf(nominee.number)}`} aria-hidden="true">
                <Portrait nominee={nominee} />
              </span>
              {nominee.name}
            </a>
          )}
          <time dateTime={story.publishedAt}>{date(Date.parse(story.publishedAt), timeZone)}</time>
        </small>
        <LikeButton subject={story} />
        <ShareButton title={story.title} path={path} />
      </div>
    </>
  );
}

/** The picture of a story; where it has none, a quiet ground with the first character of whom it is about. */
function Cover({ story }: { story: StoryCardFragment }) {
  if (story.coverUrl) {
    return (
      <img class="cover" src={story.coverUrl} alt="" width={1200} height={675} loading="lazy" referrerpolicy="no-referrer" />
    );
  }
  const { name, number } = story.nominee ?? { name: story.title, number: 0 };
  return (
    <span class={`cover none ${toneOf(number)}`} aria-hidden="true">
      {[...name][0]}
    </span>
  );
}
