// The head of the pages: the campaign's cover with its title, the time that is left, its totals, and how to vote.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { moment, remainingTime } from "../shared/format";
import { useAlarm, useTick } from "../shared/store";
import { Amendments } from "./amendments";
import { type Campaign, isOver, useQuota } from "./campaign";
import { Icon, NavLink, Rolling } from "./parts";
import { type Route, pathOf } from "./route";
import { QuotaDots } from "./quota";
import { t } from "./texts";

const hourMs = 3_600_000;

interface HeadProps {
  route: Exclude<Route, { view: "board" }>;
  /** None until it is read, or where there is none. */
  campaign: Campaign | undefined;
  /** There is no such campaign: its pages are none, either. */
  isMissing: boolean;
  /** Reads the campaign again: its time is over. */
  onEnd: () => void;
  languageButton: JSX.Element;
}

/** Phones get the small picture: it is darkened behind the title there, and the program waits for less. */
function narrowOf({ coverUrl, smallCoverUrl }: Campaign) {
  if (!coverUrl || !smallCoverUrl || smallCoverUrl === coverUrl) return {};
  return { srcset: `${smallCoverUrl} 400w, ${coverUrl} 1200w`, sizes: "(max-width: 600px) 33vw, 100vw" };
}

/** Large above the nominees, a band above everything else. */
export function Head({ route, campaign, isMissing, onEnd, languageButton }: HeadProps) {
  const { slug } = route;
  const isLarge = route.view === "voting" && !isMissing;
  return (
    <header>
      <div class={isLarge ? "hero" : "hero band"}>
        {campaign?.coverUrl && (
          <img
            class="scene"
            src={campaign.coverUrl}
            {...narrowOf(campaign)}
            alt=""
            decoding="async"
            referrerpolicy="no-referrer"
            {...{ fetchpriority: "high" }}
          />
        )}
        <div class="inner">
          <div>
            {languageButton}
            {!isMissing && (
              <h1>
                <a href={pathOf({ view: "voting", slug })}>{campaign ? phrases(campaign.title) : " "}</a>
              </h1>
            )}
          </div>
          {campaign && <Countdown campaign={campaign} onEnd={onEnd} />}
        </div>
      </div>
      {isLarge && campaign && <Brief campaign={campaign} />}
      {!isMissing && (
        <nav class="sections" aria-label={campaign?.title ?? ""}>
          <NavLink href={pathOf({ view: "voting", slug })} isHere={isLarge}>
            {t().nominees}
          </NavLink>
          <NavLink href={pathOf({ view: "stories", slug })} isHere={route.view === "stories"}>
            {t().stories}
          </NavLink>
          <NavLink href={pathOf({ view: "board", slug })} isHere={false}>
            {t().board}
          </NavLink>
          {campaign && (isOver(campaign) || route.view === "result") && (
            <NavLink href={pathOf({ view: "result", slug })} isHere={route.view === "result"}>
              {t().result}
            </NavLink>
          )}
        </nav>
      )}
    </header>
  );
}

/** A title whose short quotations and brackets stay on one line. */
const phrases = (title: string) =>
  title.split(/(“[^”]{1,8}”|《[^》]{1,8}》|（[^）]{1,8}）)/).map((part, i) =>
    i % 2 === 0 ? (
      part
    ) : (
      <span key={i} class="phrase">
        {part}
      </span>
    ),
  );

/** The end that a campaign's time runs to; none where no time runs. */
function endOf({ phase, votingOpensAt, votingClosesAt }: Campaign): number | undefined {
  if (phase === "UPCOMING") return Date.parse(votingOpensAt);
  return phase === "VOTING" ? Date.parse(votingClosesAt) : undefined;
}

/** The time until voting opens or closes; then the campaign is read again. */
function Countdown({ campaign, onEnd }: { campaign: Campaign; onEnd: () => void }) {
  const time = useTick();
  const endMs = endOf(campaign);
  useAlarm(endMs, onEnd);
  if (endMs === undefined) {
    return <p class="countdown over">{campaign.phase === "PAUSED" ? t().paused : t().closed}</p>;
  }
  const remaining = endMs - time;
  const isLast = campaign.phase === "VOTING" && remaining < hourMs;
  return (
    <p class={isLast ? "countdown last" : "countdown"}>
      <span>{campaign.phase === "UPCOMING" ? t().opensIn : t().closesIn}</span>
      <span class="blocks" aria-hidden="true">
        {timeParts(remaining).map((part, i) => (
          <span key={i}>
            <b>{part}</b>
            {t().timeUnits[i]}
          </span>
        ))}
      </span>
      <span class="unseen">{remainingTime(remaining)}</span>
      {isLast && <strong>{t().lastHour}</strong>}
    </p>
  );
}

/** Days, hours, minutes and seconds. */
function timeParts(ms: number): string[] {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, "0");
  const clock = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return [String(Math.floor(seconds / 86_400)), ...clock.map(two)];
}

/** The totals, and how to vote in a line that opens to everything that is to say about it. */
function Brief({ campaign }: { campaign: Campaign }) {
  const { tally, categories, rules, amendments, timeZone, votingOpensAt, votingClosesAt } = campaign;
  const nominees = categories.reduce((sum, { nomineeCount }) => sum + nomineeCount, 0);
  const totals: [string, number][] = [[t().nominees, nominees]];
  if (tally) totals.unshift([t().totalVotes, tally.countedVotes], [t().voters, tally.voters]);
  const time = (text: string) => moment(Date.parse(text), timeZone, 0);
  return (
    <div class="brief">
      <dl class="sums">
        {totals.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Rolling value={value} />
            </dd>
          </div>
        ))}
      </dl>
      <div class="rules">
        <details>
          <summary>
            {!isOver(campaign) && (
              <span>{t().howToVote(rules.votesPerPeriod, rules.period === "DAY", rules.scope === "CATEGORY")} </span>
            )}
            <span class="more">
              {t().aboutVote}
              <Icon sign="i-next" />
            </span>
          </summary>
          <p>{campaign.summary}</p>
          <p>{t().votingTime(time(votingOpensAt), time(votingClosesAt))}</p>
        </details>
        {amendments.length > 0 && <Amendments campaign={campaign} />}
      </div>
    </div>
  );
}

/** The head in one line, once it has been scrolled out of sight: it lies over the page and moves nothing. */
export function HeadLine({ campaign, category }: { campaign: Campaign; category: string | undefined }) {
  const mark = useRef<HTMLDivElement>(null);
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      setShown(!entry!.isIntersecting && entry!.boundingClientRect.top < 0);
    });
    observer.observe(mark.current!);
    return () => observer.disconnect();
  }, []);
  const quota = useQuota(category);
  return (
    <>
      <div ref={mark} class="mark" />
      <div class={isShown ? "head-line shown" : "head-line"} aria-hidden="true">
        <div>
          <LineTime campaign={campaign} />
          {quota && campaign.phase === "VOTING" && (
            <span class="left">
              <QuotaDots quota={quota} /> {t().leftShort(quota.remaining)}
            </span>
          )}
        </div>
      </div>
    </>
  );
}

function LineTime({ campaign }: { campaign: Campaign }) {
  const time = useTick();
  const endMs = endOf(campaign);
  if (endMs === undefined) return <span>{campaign.phase === "PAUSED" ? t().pausedHead : t().closedShort}</span>;
  const isLast = campaign.phase === "VOTING" && endMs - time < hourMs;
  return (
    <span>
      {isLast ? t().lastHour : campaign.phase === "UPCOMING" ? t().opensIn : t().closesIn}{" "}
      <b>{remainingTime(endMs - time)}</b>
    </span>
  );
}
