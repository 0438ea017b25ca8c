// The view of one story. The server has rendered it already; this adds what needs a program: films, likes, the person's
// card with its vote, and the stories beside it.
import "./stories.css";
import { useEffect, useState } from "preact/hooks";
import { date } from "../shared/format";
import { execute } from "../shared/server";
import { lateSessions, reader } from "../shared/session";
import { useLookAgain } from "../shared/store";
import { type Campaign, period, resumeVotes } from "./campaign";
import { toneOf } from "./card";
import { NotFound } from "./missing";
import { FindStoriesBeside, type FindStoriesBesideQuery, FindStory, type FindStoryQuery, type StoryLinkFragment } from "./operations";
import { Failed, LikeButton, Portrait, Refusal, ShareButton, VoteButton, Votes, nomineePath, useView } from "./parts";
import { minutesToRead } from "./reading_time";
import { pathOf } from "./route";
import { s } from "./stories_texts";
import { StoryMedia } from "./story_media";
import { t } from "./texts";

const lookAgainMs = 5 * 60_000;

type Story = NonNullable<FindStoryQuery["story"]>;
type Beside = NonNullable<FindStoriesBesideQuery["story"]>;

/** A story that was read so lately is not read again. */
const freshMs = 20_000;

/** The stories that have been read, and those beside them: who comes back finds the page as it was. */
const storiesRead = new Map<string, { story: Story; readMs: number }>();
const besideRead = new Map<string, Beside>();

/** Reads a story. */
export async function findStory(id: string): Promise<Story | null> {
  const { story } = await execute(FindStory, { id }, { as: reader });
  if (story) storiesRead.set(id, { story, readMs: Date.now() });
  else storiesRead.delete(id);
  return story;
}

interface StoryViewProps {
  slug: string;
  id: string;
  /** None while it could not be read. */
  campaign: Campaign | undefined;
}

export function StoryView({ slug, id, campaign }: StoryViewProps) {
  const [story, setStory] = useState<Story | null | Error | undefined>(storiesRead.get(id)?.story);
  const load = () => {
    findStory(id).then(setStory, (error) => {
      // The API answers an id that is none with an error; it leads nowhere all the same.
      setStory((error as { code?: string }).code === "BAD_USER_INPUT" ? null : (error as Error));
    });
  };
  // A story that was taken back is not read on; without an answer it stays.
  const reload = () => void findStory(id).then(setStory, () => undefined);
  useEffect(() => {
    if (story === undefined) load();
    else if (Date.now() - storiesRead.get(id)!.readMs > freshMs) reload();
  }, [id]);
  useEffect(() => lateSessions.watch(load), [id]);
  useLookAgain(lookAgainMs, reload);
  const loaded = story && !(story instanceof Error) ? story : undefined;
  const title = loaded?.title;
  useEffect(() => {
    if (title) document.title = title;
  }, [title]);
  useView(loaded?.id);
  if (story === undefined) return <p class="empty">{t().loading}</p>;
  if (story instanceof Error) return <Failed error={story} retry={load} />;
  if (!loaded) return <NotFound slug={slug} />;
  return (
    <>
      <Article slug={slug} story={loaded} timeZone={campaign?.timeZone} />
      {loaded.nominee && campaign && <Person slug={slug} nominee={loaded.nominee} campaign={campaign} />}
      <StoriesBeside slug={slug} id={id} />
    </>
  );
}

function Article({ slug, story, timeZone }: { slug: string; story: Story; timeZone: string | undefined }) {
  const { id, title, nominee } = story;
  return (
    <article class="story">
      <h2>{title}</h2>
      <p class="summary">{story.summary}</p>
      <p class="facts">
        {nominee && <a href={nomineePath(slug, nominee.number)}>{t().about(nominee.name)}</a>}
        {timeZone && <time dateTime={story.publishedAt}>{date(Date.parse(story.publishedAt), timeZone)}</time>}
        <span>{s().minutes(minutesToRead(story.body))}</span>
        <span>{t().views(story.viewCount)}</span>
      </p>
      {story.coverUrl && (
        <img class="cover" src={story.coverUrl} alt="" width={1200} height={675} referrerpolicy="no-referrer" />
      )}
      <div class="body" dangerouslySetInnerHTML={{ __html: story.body }} />
      <StoryMedia media={story.media} />
      <div class="actions">
        <LikeButton subject={story} />
        <ShareButton title={title} path={pathOf({ view: "story", slug, id })} />
      </div>
    </article>
  );
}

type Nominee = NonNullable<Story["nominee"]>;

/** The card of the person whom the story is about, with the vote. */
function Person({ slug, nominee, campaign }: { slug: string; nominee: Nominee; campaign: Campaign }) {
  const current = period.use();
  const [readIn] = useState(current);
  useEffect(() => resumeVotes([nominee]), [nominee.id]);
  // In a new period this voter has voted for nobody.
  const shown = current === readIn ? nominee : { ...nominee, viewerHasVoted: false };
  return (
    <aside class="card story-person" aria-label={s().thePerson}>
      <a href={nomineePath(slug, nominee.number)}>
        <span class={`story-face ${toneOf(nominee.number)}`}>
          <Portrait nominee={shown} />
        </span>
        <span class="who">
          <span class="number">{t().number(nominee.number)}</span>
          <strong>{nominee.name}</strong>
          <span class="employer">{nominee.employer}</span>
          <Votes nominee={shown} />
        </span>
      </a>
      <Refusal slug={slug} nominee={shown} campaign={campaign} />
      <VoteButton slug={slug} nominee={shown} campaign={campaign} />
    </aside>
  );
}

/** The way to the stories before and after. A page that could not read them does without. */
function StoriesBeside({ slug, id }: { slug: string; id: string }) {
  const [beside, setBeside] = useState(besideRead.get(id));
  useEffect(() => {
    execute(FindStoriesBeside, { id }, { isBackground: true }).then(
      ({ story }) => {
        if (!story) return;
        besideRead.set(id, story);
        setBeside(story);
      },
      () => undefined,
    );
  }, [id]);
  const link = (story: StoryLinkFragment, label: string, name: string) => (
    <a class={`card ${name}`} href={pathOf({ view: "story", slug, id: story.id })} rel={name}>
      <small>{label}</small>
      <strong>{story.title}</strong>
    </a>
  );
  return (
    <nav class="beside" aria-label={s().more}>
      {beside?.newer && link(beside.newer, s().newer, "prev")}
      {beside?.older && link(beside.older, s().older, "next")}
      <a class="quiet button" href={pathOf({ view: "stories", slug })}>
        {s().allStories}
      </a>
    </nav>
  );
}
