// The view of the result, in every phase: when it will be there, the places in each category, and how they came about.
import "./result.css";
import { useEffect, useState } from "preact/hooks";
import { now } from "../shared/clock";
import { moment } from "../shared/format";
import { execute } from "../shared/server";
import { Store, useAlarm, useLookAgain, useReturn } from "../shared/store";
import { type Campaign, isOver, loadCampaign } from "./campaign";
import { FindResult, type FindResultQuery } from "./operations";
import { Failed, ShareButton } from "./parts";
import { HowCounted, Turnout, type Withholding } from "./result_counting";
import { type Chosen, Certificate } from "./result_certificate";
import { Podium, Ranking } from "./result_ranking";
import { type Entry, type Tally, placesOf } from "./result_places";
import { r } from "./result_texts";
import { pathOf } from "./route";
import { t } from "./texts";

/** Until the result is published, figures may still change: votes are stored, or withheld. */
const provisionalPollMs = 15_000;
/** The tally of a vote that has just closed takes a moment. */
const countingPollMs = 2_000;
const publishedPollMs = 5 * 60_000;

type Result = NonNullable<FindResultQuery["campaign"]>;

/** What has been read of results, by slug: it is there at once when somebody comes back. */
const results = new Map<string, Store<Result | Error | undefined>>();

function resultOf(slug: string): Store<Result | Error | undefined> {
  const result = results.get(slug) ?? new Store<Result | Error | undefined>(undefined);
  results.set(slug, result);
  return result;
}

async function readResult(slug: string): Promise<void> {
  const store = resultOf(slug);
  const isRead = store.value !== undefined && !(store.value instanceof Error);
  try {
    const { campaign } = await execute(FindResult, { slug }, { isBackground: isRead });
    if (campaign) store.set(campaign);
  } catch (error) {
    if (!isRead) store.set(error as Error);
  }
}

export function ResultView({ slug, campaign }: { slug: string; campaign: Campaign }) {
  const result = resultOf(slug).use();
  const read = () => void readResult(slug);
  const { phase } = campaign;
  const isHidden = campaign.rules.tallyVisibility === "STAFF_ONLY";
  const loaded = result instanceof Error ? undefined : result;
  const isCounting = phase === "ENDED" && !isHidden && !loaded?.tally;
  // What was read in another phase is not what stands now.
  useEffect(read, [slug, phase]);
  useEffect(() => {
    if (phase !== "ENDED") return;
    const everyMs = (isCounting ? countingPollMs : provisionalPollMs) * (1 + Math.random() / 4);
    const timer = setInterval(() => document.hidden || read(), everyMs);
    return () => clearInterval(timer);
  }, [slug, phase, isCounting]);
  useLookAgain(publishedPollMs, read);
  useReturn(0, read);
  useEffect(() => {
    document.title = `${r().result} · ${campaign.title}`;
  });
  if (!isOver(campaign)) return <Before slug={slug} campaign={campaign} />;
  const withholdings = loaded?.withholdings ?? [];
  if (isHidden) return <Hidden slug={slug} campaign={campaign} withholdings={withholdings} />;
  if (result instanceof Error) return <Failed error={result} retry={read} />;
  if (!result?.tally) return <Waiting text={result === undefined ? t().loading : r().counting} />;
  return <Standing slug={slug} campaign={campaign} tally={result.tally} withholdings={withholdings} />;
}

const Waiting = ({ text }: { text: string }) => (
  <p class="empty" role="status">
    {text}
  </p>
);

interface PartProps {
  slug: string;
  campaign: Campaign;
}

