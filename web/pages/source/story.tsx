// One story. The server has rendered it already; this adds what needs a program.
import { useEffect, useState } from "preact/hooks";
import { NotFound } from "./missing";
import { Failed, LikeButton, MediaList, ShareButton, nomineePath, useView } from "./parts";
import { Story, type StoryQuery } from "./operations";
import { pathOf } from "./route";
import { execute } from "./server";
import { voter } from "./session";
import { date, t } from "./texts";

type Shown = NonNullable<StoryQuery["story"]>;

/** Reads a story, before the page is drawn over what the server has rendered. */
export const findStory = (id: string) => execute(Story, { id }, { as: voter }).then(({ story }) => story);

export function StoryView({ slug, id, first }: { slug: string; id: string; first?: Shown | null | undefined }) {
  const [story, setStory] = useState<Shown | null | "failed" | undefined>(first);
  const load = () => {
    findStory(id).then(setStory, (error) => {
      // The API answers an id that is none with an error; it leads nowhere all the same.
      setStory((error as { code?: string }).code === "BAD_USER_INPUT" ? null : "failed");
    });
  };
  useEffect(() => {
    if (story === undefined || (story && story !== "failed" && story.id !== id)) load();
  }, [id]);
  const shown = story && story !== "failed" ? story : undefined;
  useEffect(() => {
    if (shown) document.title = shown.title;
  }, [shown?.title]);
  useView(shown?.id);
  if (story === undefined) return <p class="empty">{t().loading}</p>;
  if (story === "failed") return <Failed retry={load} />;
  if (!shown) return <NotFound slug={slug} />;
  return (
    <article class="card story">
      <h2>{shown.title}</h2>
      <p class="facts">
        <time dateTime={shown.publishedAt}>{date(Date.parse(shown.publishedAt))}</time>
        {shown.nominee && <a href={nomineePath(slug, shown.nominee.number)}>{t().about(shown.nominee.name)}</a>}
        <span>{t().views(shown.viewCount)}</span>
      </p>
      {shown.coverUrl && <img class="cover" src={shown.coverUrl} alt="" referrerpolicy="no-referrer" />}
      <p class="summary">{shown.summary}</p>
      <div class="body" dangerouslySetInnerHTML={{ __html: shown.body }} />
      <MediaList media={shown.media} />
      <div class="actions">
        <LikeButton subject={shown} onChange={(liked) => setStory({ ...shown, ...liked })} />
        <ShareButton title={shown.title} path={pathOf({ view: "story", slug, id })} />
      </div>
    </article>
  );
}
