// The story feed: an endless list, and a quiet bar when a story comes out meanwhile.
import { useEffect, useState } from "preact/hooks";
import { Failed, LikeButton, Sentinel, ShareButton, nomineePath } from "./parts";
import { watch } from "./live";
import { Stories, type StoryCardFragment, WatchStories } from "./operations";
import { Paged } from "./paged";
import { pathOf } from "./route";
import type { Selection } from "./selection";
import { execute } from "./server";
import { voter } from "./session";
import { Store } from "./store";
import { date, t } from "./texts";

const pageSize = 10;
const newerMax = 100;
const poll_ms = 30_000;

class Feed {
  readonly list: Paged<StoryCardFragment>;
  /** Stories newer than those of the list: shown when the reader asks for them, so that nothing moves by itself. */
  readonly newer = new Store<StoryCardFragment[]>([]);
  #newest: string | undefined;

  constructor(private readonly slug: string) {
    this.list = new Paged(async (after) => {
      const page = await this.#read({ first: pageSize, after });
      if (after === null) this.#newest = page?.edges[0]?.cursor;
      const nodes = page?.edges.map(({ node }) => node) ?? [];
      return { nodes, endCursor: page?.pageInfo.endCursor ?? null, hasNextPage: page?.pageInfo.hasNextPage ?? false };
    });
    void this.list.more();
  }

  async #read(page: { first?: number; after?: string | null; last?: number; before?: string }) {
    const { campaign } = await execute(Stories, { slug: this.slug, ...page }, { as: voter });
    return campaign?.stories;
  }

  /** Looks for newer stories; those of one moment come in the order of the feed. */
  async look(): Promise<void> {
    for (;;) {
      if (this.#newest === undefined) return;
      const page = await this.#read({ last: newerMax, before: this.#newest });
      if (!page?.edges[0]) return;
      this.#newest = page.edges[0].cursor;
      this.newer.set([...page.edges.map(({ node }) => node), ...this.newer.value]);
      if (!page.pageInfo.hasPreviousPage) return;
    }
  }

  show(): void {
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

export function StoriesView({ slug, selection }: { slug: string; selection: Selection }) {
  const [feed] = useState(() => feedOf(slug));
  feed.list.changed.use();
  const newer = feed.newer.use();
  useEffect(() => {
    let looking: Promise<void> | undefined;
    // One look at a time, or two would bring the same stories.
    const look = () => (looking ??= feed.look().finally(() => (looking = undefined)));
    return watch({
      operation: WatchStories,
      variables: { campaignId: selection.id },
      onData: () => void look().catch(() => undefined),
      // What came out while there was no connection.
      onState: (state) => state === "live" && void look().catch(() => undefined),
      poll: look,
      poll_ms,
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
              feed.show();
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
        <Failed retry={() => void feed.list.more()} />
      ) : !feed.list.isComplete ? (
        <Sentinel more={() => void feed.list.more()} />
      ) : (
        <p class="empty">{feed.list.nodes.length > 0 ? t().end : t().noStories}</p>
      )}
    </>
  );
}
