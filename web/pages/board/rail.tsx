// The rail beside the rankings: the time, the totals, the code, and how fresh the figures are.
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
import { digitsOf } from "./layout";
import { b } from "./texts";

const dayMs = 86_400_000;
/** Figures that are so old say so. */
const oldSeconds = 10;
/** A line is drawn of so many rates. */
const ratesMin = 3;

/** The time until voting opens or closes, or what comes after. */
export function Countdown({ campaign }: { campaign: Campaign }) {
  const time = useTick();
  const { phase } = campaign;
  if (phase === "PAUSED") return <p class="countdown-card told">{t().paused}</p>;
  if (isPublished(campaign)) return null;
  if (phase !== "UPCOMING" && phase !== "VOTING") return <p class="countdown-card told">{b().provisional}</p>;
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
  const rates = history.rates();
  return (
    <dl class="sums-of-board">
      <div>
        <dt>{t().totalVotes}</dt>
        <Total name="votes" value={figures.counted} />
        {figures.withdrawn > 0 && (
          <dd class="aside" data-figure="withdrawn">
            {b().withdrawn(figures.withdrawn)}
          </dd>
        )}
        {figures.withheld > 0 && <dd class="aside">{b().withheld(figures.withheld)}</dd>}
      </div>
      <div>
        <dt>{t().voters}</dt>
        <Total name="voters" value={figures.voters} />
      </div>
      {isOpen && (
        <div>
          <dt>{b().perMinute}</dt>
          <dd data-figure="rate">{count(history.lastMinute())}</dd>
          {rates.length >= ratesMin && (
            <dd class="spark">
              <Spark rates={rates} />
            </dd>
          )}
        </div>
      )}
    </dl>
  );
}

/** A total; it is as large as it fits. */
const Total = ({ name, value }: { name: string; value: number }) => (
  <dd data-figure={name} style={{ "--digits": String(digitsOf(value)) }}>
    <Rolling value={value} />
  </dd>
);

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

/** The host of the server as the public knows it, which its code has, too. */
function publicHost(): string {
  const canonical = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href;
  return new URL(canonical ?? location.href).host;
}

/** A code that leads to the voting page, with its address in words. */
export function Code({ slug, campaign }: { slug: string; campaign: Campaign }) {
  // A server without a public address has no code; the address is the page's own then.
  const [isLost, setLost] = useState(false);
  const { phase } = campaign;
  const isOver = phase === "ENDED" || isPublished(campaign);
  const words = isOver ? b().scanResult : phase === "UPCOMING" ? b().scanNominees : b().scan;
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
          {publicHost()}
          <wbr />
          {decodeURIComponent(pathOf({ view: "voting", slug }))}
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
      <i aria-hidden="true" /> <span role="status">{words[state]}</span> · {b().asOf(clockTime(figures.asOfMs, timeZone))}
      {(!isCurrent || age >= oldSeconds) && ` (${b().ago(age)})`}
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
