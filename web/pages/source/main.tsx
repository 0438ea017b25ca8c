// The pages of a campaign: which view the address is, and what all views share.
import "./style.css";
import { type ComponentType, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { now } from "./clock";
import { choose, language } from "./language";
import { NotFound } from "./missing";
import { NomineeView } from "./nominee";
import { NomineesView } from "./nominees";
import { Failed, NavLink } from "./parts";
import { type Route, parse, pathOf, start, watchRoute } from "./route";
import { type Selection, findCampaign, notice, quotas } from "./selection";
import { backoff, pause } from "./server";
import { useTick } from "./store";
import { left, t } from "./texts";

const notice_ms = 6_000;

/** A view whose code comes when it is wanted; a connection that is away for a moment is waited for. */
function late<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let View: ComponentType<Props> | undefined;
  return function Late(props: Props) {
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

const Stories = late(async () => (await import("./stories")).StoriesView);
const Story = late(async () => (await import("./story")).StoryView);
const Board = late(async () => (await import("./board")).default);

function Pages({ firstStory }: { firstStory?: Awaited<ReturnType<typeof firstStoryOf>> }) {
  const [route, setRoute] = useState(() => parse(location.pathname));
  const [, redraw] = useState({});
  useEffect(() => watchRoute(() => setRoute(parse(location.pathname))), []);
  const switchLanguage = () => {
    choose(language() === "zh" ? "en" : "zh");
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
  return <Campaign route={route} firstStory={firstStory} languageButton={languageButton} />;
}

interface CampaignProps {
  route: Exclude<Route, { view: "board" }>;
  firstStory: Awaited<ReturnType<typeof firstStoryOf>>;
  languageButton: preact.JSX.Element;
}

function Campaign({ route, firstStory, languageButton }: CampaignProps) {
  const { slug } = route;
  const [selection, setSelection] = useState<Selection | null | "failed">();
  const load = () => {
    findCampaign(slug).then(setSelection, () => setSelection((before) => before ?? "failed"));
  };
  useEffect(load, [slug]);
  // A quota that has been granted anew is the server's to say.
  useQuotaReset(load);
  useEffect(() => {
    const isList = route.view === "voting" || route.view === "stories";
    if (isList && selection && selection !== "failed") document.title = selection.title;
  }, [selection, route.view]);
  const shown = selection && selection !== "failed" ? selection : undefined;
  return (
    <>
      <header class="top">
        <div>
          <h1>
            <a href={pathOf({ view: "voting", slug })}>{shown?.title ?? " "}</a>
          </h1>
          {languageButton}
        </div>
        {shown && <Countdown selection={shown} onEnd={load} />}
        {shown && route.view === "voting" && <p class="summary">{shown.summary}</p>}
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
        ) : selection === undefined ? (
          <p class="empty" role="status">
            {t().loading}
          </p>
        ) : selection === "failed" ? (
          <Failed retry={load} />
        ) : selection === null ? (
          <NotFound />
        ) : route.view === "voting" ? (
          <NomineesView slug={slug} selection={selection} />
        ) : route.view === "nominee" ? (
          <NomineeView slug={slug} number={route.number} selection={selection} key={route.number} />
        ) : (
          <Stories slug={slug} selection={selection} />
        )}
      </main>
      <Notice />
    </>
  );
}

/** What is left until voting opens or closes; then the campaign is read again. */
function Countdown({ selection, onEnd }: { selection: Selection; onEnd: () => void }) {
  const time = useTick(now);
  const isUpcoming = selection.phase === "UPCOMING";
  const isRunning = isUpcoming || selection.phase === "VOTING";
  const remaining = Date.parse(isUpcoming ? selection.votingOpensAt : selection.votingClosesAt) - time;
  const isDue = isRunning && remaining <= 0;
  useEffect(() => {
    if (!isDue) return;
    const timer = setInterval(onEnd, 1_000);
    return () => clearInterval(timer);
  }, [isDue]);
  if (!isRunning) return <p class="countdown">{t().closed}</p>;
  return <p class="countdown">{isUpcoming ? t().opensIn(left(remaining)) : t().closesIn(left(remaining))}</p>;
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
  const shown = notice.use();
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => notice.set(undefined), notice_ms);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="notice" role="status" aria-live="polite">
      {shown && <p class={shown.isBad ? "bad" : "good"}>{shown.text}</p>}
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
