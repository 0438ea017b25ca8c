// The entry of the desk: who is signed in, the view of the address, and what is around every view.
import "./style.css";
import { type ComponentChildren, render } from "preact";
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import { chooseLanguage, language } from "../shared/language";
import { lazy } from "../shared/lazy";
import { ApiError, backoff, isRetryable, pauseOrOnline } from "../shared/server";
import { useLookAgain } from "../shared/store";
import { SignIn } from "./account/sign_in";
import { followTabs } from "./account/tabs";
import { campaign as currentCampaign, loadCampaign, loadViewer, may, viewer } from "./campaign";
import { Notices } from "./parts/notice";
import { Empty, Failed } from "./parts/states";
import { type Route, go, parse, pathOf, start, watchRoute } from "./route";
import { resume, sessionState } from "./session";
import { Frame } from "./frame";
import { t } from "./texts";

/** An open page reads its member and its campaign again this often. */
const lookAgainMs = 20_000;

const waiting = () => <Empty isLoading />;

interface CampaignProps {
  id?: string | undefined;
}

const Account = lazy(async () => (await import("./account/account")).AccountView, waiting);
const Invitation = lazy(async () => (await import("./account/invitation")).InvitationView, waiting);
const Home = lazy(async () => (await import("./organisation/campaigns")).HomeView, waiting);
const organisationParts = {
  campaigns: lazy(async () => (await import("./organisation/campaigns")).CampaignsView, waiting),
  new: lazy(async () => (await import("./organisation/new")).NewCampaignView, waiting),
  members: lazy(async () => (await import("./organisation/members")).MembersView, waiting),
  log: lazy(async () => (await import("./organisation/log")).LogView, waiting),
};
const campaignParts = {
  overview: lazy<CampaignProps>(async () => (await import("./overview/overview")).OverviewView, waiting),
  nominees: lazy<CampaignProps>(async () => (await import("./nominees/nominees")).NomineesView, waiting),
  stories: lazy<CampaignProps>(async () => (await import("./stories/stories")).StoriesView, waiting),
  schedule: lazy<CampaignProps>(async () => (await import("./stories/schedule")).ScheduleView, waiting),
  rules: lazy<CampaignProps>(async () => (await import("./rules/rules")).RulesView, waiting),
  signals: lazy<CampaignProps>(async () => (await import("./signals/signals")).SignalsView, waiting),
  withholding: lazy<CampaignProps>(async () => (await import("./withholding/withholding")).WithholdingView, waiting),
  result: lazy<CampaignProps>(async () => (await import("./result/result")).ResultView, waiting),
  imports: lazy<CampaignProps>(async () => (await import("./sheets/imports")).ImportsView, waiting),
  exports: lazy<CampaignProps>(async () => (await import("./sheets/exports")).ExportsView, waiting),
  log: lazy<CampaignProps>(async () => (await import("./organisation/log")).CampaignLogView, waiting),
};

function Desk() {
  const [, redraw] = useState({});
  const [route, setRoute] = useState(() => parse(location.pathname));
  const state = sessionState.use();
  const member = viewer.use();
  const [failure, setFailure] = useState<unknown>();
  useEffect(
    () =>
      watchRoute(() => {
        setRoute(parse(location.pathname));
        redraw({});
      }),
    [],
  );
  const load = () => {
    setFailure(undefined);
    loadViewer().catch(setFailure);
  };
  useEffect(() => {
    if (state === "open") load();
    // What this page has in memory is not for who signs in next.
    if (state === "none" && viewer.value) location.replace(pathOf({ view: "home" }));
  }, [state]);
  useLookAgain(lookAgainMs, () => void (viewer.value && loadViewer().catch(() => undefined)));
  const switchLanguage = () => {
    chooseLanguage(language() === "zh" ? "en" : "zh");
    document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
    redraw({});
  };
  const content = () => {
    if (route?.view === "invitation") return <Invitation />;
    // The page begins anew: nobody types into one that goes away.
    if (state === "none" && member) return <Empty isLoading />;
    // A session that ended on this page leaves the view as it is, below the sign-in.
    if (state === "none" || (state === "ended" && !member)) return <SignIn onSwitchLanguage={switchLanguage} />;
    if (failure && !member) return <Failed error={failure} retry={load} />;
    if (!member) return <Empty isLoading />;
    return (
      <>
        <Frame route={route} member={member} onSwitchLanguage={switchLanguage}>
          <Guarded route={route}>
            <View route={route} />
          </Guarded>
        </Frame>
        {state === "ended" && <SignIn isAgain onSwitchLanguage={switchLanguage} />}
      </>
    );
  };
  return (
    <>
      {content()}
      <Notices />
    </>
  );
}

