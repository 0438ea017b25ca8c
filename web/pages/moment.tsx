// What a campaign's moment means for those who come, and what they can do next.
import { now } from "../shared/clock";
import { moment } from "../shared/format";
import { saveCalendar } from "./calendar";
import type { Campaign } from "./campaign";
import { Icon } from "./parts";
import { pathOf } from "./route";
import { shareOrCopy } from "./sharing";
import { t } from "./texts";

/** A strip above the nominees; nothing while one can simply vote. */
export function Moment({ slug, campaign }: { slug: string; campaign: Campaign }) {
  const { phase, timeZone, title } = campaign;
  const path = pathOf({ view: "voting", slug });
  const time = (text: string) => moment(Date.parse(text), timeZone, now());
  const stories = (
    <a class="button" href={pathOf({ view: "stories", slug })}>
      {t().readStories}
    </a>
  );
  switch (phase) {
    case "UPCOMING":
      return (
        <section class="moment">
          <h2>{t().upcomingHead(time(campaign.votingOpensAt))}</h2>
          <p>{t().upcomingText}</p>
          <div class="actions">
            <button
              class="primary"
              type="button"
              onClick={() => saveCalendar(campaign, location.origin + path, now())}
            >
              <Icon sign="i-calendar" /> {t().remindMe}
            </button>
            <button type="button" onClick={() => void shareOrCopy(title, path)}>
              <Icon sign="i-share" /> {t().share}
            </button>
          </div>
        </section>
      );
    case "PAUSED":
      return (
        <section class="moment paused">
          <h2>{t().pausedHead}</h2>
          <p>{t().pausedText}</p>
          <div class="actions">{stories}</div>
        </section>
      );
    case "ENDED":
      return (
        <section class="moment">
          <h2>{t().closedHead}</h2>
          <p>{t().closedText(time(campaign.votingClosesAt))}</p>
          <div class="actions">
            {campaign.rules.tallyVisibility !== "STAFF_ONLY" && (
              <a class="button" href={pathOf({ view: "result", slug })}>
                {t().showFigures}
              </a>
            )}
            {stories}
          </div>
        </section>
      );
    case "PUBLISHED":
    case "ARCHIVED":
      return (
        <section class="moment won">
          <h2>{phase === "PUBLISHED" ? t().publishedHead : t().archivedHead}</h2>
          <p>{t().publishedText}</p>
          <div class="actions">
            <a class="primary button" href={pathOf({ view: "result", slug })}>
              {t().showResult}
            </a>
            {stories}
          </div>
        </section>
      );
    default:
      return null;
  }
}
