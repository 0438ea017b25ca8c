// The entry of the pages: finds the view of the address, and draws around it what all views share.
import "./style.css";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { chooseLanguage, language } from "../shared/language";
import { lazy } from "../shared/lazy";
import { isStuck } from "../shared/server";
import { lateSessions, voter } from "../shared/session";
import { useAlarm, useReturn } from "../shared/store";
import { campaign as currentCampaign, loadCampaign, openCampaign, periodEndMs, quotas, signInWays, takeCampaign } from "./campaign";
import { type FirstView, isFresh, readFirstView, rememberDevice } from "./first_view";
import { Head } from "./head";
import { isKeptShown } from "./kept";
import { NotFound } from "./missing";
import { NomineeView, takeNominee } from "./nominee";
import { NomineesView, takeList } from "./nominees";
import { Notice } from "./notice";
import { Failed } from "./parts";
import { type Route, parse, pathOf, start, watchRoute } from "./route";
import { sharedPoster } from "./sharing";
import { isWeChat, takeReturn, wanted } from "./sign_in";
import { t } from "./texts";

/** A page that was not looked at for so long reads the campaign again. */
const awayMs = 20_000;
/** A vote that is not open is read again this often: it may open earlier or be prolonged. */
const closedPollMs = 60_000;

const waiting = (hasFailed: boolean) => (
  <p class="empty" role="status">
    {hasFailed ? t().failed : t().loading}
  </p>
);
const Stories = lazy(async () => (await import("./stories")).StoriesView, waiting);
const Story = lazy(async () => (await import("./story")).StoryView, waiting);
const ShareSheet = lazy(async () => (await import("./share_sheet")).ShareSheet, () => null);
const SignInSheet = lazy(async () => (await import("./sign_in_sheet")).SignInSheet, () => null);
const KeptSheet = lazy(async () => (await import("./kept_sheet")).KeptSheet, () => null);
const Result = lazy(async () => (await import("./result")).ResultView, waiting);
const Board = lazy(async () => (await import("./board/board")).default, waiting);

function Pages({ firstBoard, onDrawn }: FirstViews) {
  const [route, setRoute] = useState(() => parse(location.pathname));
  const [, redraw] = useState({});
  // After the effects of the views: they listen by then.
  useEffect(() => onDrawn?.(), []);
  useEffect(() => watchRoute(() => setRoute(parse(location.pathname))), []);
  const switchLanguage = () => {
    chooseLanguage(language() === "zh" ? "en" : "zh");
    rememberDevice();
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
      <main>
        <Board slug={route.slug} first={firstBoard} languageButton={languageButton} />
      </main>
    );
  }
  return <CampaignView route={route} languageButton={languageButton} />;
}

interface CampaignViewProps {
  route: Exclude<Route, { view: "board" }>;
  languageButton: preact.JSX.Element;
}

function CampaignView({ route, languageButton }: CampaignViewProps) {
  const { slug } = route;
  const campaign = currentCampaign.use();
  const poster = sharedPoster.use();
  const nominee = wanted.use();
  const isKept = isKeptShown.use();
  const load = () => void loadCampaign(slug);
  const loaded = campaign instanceof Error ? undefined : (campaign ?? undefined);
  useEffect(() => void openCampaign(slug), [slug]);
  // A quota that has been granted anew is the server's to say.
  useAlarm(periodEndMs(quotas.use()), load);
  useReturn(awayMs, load);
  useEffect(() => {
    if (!loaded || loaded.phase === "VOTING") return;
    const timer = setInterval(() => !document.hidden && load(), closedPollMs * (1 + Math.random() / 4));
    return () => clearInterval(timer);
  }, [slug, loaded?.phase]);
  useEffect(() => {
    const isWelcome = isWeChat && signInWays.value.some(({ kind }) => kind === "WECHAT_WEB");
    if (loaded && isWelcome) void import("./share_card").then(({ setShareCard }) => setShareCard());
  }, [loaded !== undefined, pathOf(route)]);
  useEffect(() => {
    const isList = route.view === "voting" || route.view === "stories";
    if (isList && loaded) document.title = loaded.title;
  }, [campaign, route.view]);
  return (
    <>
      <Head
        route={route}
        campaign={loaded}
        isMissing={campaign === null}
        onEnd={load}
        languageButton={languageButton}
      />
      <main>
        {route.view === "story" ? (
          <Story slug={slug} id={route.id} campaign={loaded} key={route.id} />
        ) : campaign === undefined ? (
          <p class="empty" role="status">
            {t().loading}
          </p>
        ) : campaign instanceof Error ? (
          <Failed error={campaign} retry={load} />
        ) : campaign === null ? (
          <NotFound />
        ) : route.view === "voting" ? (
          <NomineesView slug={slug} campaign={campaign} />
        ) : route.view === "nominee" ? (
          <NomineeView slug={slug} number={route.number} campaign={campaign} key={route.number} />
        ) : route.view === "result" ? (
          <Result slug={slug} campaign={campaign} key={slug} />
        ) : (
          <Stories slug={slug} campaign={campaign} />
        )}
      </main>
      {loaded && (
        <footer class={route.view === "nominee" ? "foot raised" : "foot"}>
          <button class="quiet" type="button" onClick={() => isKeptShown.set(true)}>
            {t().kept}
          </button>
        </footer>
      )}
      <Notice slug={slug} isRaised={route.view === "nominee"} />
      {poster && <ShareSheet key={poster.path} {...poster} />}
      {isKept && loaded && <KeptSheet timeZone={loaded.timeZone} />}
      {nominee && loaded && <SignInSheet key={nominee.id} slug={slug} campaign={loaded} nominee={nominee} />}
    </>
  );
}

