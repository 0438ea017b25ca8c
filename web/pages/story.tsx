// The view of one story. The server has rendered it already; this adds what needs a program.
import { useEffect, useState } from "preact/hooks";
import { date } from "../shared/format";
import { execute } from "../shared/server";
import { lateSessions, reader } from "../shared/session";
import { useLookAgain } from "../shared/store";
import { NotFound } from "./missing";
import { FindStory, type FindStoryQuery } from "./operations";
import { Failed, LikeButton, MediaList, ShareButton, nomineePath, useView } from "./parts";
import { pathOf } from "./route";
import { t } from "./texts";

const lookAgainMs = 5 * 60_000;

type Story = NonNullable<FindStoryQuery["story"]>;

/** Reads a story: before the page is drawn over what the server has rendered. */
export const findStory = (id: string) => execute(FindStory, { id }, { as: reader }).then(({ story }) => story);

interface StoryViewProps {
  slug: string;
  id: string;
  first?: Story | null | undefined;
  /** The campaign's; none while that could not be read. */
  timeZone: string | undefined;
}

export function StoryView({ slug, id, first, timeZone }: StoryViewProps) {
  const [story, setStory] = useState<Story | null | Error | undefined>(first);
  const load = () => {
    findStory(id).then(setStory, (error) => {
      // The API answers an id that is none with an error; it leads nowhere all the same.
      setStory((error as { code?: string }).code === "BAD_USER_INPUT" ? null : (error as Error));
    });
  };
  useEffect(() => {
    if (story === undefined || (story && !(story instanceof Error) && story.id !== id)) load();
  }, [id]);
  useEffect(() => lateSessions.watch(load), [id]);
  // A story that was taken back is not read on; without an answer it stays.
  useLookAgain(lookAgainMs, () => void findStory(id).then(setStory, () => undefined));
  const loaded = story && !(story instanceof Error) ? story : undefined;
  useEffect(() => {
    if (loaded) document.title = loaded.title;
  }, [loaded?.title]);
  useView(loaded?.id);
  if (story === undefined) return <p class="empty">{t().loading}</p>;
  if (story instanceof Error) return <Failed error={story} retry={load} />;
  if (!loaded) return <NotFound slug={slug} />;
  return (
    <article class="card story">
      <h2>{loaded.title}</h2>
      <p class="facts">
        {timeZone && <time dateTime={loaded.publishedAt}>{date(Date.parse(loaded.publishedAt), timeZone)}</time>}
        {loaded.nominee && <a href={nomineePath(slug, loaded.nominee.number)}>{t().about(loaded.nominee.name)}</a>}
        <span>{t().views(loaded.viewCount)}</span>
      </p>
      {loaded.coverUrl && <img class="cover" src={loaded.coverUrl} alt="" referrerpolicy="no-referrer" />}
      <p class="summary">{loaded.summary}</p>
      <div class="body" dangerouslySetInnerHTML={{ __html: loaded.body }} />
      <MediaList media={loaded.media} />
      <div class="actions">
        <LikeButton subject={loaded} />
        <ShareButton title={loaded.title} path={pathOf({ view: "story", slug, id })} />
      </div>
    </article>
  );
}
