// The overview: how it goes, whether something is wrong, and what waits for somebody.
import "./overview.css";
import { useMemo } from "preact/hooks";
import { now } from "../../shared/clock";
import { count, locale, moment, remainingTime } from "../../shared/format";
import { language } from "../../shared/language";
import { useAlarm, useTick } from "../../shared/store";
import { type Campaign, mayHere, reloadCampaign, useCampaign } from "../campaign";
import { Guide } from "../organisation/guide";
import { Bars } from "../parts/bars";
import { Phase } from "../parts/states";
import { timeIn } from "../parts/zone";
import { campaignPath } from "../route";
import { t as common } from "../texts";
import { Boards, Freshness } from "./boards";
import { type Facts, type NextStory, useFacts, useNextStories } from "./facts";
import { type Figures, isOver, seesFigures, tellsGuests, useFigures } from "./figures";
import { type Roster, useRoster } from "./roster";
import { t } from "./texts";
import { deadline } from "./times";
import { Todos } from "./todo";
import { ClientsBox, TurnoutBox } from "./turnout";
import { type Pace, usePace } from "./votes";
import { WaysBox } from "./ways";

/** Cities that are shown at once. */
const citiesMax = 8;

export function OverviewView(_: { id?: string | undefined }) {
  const campaign = useCampaign();
  return (
    <>
      <Head campaign={campaign} />
      {campaign.desk.lifecycle === "DRAFT" ? <Guide campaign={campaign} /> : <Glance campaign={campaign} />}
    </>
  );
}

function Head({ campaign }: { campaign: Campaign }) {
  const { slug, phase, desk } = campaign;
  const step = stepOf(campaign);
  const page = `/c/${encodeURIComponent(slug)}`;
  return (
    <div class="head overview-head">
      <h1>{common().overview}</h1>
      <Phase phase={phase} />
      <NextStep campaign={campaign} />
      <div class="actions">
        {desk.lifecycle !== "DRAFT" && (
          <>
            <a class="button" href={page} target="_blank" rel="noopener">
              {common().publicPage}
            </a>
            <a class="button" href={`${page}/board`} target="_blank" rel="noopener">
              {common().board}
            </a>
          </>
        )}
        {step && mayHere("EDIT_CAMPAIGNS") && (
          <a class={phase === "ENDED" ? "button primary" : "button"} href={campaignPath(slug, step.part)}>
            {step.text}
          </a>
        )}
      </div>
    </div>
  );
}

/** The step that fits the phase, and where it is taken; a draft's is in its guide. */
function stepOf({ phase }: Campaign): { text: string; part: "rules" | "result" } | undefined {
  const texts = t().steps;
  switch (phase) {
    case "UPCOMING":
      return { text: texts.times, part: "rules" };
    case "VOTING":
      return { text: texts.pause, part: "rules" };
    case "PAUSED":
      return { text: texts.resume, part: "rules" };
    case "ENDED":
      return { text: texts.publish, part: "result" };
    case "PUBLISHED":
      return { text: texts.result, part: "result" };
    default:
      return undefined;
  }
}

/** What comes next, and when; the campaign is read again then. */
function NextStep({ campaign }: { campaign: Campaign }) {
  const time = useTick();
  const { phase, timeZone } = campaign;
  const [opensMs, closesMs] = [Date.parse(campaign.votingOpensAt), Date.parse(campaign.votingClosesAt)];
  const edgeMs = phase === "UPCOMING" ? opensMs : phase === "VOTING" || phase === "PAUSED" ? closesMs : undefined;
  useAlarm(edgeMs, () => void reloadCampaign());
  if (phase === "UPCOMING") {
    return <Edge text={t().opensIn(remainingTime(opensMs - time))} when={timeIn(moment(opensMs, timeZone, time), timeZone)} />;
  }
  if (edgeMs !== undefined) {
    return <Edge text={t().closesIn(remainingTime(closesMs - time))} when={timeIn(deadline(closesMs, timeZone), timeZone)} />;
  }
  if (phase === "DRAFT") return null;
  return <p class="soft">{t().closedAt(timeIn(deadline(closesMs, timeZone), timeZone))}</p>;
}