/** The answers that are read before the page is drawn. */
interface FirstViews {
  firstBoard?: Awaited<ReturnType<typeof import("./board/board").loadBoard>> | undefined;
  /** Called once the views are there. */
  onDrawn?: () => void;
}

/**
 * Takes over what the page has: its elements stay, and nothing is asked for that it says already. It knows nobody, so a
 * voter reads what it has of its own at once; and so does everybody where it is no longer fresh.
 */
function takeOver(root: HTMLElement, slug: string, first: FirstView): void {
  const { campaign } = first.campaign;
  takeCampaign(slug, first.campaign);
  if (campaign && first.list) takeList(slug, campaign, first.list);
  if (first.nominee) takeNominee(first.nominee);
  const isAllSaid = isFresh(first) && !voter.isOpen();
  const onDrawn = () => {
    if (!isAllSaid) lateSessions.set(lateSessions.value + 1);
    answerEarlyTap();
  };
  render(<Pages onDrawn={onDrawn} />, root);
}

declare global {
  /** The button that was tapped before the program was there (`first_view/early_tap.js`); null from then on. */
  var earlyTap: HTMLButtonElement | null | undefined;
}

/** Does what was asked for before there was a program. */
function answerEarlyTap(): void {
  const button = globalThis.earlyTap;
  globalThis.earlyTap = null;
  button?.removeAttribute("aria-busy");
  button?.click();
}

/** Reads what the page of a route shows first: until then the server's rendering stands. */
async function readFirst(route: Route | undefined): Promise<FirstViews> {
  if (!route) return {};
  if (route.view === "board") {
    const { loadBoard } = await import("./board/board");
    return { firstBoard: await loadBoard(route.slug) };
  }
  const findStory = async (id: string) => (await import("./story")).findStory(id);
  const story = route.view === "story" ? findStory(route.id).catch(() => undefined) : undefined;
  await loadCampaign(route.slug);
  // The view finds it where it was kept.
  await story;
  return {};
}

/** A line below the server's rendering that says that the page is being read; gives the function that ends it. */
function announce(root: HTMLElement): () => void {
  const status = document.createElement("p");
  status.className = "empty";
  status.setAttribute("role", "status");
  const tell = () => (status.textContent = isStuck.value ? t().stuck : t().loading);
  tell();
  root.append(status);
  return isStuck.watch(tell);
}

async function begin(): Promise<void> {
  const root = document.getElementById("app")!;
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  start();
  const route = parse(location.pathname);
  const firstView = readFirstView();
  if (route && firstView) {
    takeOver(root, route.slug, firstView);
    void takeReturn();
    return rememberDevice();
  }
  const stop = announce(root);
  const first = await readFirst(route).catch(() => ({}));
  stop();
  // The button that was tapped goes with the server's rendering.
  globalThis.earlyTap = null;
  root.replaceChildren();
  render(<Pages {...first} onDrawn={answerEarlyTap} />, root);
  void takeReturn();
  rememberDevice();
}

void begin();
