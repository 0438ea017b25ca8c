// Components that several views use.
import { documents } from "@acclaim/client/browser";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { count } from "../shared/format";
import { ApiError, execute } from "../shared/server";
import { randomUuid, reader } from "../shared/session";
import { ballotSigns, ballotState, ballotWord } from "./ballot";
import {
  type Campaign,
  type Liked,
  dismissRefusal,
  likes,
  signInWays,
  toggleLike,
  useQuota,
  votesCast,
  waysHere,
} from "./campaign";
import type { NomineeCardFragment } from "./operations";
import { pathOf } from "./route";
import { posterPath, shareOrCopy, sharePoster } from "./sharing";
import { voteOrSignIn, wanted } from "./sign_in";
import { t } from "./texts";

/** A drawn sign, of those in icons.css. */
export const Icon = ({ sign }: { sign: string }) => <i class={`icon ${sign}`} aria-hidden="true" />;

interface PortraitProps {
  nominee: Pick<NomineeCardFragment, "name" | "portraitUrl">;
  /** The address of a larger picture than that of a card. */
  url?: string | null;
  isFirst?: boolean;
}

/** A picture of a nominee, or the first character of the name where there is none. */
export function Portrait({ nominee, url = nominee.portraitUrl, isFirst = false }: PortraitProps) {
  const [lost, setLost] = useState<string>();
  const picture = useRef<HTMLImageElement>(null);
  useEffect(() => {
    // One of the server's rendering may have been given up before anybody listened.
    const image = picture.current;
    if (image?.complete && image.naturalWidth === 0) image.decode().catch(() => setLost(url ?? undefined));
  }, [url]);
  if (!url || url === lost) {
    return (
      <span class="initial" aria-hidden="true">
        {[...nominee.name][0]}
      </span>
    );
  }
  return (
    <img
      ref={picture}
      class="portrait"
      src={url}
      alt=""
      width="300"
      height="400"
      loading={isFirst ? "eager" : "lazy"}
      decoding="async"
      referrerpolicy="no-referrer"
      onError={() => setLost(url)}
    />
  );
}

interface VoteButtonProps {
  slug: string;
  nominee: NomineeCardFragment;
  campaign: Campaign;
}

/** The button of a vote in each of its states; where a browser cannot vote, the way to a phone that can. */
export function VoteButton({ slug, nominee, campaign }: VoteButtonProps) {
  const progress = votesCast.use().get(nominee.id);
  const quota = useQuota(nominee.category.id);
  const state = ballotState(nominee, campaign, signInWays.use(), quota, progress);
  const sign = ballotSigns[state];
  const contents = (
    <>
      {sign && <Icon sign={sign} />}
      <span>{ballotWord(state)}</span>
    </>
  );
  const path = nomineePath(slug, nominee.number);
  if (state === "elsewhere") {
    // The poster bears the code of the mini-program.
    const open = (event: Event) => {
      event.preventDefault();
      sharePoster(slug, nominee);
    };
    return (
      <a class="act elsewhere" href={posterPath(path)} target="_blank" onClick={open}>
        {contents}
      </a>
    );
  }
  // A button that was just pressed keeps the keyboard's place, so it is not disabled.
  const isPressed = state === "sending" || state === "voted";
  return (
    <button
      class={`act ${state}`}
      type="button"
      disabled={state !== "open" && !isPressed}
      aria-disabled={isPressed}
      aria-label={state === "open" ? t().voteFor(nominee.name) : `${nominee.name}: ${ballotWord(state)}`}
      onClick={() => state === "open" && voteOrSignIn(nominee, campaign)}
    >
      {contents}
    </button>
  );
}

/** Why a vote was refused and what would help, over the card it was for, until that is read. */
export function Refusal({ slug, nominee, campaign }: VoteButtonProps) {
  const refusal = votesCast.use().get(nominee.id)?.refusal;
  const accounts = waysHere(campaign, signInWays.use()).filter(({ kind }) => kind !== "GUEST");
  if (!refusal) return null;
  const { code = "", text } = refusal;
  const isElsewhere = code === "NOT_ELIGIBLE";
  // To be a guest is what was refused.
  const canSignIn = isElsewhere && accounts.length > 0;
  const help = canSignIn ? undefined : t().help[code];
  return (
    <div class="refusal" role="alert">
      <p>
        <b>{text}</b> {help}
      </p>
      <button
        type="button"
        onClick={() => {
          dismissRefusal(nominee);
          if (canSignIn) wanted.set(nominee);
          else if (isElsewhere) sharePoster(slug, nominee);
        }}
      >
        {canSignIn ? t().signIn : isElsewhere ? t().toPoster : t().understood}
      </button>
    </div>
  );
}

/** The votes of a nominee with those that this page has cast; nothing while they are hidden. */
export function Votes({ nominee }: { nominee: NomineeCardFragment }) {
  const progress = votesCast.use().get(nominee.id);
  if (nominee.votes === null) return null;
  const votes = Math.max(nominee.votes, progress?.votes ?? 0);
  return (
    <span class="votes">
      <Rolling value={votes} /> {t().votesUnit(votes)}
    </span>
  );
}

/** A number whose digits roll in when they change. */
export function Rolling({ value }: { value: number }) {
  const last = useRef(value);
  const hasChanged = useRef(false);
  if (value !== last.current) hasChanged.current = true;
  last.current = value;
  const text = count(value);
  if (!hasChanged.current) return <b>{text}</b>;
  return (
    <b>
      <span class="unseen">{text}</span>
      <span class="digits" aria-hidden="true">
        {[...text].map((digit, i) => (
          <i key={`${text.length - i}${digit}`}>{digit}</i>
        ))}
      </span>
    </b>
  );
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
      <Icon sign={liked ? "i-heart-full" : "i-heart"} />
      <span class="unseen">{t().like}</span> {count(likeCount)}
    </button>
  );
}

/** A button that shares an address of these pages the way the phone does it, else copies it. */
export function ShareButton({ title, path }: { title: string; path: string }) {
  return (
    <button class="quiet" type="button" onClick={() => void shareOrCopy(title, path)}>
      <Icon sign="i-share" /> {t().share}
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
              <Icon sign={kind === "VIDEO" ? "i-play" : "i-sound"} />
              <span>
                {kind === "VIDEO" ? t().watch : t().listen}: {title}
              </span>
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
      <button class="primary" type="button" onClick={retry}>
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
    execute(documents.RecordViews, { subjectIds: [id], key: randomUuid() }, { as: reader, isBackground: true }).catch(() => undefined);
  }, [id]);
}