const Edge = ({ text, when }: { text: string; when: string }) => (
  <p class="soft">
    <b>{text}</b> · {when}
  </p>
);

function Glance({ campaign }: { campaign: Campaign }) {
  const live = useFigures(campaign);
  const facts = useFacts(campaign);
  const stories = useNextStories(campaign);
  const pace = usePace(campaign);
  const isShown = seesFigures(campaign);
  const roster = useRoster(campaign, live.figures, isShown);
  const readsFigures = mayHere("READ_FIGURES");
  // Drawn anew for what they show, not for each of the figures, which come five times a second.
  const still = [campaign, location.search, language()];
  const todos = useMemo(() => <Todos campaign={campaign} facts={facts} />, [...still, facts]);
  const next = useMemo(() => <NextStories campaign={campaign} stories={stories} />, [...still, stories]);
  const turnout = useMemo(() => <TurnoutBox campaign={campaign} />, still);
  const clients = useMemo(() => <ClientsBox campaign={campaign} />, still);
  const ways = useMemo(() => <WaysBox campaign={campaign} />, still);
  return (
    <div class="stack overview">
      {isShown && <Totals campaign={campaign} figures={live.figures} pace={pace} facts={facts} stories={stories} />}
      {!readsFigures && (
        <p class="box soft" role="note">
          {isShown ? t().publicOnly : t().hiddenFigures(campaign.rules.tallyVisibility === "STAFF_ONLY")}
        </p>
      )}
      {readsFigures ? (
        <div class="beside">
          {turnout}
          <div class="stack">
            {todos}
            {clients}
            {ways}
          </div>
        </div>
      ) : (
        <div class="columns">
          {todos}
          {next}
        </div>
      )}
      {isShown && (
        <section class="stack" aria-labelledby="live">
          <div class="live-head">
            <h2 id="live">{isOver(campaign) ? t().standingsAtLast : t().standings}</h2>
            <Freshness live={live} timeZone={campaign.timeZone} />
          </div>
          <Boards campaign={campaign} live={live} roster={roster} />
        </section>
      )}
      <div class="columns">
        {isShown && <Cities figures={live.figures} roster={roster} />}
        {readsFigures && next}
      </div>
    </div>
  );
}

interface TotalsProps {
  campaign: Campaign;
  figures: Figures | undefined;
  pace: Pace | undefined;
  facts: Facts | undefined;
  stories: readonly NextStory[] | undefined;
}

/** The figures that are looked at first. */
function Totals({ campaign, figures, pace, facts, stories }: TotalsProps) {
  const { timeZone } = campaign;
  const nextMs = stories?.[0] && Date.parse(stories[0].publishedAt);
  const nextTime = useMemo(() => nextMs && moment(nextMs, timeZone, now()), [stories, timeZone, language()]);
  const aVoter = figures && figures.voters > 0 ? figures.raw / figures.voters : undefined;
  const one = new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 });
  const parts = figures && [
    ...(tellsGuests(campaign, figures.guests) ? [t().ofGuests(figures.guests)] : []),
    ...(figures.withheld > 0 ? [t().withheld(figures.withheld)] : [t().noneWithheld]),
    ...(figures.withdrawn > 0 ? [t().withdrawn(figures.withdrawn)] : []),
  ];
  return (
    <dl class="totals">
      <Total name={t().rawVotes} value={figures?.raw} figure="votes">
        {pace && <PaceText pace={pace} />}
      </Total>
      <Total name={t().voters} value={figures?.voters} figure="voters">
        {aVoter !== undefined && t().votesEach(one.format(aVoter))}
      </Total>
      <Total name={t().countedVotes} value={figures?.counted} figure="counted">
        {parts?.join(" · ")}
      </Total>
      <Total name={t().storyViews} value={facts?.storyViews} figure="views">
        {facts && t().storiesToday(facts.stories.nodes.length)}
        {facts && nextTime && ` · ${t().nextAt(nextTime)}`}
      </Total>
    </dl>
  );
}

