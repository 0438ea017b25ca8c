// What stands beside the rankings: the time, the totals, the code, and how fresh the figures are.
import { useState } from "preact/hooks";
import { clockTime, count, remainingTime } from "../../shared/format";
import type { ConnectionState } from "../../shared/live";
import { useTick } from "../../shared/store";
import { Rolling } from "../parts";
import { pathOf } from "../route";
import { t } from "../texts";
import { type Campaign, isPublished } from "./campaign";
import type { Figures } from "./figures";
import type { History } from "./history";
import { b } from "./texts";

const dayMs = 86_400_000;

/** The time until voting opens or closes, or what comes after. */
export function Countdown({ campaign }: { campaign: Campaign }) {
  const time = useTick();
  const { phase } = campaign;
  if (phase === "PAUSED") return <p class="countdown-card told">{t().paused}</p>;
  if (phase !== "UPCOMING" && phase !== "VOTING") {
    return <p class="countdown-card told">{isPublished(campaign) ? b().isFinal : b().provisional}</p>;
  }
  const isUpcoming = phase === "UPCOMING";
  const remaining = Math.max(0, Date.parse(isUpcoming ? campaign.votingOpensAt : campaign.votingClosesAt) - time);
  const days = Math.floor(remaining / dayMs);
  return (
    <dl class="countdown-card">
      <dt>{isUpcoming ? b().opensIn : b().closesIn}</dt>
      <dd>
        {days > 0 && <span>{b().days(days)} </span>}
        <b>{remainingTime(remaining % dayMs)}</b>
      </dd>
    </dl>
  );
}

export function Totals({ figures, history, isOpen }: { figures: Figures; history: History; isOpen: boolean }) {
  return (
    <dl class="sums-of-board">
      <div>
        <dt>{t().totalVotes}</dt>
        <dd data-figure="votes">
          <Rolling value={figures.counted} />
        </dd>
        {figures.withdrawn > 0 && (
          <dd class="aside" data-figure="withdrawn">
            {b().withdrawn(figures.withdrawn)}
          </dd>
        )}
        {figures.withheld > 0 && <dd class="aside">{b().withheld(figures.withheld)}</dd>}
      </div>
      <div>
        <dt>{t().voters}</dt>
        <dd data-figure="voters">
          <Rolling value={figures.voters} />
        </dd>
      </div>
      {isOpen && (
        <div>
          <dt>{b().perMinute}</dt>
          <dd data-figure="rate">{count(history.lastMinute())}</dd>
          <dd class="spark">
            <Spark rates={history.rates()} />
          </dd>
        </div>
      )}
    </dl>
  );
}

/** The votes a minute of the last ten minutes. */
function Spark({ rates }: { rates: number[] }) {
  const highest = Math.max(1, ...rates);
  // As wide as what there is, once there are two minutes of it.
  const step = 120 / Math.max(12, rates.length - 1);
  const points = rates.map((rate, i) => `${i * step},${30 - (rate / highest) * 28}`).join(" ");
  return (
    <svg viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

/** The address of the voting page as it is said: the server's public one, which its code has, too. */
function addressOf(slug: string): string {
  const canonical = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href;
  return `${new URL(canonical ?? location.href).host}${decodeURIComponent(pathOf({ view: "voting", slug }))}`;
}

/** A code that leads to the voting page, with its address in words. */
export function Code({ slug, campaign }: { slug: string; campaign: Campaign }) {
  // A server without a public address has no code; the address is the page's own then.
  const [isLost, setLost] = useState(false);
  const { phase } = campaign;
  const isOver = phase === "ENDED" || isPublished(campaign);
  const words = isOver ? b().scanResult : phase === "UPCOMING" ? b().scanNominees : b().scan;
  const address = addressOf(slug);
  return (
    <figure class="code">
      {!isLost && (
        <img
          src={`${pathOf({ view: "voting", slug })}/qr.svg`}
          alt={words}
          width="240"
          height="240"
          onError={() => setLost(true)}
        />
      )}
      <figcaption>
        {!isLost && <strong>{words}</strong>}
        <span class="address">
          {/* Where it is broken, it is before a stroke. */}
          {address.split("/").flatMap((part, i) => (i === 0 ? [part] : [<wbr />, `/${part}`]))}
        </span>
      </figcaption>
    </figure>
  );
}

interface FreshnessProps {
  state: ConnectionState;
  figures: Figures;
  lastContactMs: number;
  timeZone: string;
}

/** The state of the connection, and the age of the figures. */
export function Freshness({ state, figures, lastContactMs, timeZone }: FreshnessProps) {
  const time = useTick();
  const isCurrent = state === "live" || state === "polling";
  const age = Math.max(0, Math.round((time - (isCurrent ? figures.asOfMs : lastContactMs)) / 1_000));
  const words = { live: b().live, polling: b().polling, connecting: b().connecting, lost: b().lost };
  return (
    <p class={`freshness ${state}`} data-state={state}>
      <i aria-hidden="true" /> <span role="status">{words[state]}</span> · {b().asOf(clockTime(figures.asOfMs, timeZone))} ({b().ago(age)})
    </p>
  );
}

export function ServerClock({ timeZone }: { timeZone: string }) {
  const time = useTick();
  return (
    <p class="server-clock">
      {b().serverClock} {clockTime(time, timeZone)}
    </p>
  );
}
