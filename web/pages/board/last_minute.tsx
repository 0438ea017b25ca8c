// Before and after the close: a countdown that fills the screen, then the word that votes are being counted.
import { remainingTime } from "../../shared/format";
import { useTick } from "../../shared/store";
import { t } from "../texts";
import { type Campaign, isPublished } from "./campaign";
import { Code } from "./rail";
import { lastMinuteMs } from "./stage";
import { b } from "./texts";

/** A countdown is drawn so often, since a timer of a whole second misses some. */
const tickMs = 200;
const dayMs = 86_400_000;

/** Whether voting has closed by the server's clock, though the campaign may not have been read again yet. */
export const isClosed = ({ phase, votingClosesAt }: Campaign, time: number) =>
  phase === "ENDED" || (phase === "VOTING" && time >= Date.parse(votingClosesAt));

/** Whether voting closes within a minute. */
export const isLastMinute = ({ phase, votingClosesAt }: Campaign, time: number) =>
  phase === "VOTING" && Date.parse(votingClosesAt) - time <= lastMinuteMs;

interface LastMinuteProps {
  slug: string;
  campaign: Campaign;
  /** A word on what comes after. */
  note?: string | undefined;
}

export function LastMinute({ slug, campaign, note }: LastMinuteProps) {
  const time = useTick(tickMs);
  const isUpcoming = campaign.phase === "UPCOMING";
  const remaining = Date.parse(isUpcoming ? campaign.votingOpensAt : campaign.votingClosesAt) - time;
  if (isClosed(campaign, time) || isPublished(campaign)) return <Counting />;
  const isLast = isLastMinute(campaign, time);
  const days = Math.floor(remaining / dayMs);
  const text = isLast ? String(Math.max(0, Math.ceil(remaining / 1_000))) : remainingTime(remaining % dayMs);
  return (
    <div class={isLast ? "last-minute seconds" : "last-minute"}>
      <p class="words">{isLast ? b().lastMinute : isUpcoming ? b().opensIn : b().closesIn}</p>
      <p class="time" role="timer">
        {days > 0 && <span>{b().days(days)}</span>}
        {text}
      </p>
      {campaign.phase === "PAUSED" && <p class="words">{t().paused}</p>}
      {note && <p>{note}</p>}
      <Code slug={slug} campaign={campaign} />
    </div>
  );
}

/** After the close, until the result is published. */
export const Counting = () => (
  <div class="told-large">
    <p class="words">{b().over}</p>
    <p class="large">{b().counting}</p>
    <p>{b().countingText}</p>
  </div>
);
