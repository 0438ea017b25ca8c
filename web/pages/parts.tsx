// Components that several views use.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { count } from "../shared/format";
import { ApiError, execute } from "../shared/server";
import { randomUuid, reader } from "../shared/session";
import { type Campaign, type Liked, likes, notice, quotas, toggleLike, vote, votesCast } from "./campaign";
import { type NomineeCardFragment, RecordViews } from "./operations";
import { pathOf } from "./route";
import { t } from "./texts";

type Pictured = Pick<NomineeCardFragment, "number" | "name" | "portraitUrl">;

/** A picture of a nominee, or the first character of the name where there is none. */
export function Portrait({ nominee, large }: { nominee: Pictured; large?: boolean }) {
  const name = large ? "portrait large" : "portrait";
  if (nominee.portraitUrl) {
    return <img class={name} src={nominee.portraitUrl} alt="" loading="lazy" referrerpolicy="no-referrer" />;
  }
  return (
    <span class={name} style={{ "--hue": String((nominee.number * 47) % 360) }} aria-hidden="true">
      {[...nominee.name][0]}
    </span>
  );
}

interface VoteButtonProps {
  slug: string;
  nominee: NomineeCardFragment;
  campaign: Campaign;
}

/** The button of a vote, with the progress of the vote; where a browser cannot vote, the way to a phone that can. */
export function VoteButton({ slug, nominee, campaign }: VoteButtonProps) {
  const progress = votesCast.use().get(nominee.id);
  const quota = quotas.use()?.find(({ category }) => category === null || category.id === nominee.category.id);
  const state = progress?.state ?? (nominee.viewerHasVoted ? "voted" : "idle");
  if (state === "voted") {
    return <span class="voted">✓ {t().voted}</span>;
  }
  if (nominee.status !== "ACTIVE") {
    return <span class="voted">{t().frozen}</span>;
  }
  const isOpen = campaign.phase === "VOTING";
  if (isOpen && !campaign.rules.guestsMayVote) {
    // The poster bears the code of the mini-program.
    return (
      <a class="quiet button" href={`${nomineePath(slug, nominee.number)}/poster.png`} target="_blank">
        {t().scan}
      </a>
    );
  }
  const isSpent = isOpen && quota?.remaining === 0 && state === "idle";
  return (
    <button
      class="primary"
      type="button"
      disabled={!isOpen || isSpent || state === "sending"}
      aria-label={isSpent ? `${t().voteFor(nominee.name)}: ${t().spent}` : t().voteFor(nominee.name)}
      onClick={() => void vote(nominee)}
    >
      {state === "sending" ? t().voting : isSpent ? t().spent : t().vote}
    </button>
  );
}

/** The votes of a nominee with those that this page has cast; nothing while they are hidden. */
export function Votes({ nominee }: { nominee: NomineeCardFragment }) {
  const progress = votesCast.use().get(nominee.id);
  if (nominee.votes === null) return null;
  return <span class="votes">{t().votes(Math.max(nominee.votes, progress?.votes ?? 0))}</span>;
}

/** A heart with its count. */
export function LikeButton({ subject }: { subject: Liked & { id: string } }) {
  const { likeCount, viewerHasLiked, isBusy } = { isBusy: false, ...subject, ...likes.use().get(subject.id) };
  const liked = viewerHasLiked === true;
  return (
    <button
      class="quiet like"
      type="button"
      aria-pressed={liked}
      aria-busy={isBusy}
      onClick={() => void toggleLike(subject)}
    >
      <span aria-hidden="true">{liked ? "♥" : "♡"}</span>
      <span class="unseen">{t().like}</span> {count(likeCount)}
    </button>
  );
}

/** A button that shares an address of these pages the way the phone does it, else copies it. */
export function ShareButton({ title, path }: { title: string; path: string }) {
  const share = async () => {
    const url = location.origin + path;
    try {
      if (navigator.share) await navigator.share({ title, url });
      else {
        await navigator.clipboard.writeText(url);
        notice.set({ text: t().copied });
      }
    } catch (error) {
      // Closing the phone's own sheet is no failure.
      if (!(error instanceof DOMException && error.name === "AbortError")) notice.set({ text: `${t().copyThis} ${url}` });
    }
  };
  return (
    <button class="quiet" type="button" onClick={() => void share()}>
      {t().share}
    </button>
  );
}

interface Medium {
  kind: "IMAGE" | "VIDEO" | "AUDIO";
  url: string;
  title: string;
}

/** Pictures, and links to films and recordings. */
export function MediaList({ media }: { media: Medium[] }) {
  if (media.length === 0) return null;
  return (
    <ul class="media">
      {media.map(({ kind, url, title }) => (
        <li key={url}>
          {kind === "IMAGE" ? (
            <img src={url} alt={title} loading="lazy" referrerpolicy="no-referrer" />
          ) : (
            <a class="button" href={url} rel="noreferrer" target="_blank">
              {kind === "VIDEO" ? `▶ ${t().watch}` : `♪ ${t().listen}`}: {title}
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The message instead of something that could not be read. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const code = error instanceof ApiError ? error.code : "NETWORK";
  const text = code === "NETWORK" || code === "UNAVAILABLE" ? t().failed : code === "RATE_LIMITED" ? t().slowDown : t().refused;
  return (
    <div class="empty" role="alert">
      <p>{text}</p>
      <button type="button" onClick={retry}>
        {t().tryAgain}
      </button>
    </div>
  );
}

/** The distance below the screen at which the next page is read. */
const aheadPx = 800;

/** The end of what has been read of a list; calls `onNear` when the reader comes near it. */
export function Sentinel({ onNear }: { onNear: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What is reported may be how it was before a page was added, so where it is now is asked.
    const isNear = () => (place.current?.getBoundingClientRect().top ?? Infinity) < innerHeight + aheadPx;
    const observer = new IntersectionObserver(() => isNear() && onNear(), { rootMargin: `${aheadPx}px` });
    observer.observe(place.current!);
    return () => observer.disconnect();
  });
  return (
    <div ref={place} class="empty" role="status">
      {t().loading}
    </div>
  );
}

/** The link to the voting page, the feed or the board, marked where it leads here. */
export function NavLink({ href, isHere, children }: { href: string; isHere: boolean; children: ComponentChildren }) {
  return (
    <a href={href} aria-current={isHere ? "page" : undefined}>
      {children}
    </a>
  );
}

/** The path of a nominee. */
export const nomineePath = (slug: string, number: number) => pathOf({ view: "nominee", slug, number });

const viewed = new Set<string>();

/** Counts a view, once for each time the page is loaded, however often it is sent. Nobody waits for it. */
export function useView(id: string | undefined): void {
  useEffect(() => {
    if (!id || viewed.has(id)) return;
    viewed.add(id);
    execute(RecordViews, { subjectIds: [id], key: randomUuid() }, { as: reader, isBackground: true }).catch(() => undefined);
  }, [id]);
}