/** A view; where it cannot be drawn, that is told, and the way to the others stays open. */
function Guarded({ route, children }: { route: Route | undefined; children: ComponentChildren }) {
  const [error, again] = useErrorBoundary((fault) => console.error(fault));
  useEffect(() => void (error && again()), [route]);
  return error ? <Failed error={new ApiError("INTERNAL", "The view cannot be drawn.")} retry={again} /> : <>{children}</>;
}

function View({ route }: { route: Route | undefined }) {
  const member = viewer.use()!;
  switch (route?.view) {
    case "home":
      return <Home />;
    case "account":
      return <Account />;
    case "organisation": {
      const membership = member.memberships.find(({ organisation }) => organisation.slug === route.slug);
      if (!membership) return <NotFound />;
      if (membership.lacksSecondFactor) return <NeedsSecondFactor />;
      const isAllowed =
        route.part === "new"
          ? may(membership.organisation.id, "EDIT_CAMPAIGNS")
          : route.part === "campaigns" || may(membership.organisation.id, "READ_RECORDS");
      const Part = organisationParts[route.part];
      return isAllowed ? <Part membership={membership} key={route.slug} /> : <NotFound />;
    }
    case "campaign":
      return <CampaignPart route={route} key={route.slug} />;
    default:
      return <NotFound />;
  }
}

function CampaignPart({ route }: { route: Extract<Route, { view: "campaign" }> }) {
  const { slug, part, id } = route;
  const campaign = currentCampaign.use();
  const load = () => void loadCampaign(slug);
  useEffect(load, [slug]);
  useLookAgain(lookAgainMs, load);
  if (campaign === undefined) return <Empty isLoading />;
  if (campaign instanceof Error) return <Failed error={campaign} retry={load} />;
  if (campaign === null || campaign.slug !== slug) return <NotFound />;
  const organisationId = campaign.desk.organisation.id;
  if (viewer.value?.memberships.find(({ organisation }) => organisation.id === organisationId)?.lacksSecondFactor) {
    return <NeedsSecondFactor />;
  }
  const isAllowed =
    part === "imports"
      ? may(organisationId, "EDIT_CAMPAIGNS")
      : ["signals", "withholding", "result", "exports", "log"].includes(part)
        ? may(organisationId, "READ_RECORDS")
        : true;
  const Part = campaignParts[part];
  return isAllowed ? <Part id={id} key={part} /> : <NotFound />;
}

function NotFound() {
  return (
    <div class="empty">
      <h1>{t().notFoundTitle}</h1>
      <p>{t().notFound}</p>
      <a class="button" href={pathOf({ view: "home" })}>
        {t().toCampaigns}
      </a>
    </div>
  );
}

function NeedsSecondFactor() {
  return (
    <Empty text={t().needsSecondFactor}>
      <button class="primary" type="button" onClick={() => go(pathOf({ view: "account" }))}>
        {t().setUpSecondFactor}
      </button>
    </Empty>
  );
}

async function begin(): Promise<void> {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  start();
  followTabs();
  const root = document.getElementById("app")!;
  render(<Desk />, root);
  for (let attempt = 0; ; attempt++) {
    try {
      return await resume();
    } catch (error) {
      // What is wrong then is told where somebody signs in.
      if (!isRetryable(error)) return sessionState.set("none");
      await pauseOrOnline(backoff(attempt));
    }
  }
}

void begin();
