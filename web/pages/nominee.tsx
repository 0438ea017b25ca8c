// The view of one nominee: its portrait, what it did, its films and stories, and a bar to vote, like and share.
import "./nominee.css";
import { useEffect, useState } from "preact/hooks";
import { count, date } from "../shared/format";
import { execute } from "../shared/server";
import { lateSessions, reader } from "../shared/session";
import { type Campaign, period, resumeVotes } from "./campaign";
import { Medal, placeOf, toneOf } from "./card";
import { NotFound } from "./missing";
import { FindNominee, type FindNomineeQuery } from "./operations";
import { Failed, Icon, LikeButton, MediaList, Portrait, Refusal, VoteButton, Votes, useView } from "./parts";
import { QuotaLine } from "./quota";
import { goBack, pathOf } from "./route";
import { sharePoster } from "./sharing";
import { t } from "./texts";
import { noteArrival } from "./visit";

type Nominee = NonNullable<NonNullable<FindNomineeQuery["campaign"]>["nominee"]>;

/** The nominee that the page has, until its view has taken it. */
let first: Nominee | undefined;

/** Begins with the nominee that the page has. */
export const takeNominee = (answer: FindNomineeQuery) => void (first = answer.campaign?.nominee ?? undefined);

function takeFirst(number: number): Nominee | undefined {
  const found = first?.number === number ? first : undefined;
  first = undefined;
  return found;
}

export function NomineeView({ slug, number, campaign }: { slug: string; number: number; campaign: Campaign }) {
  const [nominee, setNominee] = useState<Nominee | null | Error | undefined>(() => takeFirst(number));
  const show = (found: Nominee | null) => {
    setNominee(found);
    if (!found) return;
    document.title = `${found.name} · ${campaign.title}`;
    noteArrival(slug, found);
    resumeVotes([found]);
  };
  const read = () => {
    execute(FindNominee, { slug, number }, { as: reader }).then(
      (answer) => show(answer.campaign?.nominee ?? null),
      (error) => setNominee(error as Error),
    );
  };
  const load = () => {
    setNominee(undefined);
    read();
  };
  useEffect(() => (nominee && !(nominee instanceof Error) ? show(nominee) : load()), [slug, number]);
  useEffect(() => lateSessions.watch(read), [slug, number]);
  const current = period.use();
  useEffect(() => {
    // In a new period this voter has voted for nobody.
    setNominee((before) => (before && !(before instanceof Error) ? { ...before, viewerHasVoted: false } : before));
  }, [current]);
  useView(nominee && !(nominee instanceof Error) ? nominee.id : undefined);
  if (nominee === undefined) return <p class="empty">{t().loading}</p>;
  if (nominee instanceof Error) return <Failed error={nominee} retry={load} />;
  if (nominee === null) return <NotFound slug={slug} />;
  const category = campaign.categories.find(({ id }) => id === nominee.category.id);
  const place = placeOf(nominee);
  return (
    <div class="nominee-page">
      <BackLink slug={slug} category={category?.key} />
      <article class="person">
        <div class={`face ${toneOf(number)}`}>
          <Portrait nominee={nominee} url={nominee.largePortraitUrl} isFirst />
          <span class="number">{t().number(number)}</span>
          <Medal rank={place} />
        </div>
        <div class="words">
          <p class="category">{category?.name}</p>
          <h2>{nominee.name}</h2>
          <p class="employer">{[nominee.title, nominee.employer, nominee.city].filter(Boolean).join(" · ")}</p>
          <p class="facts">
            <Votes nominee={nominee} />
            {place !== null && <span>{t().rank(place)}</span>}
            <span>{t().views(nominee.viewCount)}</span>
          </p>
          <p class="summary">{nominee.summary}</p>
          <div class="ballot">
            <Refusal slug={slug} nominee={nominee} campaign={campaign} />
            <QuotaLine campaign={campaign} category={nominee.category.id} />
            <VoteButton slug={slug} nominee={nominee} campaign={campaign} />
            <LikeButton subject={nominee} />
            <button class="quiet" type="button" onClick={() => sharePoster(slug, nominee)}>
              <Icon sign="i-share" />
              <span>{t().share}</span>
            </button>
          </div>
        </div>
      </article>
      <Stories slug={slug} nominee={nominee} timeZone={campaign.timeZone} />
    </div>
  );
}

/** The way back to the list: to the place where it was left, else to its category. */
function BackLink({ slug, category }: { slug: string; category: string | undefined }) {
  const query = category ? `?category=${encodeURIComponent(category)}` : "";
  return (
    <a
      class="back"
      href={pathOf({ view: "voting", slug }) + query}
      onClick={(event) => goBack() && event.preventDefault()}
    >
      <Icon sign="i-back" /> {t().allNominees}
    </a>
  );
}

function Stories({ slug, nominee, timeZone }: { slug: string; nominee: Nominee; timeZone: string }) {
  const stories = nominee.stories.nodes;
  if (stories.length === 0) return null;
  const films = stories.flatMap(({ media }) => media).filter(({ kind }) => kind !== "IMAGE");
  return (
    <>
      {films.length > 0 && (
        <section class="films" aria-label={t().films}>
          <h3>{t().films}</h3>
          <MediaList media={films} />
        </section>
      )}
      <section aria-label={t().stories}>
        <h3>{t().stories}</h3>
        <ul class="of-nominee">
          {stories.map((story) => (
            <li key={story.id}>
              <a href={pathOf({ view: "story", slug, id: story.id })}>
                {story.coverUrl && (
                  <img
                    src={story.coverUrl}
                    alt=""
                    width="160"
                    height="90"
                    loading="lazy"
                    decoding="async"
                    referrerpolicy="no-referrer"
                  />
                )}
                <span>
                  <strong>{story.title}</strong>
                  <small>
                    <time dateTime={story.publishedAt}>{date(Date.parse(story.publishedAt), timeZone)}</time>
                    {story.likeCount > 0 && ` · ♥ ${count(story.likeCount)}`}
                  </small>
                </span>
              </a>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
