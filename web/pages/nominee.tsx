// The view of one nominee: its facts and stories, one tap to vote or like.
import { useEffect, useState } from "preact/hooks";
import { count, date } from "../shared/format";
import { execute } from "../shared/server";
import { lateSessions, reader } from "../shared/session";
import { type Campaign, period, resumeVotes } from "./campaign";
import { NotFound } from "./missing";
import { QuotaLine } from "./nominees";
import { FindNominee, type FindNomineeQuery } from "./operations";
import { Failed, LikeButton, MediaList, Portrait, ShareButton, VoteButton, Votes, nomineePath, useView } from "./parts";
import { pathOf } from "./route";
import { t } from "./texts";

type Nominee = NonNullable<NonNullable<FindNomineeQuery["campaign"]>["nominee"]>;

export function NomineeView({ slug, number, campaign }: { slug: string; number: number; campaign: Campaign }) {
  const [nominee, setNominee] = useState<Nominee | null | Error>();
  const read = () => {
    execute(FindNominee, { slug, number }, { as: reader }).then(
      (answer) => {
        const found = answer.campaign?.nominee ?? null;
        setNominee(found);
        if (found) {
          document.title = `${found.name} · ${campaign.title}`;
          resumeVotes([found]);
        }
      },
      (error) => setNominee(error as Error),
    );
  };
  const load = () => {
    setNominee(undefined);
    read();
  };
  useEffect(load, [slug, number]);
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
  const path = nomineePath(slug, number);
  const category = campaign.categories.find(({ id }) => id === nominee.category.id);
  return (
    <>
      <article class="card person">
        <header>
          <Portrait nominee={nominee} large />
          <div>
            <p class="number">
              {t().number(nominee.number)} · {category?.name}
            </p>
            <h2>{nominee.name}</h2>
            {nominee.title && <p>{nominee.title}</p>}
            <p class="employer">
              {nominee.employer}
              {nominee.city && ` · ${nominee.city}`}
            </p>
          </div>
        </header>
        <p class="summary">{nominee.summary}</p>
        <p class="facts">
          <Votes nominee={nominee} />
          {nominee.rank !== null && <span>{t().rank(nominee.rank)}</span>}
          <span>{t().views(nominee.viewCount)}</span>
        </p>
        <QuotaLine campaign={campaign} category={nominee.category.id} />
        <div class="actions">
          <VoteButton slug={slug} nominee={nominee} campaign={campaign} />
          <LikeButton subject={nominee} />
          <ShareButton title={`${nominee.name} · ${campaign.title}`} path={path} />
          <a class="quiet button" href={`${path}/poster.png`} target="_blank">
            {t().poster}
          </a>
        </div>
      </article>
      {nominee.stories.nodes.length > 0 && (
        <section aria-label={t().stories}>
          <h3>{t().stories}</h3>
          <ul class="feed">
            {nominee.stories.nodes.map((story) => (
              <li key={story.id} class="card">
                <a href={pathOf({ view: "story", slug, id: story.id })}>
                  <strong>{story.title}</strong>
                  <span class="summary">{story.summary}</span>
                  <small>
                    <time dateTime={story.publishedAt}>{date(Date.parse(story.publishedAt), campaign.timeZone)}</time> · ♥{" "}
                    {count(story.likeCount)}
                  </small>
                </a>
                <MediaList media={story.media.filter(({ kind }) => kind !== "IMAGE")} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
