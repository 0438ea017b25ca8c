// The entry of the pages: finds the view of the address, and draws around it what all views share.
import "./style.css";
import { type ComponentType, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { chooseLanguage, language } from "../../shared/language";
import { backoff, pause } from "../../shared/server";
import { useTick } from "../../shared/store";
import { type Campaign, findCampaign, notice, quotas } from "./campaign";
import { NotFound } from "./missing";
import { NomineeView } from "./nominee";
import { NomineesView } from "./nominees";
import { Failed, NavLink } from "./parts";
import { type Route, parse, pathOf, start, watchRoute } from "./route";
import { remainingTime, t } from "./texts";

const noticeMs = 6_000;

/** A view whose code comes when it is wanted; a connection that is away for a moment is waited for. */
function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let View: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [attempt, setAttempt] = useState(0);
    const [, redraw] = useState({});
    useEffect(() => {
      if (View) return;
      load().then(
        (loaded) => {
          View = loaded;
          redraw({});
        },
        () => pause(backoff(attempt)).then(() => setAttempt(attempt + 1)),
      );
    }, [attempt]);
    if (View) return <View {...props} />;
    return (
      <p class="empty" role="status">
        {attempt === 0 ? t().loading : t().failed}
      </p>
    );
  };
}

const Stories = lazy(async () => (await import("./stories")).StoriesView);
const Story = lazy(async () => (await import("./story")).StoryView);
const Board = lazy(async () => (await import("./board")).default);

function Pages({ firstStory }: { firstStory?: Awaited<ReturnType<typeof firstStoryOf>> }) {
  const [route, setRoute] = useState(() => parse(location.pathname));
  const [, redraw] = useState({});
  useEffect(() => watchRoute(() => setRoute(parse(location.pathname))), []);
  const switchLanguage = () => {
    chooseLanguage(language() === "zh" ? "en" : "zh");
    document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
    redraw({});
  };
  if (!route) return <NotFound />;
  const languageButton = (
    <button class="quiet language" type="button" lang={language() === "zh" ? "en" : "zh"} onClick={switchLanguage}>
      {t().switchLanguage}
    </button>
  );
  if (route.view === "board") {
    return (
      <main class="wide">
        {languageButton}
        <Board slug={route.slug} />
      </main>
    );
  }
  return <CampaignView route={route} firstStory={firstStory} languageButton={languageButton} />;
}

interface CampaignViewProps {
  route: Exclude<Route, { view: "board" }>;
  firstStory: Awaited<ReturnType<typeof firstStoryOf>>;
  languageButton: preact.JSX.Element;
}

function CampaignView({ route, firstStory, languageButton }: CampaignViewProps) {
  const { slug } = route;
  const [campaign, setCampaign] = useState<Campaign | null | "failed">();
  const load = () => {
    findCampaign(slug).then(setCampaign, () => setCampaign((before) => before ?? "failed"));
  };
  const loaded = campaign && campaign !== "failed" ? campaign : undefined;
  useEffect(load, [slug]);
  // A quota that has been granted anew is the server's to say.
  useQuotaReset(load);
  useEffect(() => {
    const isList = route.view === "voting" || route.view === "stories";
    if (isList && loaded) document.title = loaded.title;
  }, [campaign, route.view]);
  return (
    <>
      <header class="top">
        <div>
          <h1>
            <a href={pathOf({ view: "voting", slug })}>{loaded?.title ?? " "}</a>
          </h1>
          {languageButton}
        </div>
        {loaded && <Countdown campaign={loaded} onEnd={load} />}
        {loaded && route.view === "voting" && <p class="summary">{loaded.summary}</p>}
        <nav>
          <NavLink href={pathOf({ view: "voting", slug })} isHere={route.view === "voting"}>
            {t().nominees}
          </NavLink>
          <NavLink href={pathOf({ view: "stories", slug })} isHere={route.view === "stories"}>
            {t().stories}
          </NavLink>
          <NavLink href={pathOf({ view: "board", slug })} isHere={false}>
            {t().board}
          </NavLink>
        </nav>
      </header>
      <main>
        {route.view === "story" ? (
          <Story slug={slug} id={route.id} first={firstStory} key={route.id} />
        ) : campaign === undefined ? (
          <p class="empty" role="status">
            {t().loading}
          </p>
        ) : campaign === "failed" ? (
          <Failed retry={load} />
        ) : campaign === null ? (
          <NotFound />
        ) : route.view === "voting" ? (
          <NomineesView slug={slug} campaign={campaign} />
        ) : route.view === "nominee" ? (
          <NomineeView slug={slug} number={route.number} campaign={campaign} key={route.number} />
        ) : (
          <Stories slug={slug} campaign={campaign} />
        )}
      </main>
      <Notice />
    </>
  );
}

/** The time until voting opens or closes; then the campaign is read again. */
function Countdown({ campaign, onEnd }: { campaign: Campaign; onEnd: () => void }) {
  const time = useTick(now);
  const isUpcoming = campaign.phase === "UPCOMING";
  const isRunning = isUpcoming || campaign.phase === "VOTING";
  const remaining = Date.parse(isUpcoming ? campaign.votingOpensAt : campaign.votingClosesAt) - time;
  const isDue = isRunning && remaining <= 0;
  useEffect(() => {
    if (!isDue) return;
    const timer = setInterval(onEnd, 1_000);
    return () => clearInterval(timer);
  }, [isDue]);
  if (!isRunning) return <p class="countdown">{t().closed}</p>;
  return <p class="countdown">{isUpcoming ? t().opensIn(remainingTime(remaining)) : t().closesIn(remainingTime(remaining))}</p>;
}

function useQuotaReset(reload: () => void): void {
  const resets = (quotas.use() ?? []).flatMap(({ resetsAt }) => (resetsAt ? [Date.parse(resetsAt)] : []));
  const next = resets.length > 0 ? Math.min(...resets) : undefined;
  useEffect(() => {
    if (next === undefined) return;
    // Timers run at most 24.8 days; a moment later, so that the server's midnight has passed.
    const timer = setTimeout(reload, Math.min(2 ** 31 - 1, Math.max(1_000, next - now() + 1_000)));
    return () => clearTimeout(timer);
  }, [next]);
}

function Notice() {
  const message = notice.use();
  useEffect(() => {
    if (!message) return;
    const timer = setTimeout(() => notice.set(undefined), noticeMs);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <div class="notice" role="status" aria-live="polite">
      {message && <p class={message.isBad ? "bad" : "good"}>{message.text}</p>}
    </div>
  );
}

/** The story of a story's page, read before the page is drawn: until then the server's rendering stands. */
async function firstStoryOf(route: Route | undefined) {
  if (route?.view !== "story") return undefined;
  const { findStory } = await import("./story");
  return findStory(route.id).catch(() => undefined);
}

start();
void firstStoryOf(parse(location.pathname)).then((firstStory) => {
  const root = document.getElementById("app")!;
  root.replaceChildren();
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  render(<Pages firstStory={firstStory} />, root);
});
