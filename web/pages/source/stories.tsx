// The story feed: an endless list, and a quiet bar when a story comes out meanwhile.
import { useEffect, useState } from "preact/hooks";
import { watch } from "../../shared/live";
import { PagedList } from "../../shared/paged";
import { execute } from "../../shared/server";
import { voter } from "../../shared/session";
import { Store } from "../../shared/store";
import type { Campaign } from "./campaign";
import { ListStories, type StoryCardFragment, WatchStories } from "./operations";
import { Failed, LikeButton, Sentinel, ShareButton, nomineePath } from "./parts";
import { pathOf } from "./route";
import { date, t } from "./texts";

const pageSize = 10;
const newerMax = 100;
const pollMs = 30_000;

class Feed {
  readonly list: PagedList<StoryCardFragment>;
  /** Stories newer than those of the list: shown when the reader asks for them, so that nothing moves by itself. */
  readonly newer = new Store<StoryCardFragment[]>([]);
  #newest: string | undefined;

  constructor(private readonly slug: string) {
    this.list = new PagedList(async (after) => {
      const page = await this.#read({ first: pageSize, after });
      if (after === null) this.#newest = page?.edges[0]?.cursor;
      const nodes = page?.edges.map(({ node }) => node) ?? [];
      return { nodes, endCursor: page?.pageInfo.endCursor ?? null, hasNextPage: page?.pageInfo.hasNextPage ?? false };
    });
    void this.list.loadMore();
  }

  async #read(page: { first?: number; after?: string | null; last?: number; before?: string }) {
    const { campaign } = await execute(ListStories, { slug: this.slug, ...page }, { as: voter });
    return campaign?.stories;
  }

  /** Reads newer stories; those of one moment come in the order of the feed. */
  async checkForNewer(): Promise<void> {
    for (;;) {
      if (this.#newest === undefined) return;
      const page = await this.#read({ last: newerMax, before: this.#newest });
      if (!page?.edges[0]) return;
      this.#newest = page.edges[0].cursor;
      this.newer.set([...page.edges.map(({ node }) => node), ...this.newer.value]);
      if (!page.pageInfo.hasPreviousPage) return;
    }
  }

  showNewer(): void {
    this.list.prepend(this.newer.value);
    this.newer.set([]);
  }
}

const feeds = new Map<string, Feed>();

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
    let checking: Promise<void> | undefined;
    // One check at a time, or two would bring the same stories.
    const check = () => (checking ??= feed.checkForNewer().finally(() => (checking = undefined)));
    return watch({
      operation: WatchStories,
      variables: { campaignId: campaign.id },
      onData: () => void check().catch(() => undefined),
      // What came out while there was no connection.
      onState: (state) => state === "live" && void check().catch(() => undefined),
      poll: check,
      pollMs,
    });
  }, [feed]);
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
      <ul class="feed">
        {feed.list.nodes.map((story) => (
          <li key={story.id} class="card" data-id={story.id}>
            <a href={pathOf({ view: "story", slug, id: story.id })}>
              {story.coverUrl && <img src={story.coverUrl} alt="" loading="lazy" referrerpolicy="no-referrer" />}
              <strong>{story.title}</strong>
              <span class="summary">{story.summary}</span>
            </a>
            <div class="actions">
              <small>
                <time dateTime={story.publishedAt}>{date(Date.parse(story.publishedAt))}</time>
                {story.nominee && (
                  <>
                    {" · "}
                    <a href={nomineePath(slug, story.nominee.number)}>{story.nominee.name}</a>
                  </>
                )}
              </small>
              <LikeButton subject={story} onChange={(liked) => feed.list.patch(story.id, liked)} />
              <ShareButton title={story.title} path={pathOf({ view: "story", slug, id: story.id })} />
            </div>
          </li>
        ))}
      </ul>
      {feed.list.hasFailed ? (
        <Failed retry={() => void feed.list.loadMore()} />
      ) : !feed.list.isComplete ? (
        <Sentinel onNear={() => void feed.list.loadMore()} />
      ) : (
        <p class="empty">{feed.list.nodes.length > 0 ? t().end : t().noStories}</p>
      )}
    </>
  );
}