/** The result before there is one: when it comes, and the way to what can be done now. */
function Before({ slug, campaign }: PartProps) {
  const { phase, timeZone, rules } = campaign;
  const time = (text: string) => moment(Date.parse(text), timeZone, now());
  const closes = time(campaign.votingClosesAt);
  useAlarm(Date.parse(campaign.votingClosesAt), () => void loadCampaign(slug));
  const when =
    phase === "UPCOMING"
      ? r().beforeUpcoming(time(campaign.votingOpensAt), closes)
      : phase === "PAUSED"
        ? r().beforePaused(closes)
        : r().beforeOpen(closes);
  return (
    <article class="result">
      <header class="result-cover">
        <h2>{r().beforeTitle}</h2>
        <p>{rules.tallyVisibility === "STAFF_ONLY" ? `${when} ${r().beforeHidden}` : when}</p>
        <p class="result-ways">
          <a class="button" href={pathOf({ view: "voting", slug })}>
            {phase === "VOTING" ? r().toVote : r().toNominees}
          </a>
          {rules.tallyVisibility === "LIVE" && phase !== "UPCOMING" && (
            <a class="button" href={pathOf({ view: "board", slug })}>
              {r().toBoard}
            </a>
          )}
        </p>
      </header>
      <div class="result-facts">
        <HowCounted campaign={campaign} />
      </div>
    </article>
  );
}

/** The result where the rules keep the figures to the organisers. */
function Hidden({ slug, campaign, withholdings }: PartProps & { withholdings: readonly Withholding[] }) {
  return (
    <article class="result">
      <header class="result-cover">
        <h2>{r().hiddenTitle}</h2>
        <p>{campaign.phase === "ENDED" ? r().hidden : r().hiddenPublished}</p>
        <p class="result-ways">
          <a class="button" href={pathOf({ view: "voting", slug })}>
            {r().toNominees}
          </a>
          <a class="button" href={pathOf({ view: "stories", slug })}>
            {r().toStories}
          </a>
        </p>
      </header>
      <div class="result-facts">
        <HowCounted campaign={campaign} withholdings={withholdings} />
      </div>
    </article>
  );
}

/** The category that the address names, by its key; else the first. */
const namedCategory = ({ categories }: Campaign) => {
  const key = new URLSearchParams(location.search).get("category");
  return categories.find((category) => category.key === key) ?? categories[0];
};

interface StandingProps extends PartProps {
  tally: Tally;
  withholdings: readonly Withholding[];
}

function Standing({ slug, campaign, tally, withholdings }: StandingProps) {
  const [categoryId, setCategoryId] = useState(() => namedCategory(campaign)?.id);
  const [certified, setCertified] = useState<Chosen>();
  const category = campaign.categories.find(({ id }) => id === categoryId) ?? campaign.categories[0];
  const choose = ({ id, key }: Campaign["categories"][number]) => {
    setCategoryId(id);
    // Coming back finds the category, and a link that is sent on leads to it.
    history.replaceState(history.state, "", `?category=${encodeURIComponent(key)}`);
  };
  if (!category) return <Waiting text={r().noNominees} />;
  const entries = tally.entries.filter(({ nominee }) => nominee.category.id === category.id);
  const places = placesOf(entries, category.shortlistSize);
  const isPublished = campaign.phase !== "ENDED";
  const certify = (entry: Entry) => setCertified({ entry, isTied: places.sharedRanks.has(entry.rank) });
  const onCertify = isPublished ? certify : undefined;
  return (
    <article class="result">
      <header class="result-cover">
        <h2>
          {r().publicChoice} · {category.name}
        </h2>
        <p role="status">{isPublished ? r().published : r().provisional}</p>
        {campaign.categories.length > 1 && (
          <nav class="result-categories" aria-label={t().categories}>
            {campaign.categories.map((one) => (
              <button key={one.id} type="button" aria-pressed={one.id === category.id} onClick={() => choose(one)}>
                {one.name}
              </button>
            ))}
          </nav>
        )}
        <Podium slug={slug} places={places} onCertify={onCertify} />
      </header>
      <div class="result-columns">
        <Ranking slug={slug} category={category} places={places} onCertify={onCertify} key={category.id} />
        <div class="result-facts">
          <Turnout tally={tally} />
          <HowCounted campaign={campaign} withholdings={withholdings} />
          <p>
            <ShareButton title={`${r().result} · ${campaign.title}`} path={pathOf({ view: "result", slug })} />
          </p>
        </div>
      </div>
      {certified && (
        <Certificate
          slug={slug}
          campaign={campaign}
          category={category.name}
          chosen={certified}
          onClose={() => setCertified(undefined)}
        />
      )}
    </article>
  );
}