interface TotalProps {
  name: string;
  value: number | undefined;
  figure: string;
  children?: preact.ComponentChildren;
}

const Total = ({ name, value, figure, children }: TotalProps) => (
  <div class="box">
    <dt>{name}</dt>
    <dd class="figure" data-figure={figure}>
      {value === undefined ? "–" : count(value)}
    </dd>
    <dd class="soft">{children}</dd>
  </div>
);

/** The votes of the last hour, and how they compare with yesterday's. */
function PaceText({ pace: { lastHour, before } }: { pace: Pace }) {
  const percent = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" });
  const change = before !== undefined && before >= 1 ? lastHour / before - 1 : undefined;
  return (
    <>
      {t().lastHour(lastHour)}
      {change !== undefined && (
        <>
          {" · "}
          <span class={change > 0 ? "rising" : undefined}>{t().againstYesterday(percent.format(change))}</span>
        </>
      )}
    </>
  );
}

/** The votes by the city of the nominee that they are for. */
function Cities({ figures, roster }: { figures: Figures | undefined; roster: Roster }) {
  const cities = useMemo(() => citiesOf(figures, roster), [figures, roster]);
  const total = cities.reduce((sum, { value }) => sum + value, 0);
  const heads = [t().city, t().votesHead, t().share] as const;
  return (
    <section class="box" aria-labelledby="cities">
      <header>
        <h2 id="cities">{t().byCity}</h2>
        <small>{t().byCityHint}</small>
      </header>
      {total === 0 && <p class="soft">{figures ? t().noVotesYet : t().waiting}</p>}
      {total > 0 && <Bars caption={t().byCity} heads={heads} bars={cities.slice(0, citiesMax)} total={total} />}
      {total > 0 && cities.length > citiesMax && (
        <details class="under">
          <summary>{t().moreCities(cities.length - citiesMax)}</summary>
          <Bars caption={t().byCity} heads={heads} bars={cities.slice(citiesMax)} total={total} />
        </details>
      )}
    </section>
  );
}

function citiesOf(figures: Figures | undefined, roster: Roster) {
  const sums = new Map<string, number>();
  for (const { number, votes } of figures?.standings ?? []) {
    const nominee = roster.get(number);
    if (!nominee) continue;
    const city = nominee.city ?? "";
    sums.set(city, (sums.get(city) ?? 0) + votes);
  }
  const bars = [...sums].map(([city, value]) => ({ name: city || t().noCity, value }));
  return bars.sort((one, other) => other.value - one.value || one.name.localeCompare(other.name, locale()));
}

/** The stories that come out next. */
function NextStories({ campaign, stories }: { campaign: Campaign; stories: readonly NextStory[] | undefined }) {
  const { slug, timeZone, desk } = campaign;
  return (
    <section class="box" aria-labelledby="next-stories">
      <header>
        <h2 id="next-stories">{t().nextStories}</h2>
        <small>{desk.storyCounts.scheduled > 0 && t().scheduled(desk.storyCounts.scheduled)}</small>
      </header>
      {!stories && <p class="soft">{t().waiting}</p>}
      {stories?.length === 0 && (
        <p class="soft">
          {t().noStories} <a href={campaignPath(slug, "schedule")}>{common().schedule}</a>
        </p>
      )}
      <ol class="next-stories">
        {stories?.map(({ id, title, publishedAt, nominee }) => (
          <li key={id}>
            <time dateTime={publishedAt}>{moment(Date.parse(publishedAt), timeZone, now())}</time>
            <a class="plain" href={campaignPath(slug, "stories", id)} title={title}>
              <span>{title}</span>
              {nominee && <small>{nominee.name}</small>}
            </a>
          </li>
        ))}
      </ol>
      {stories && desk.storyCounts.scheduled > stories.length && (
        <a class="rest" href={campaignPath(slug, "schedule")}>
          {t().toSchedule}
        </a>
      )}
    </section>
  );
}
