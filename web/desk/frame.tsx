// What is around every view: the side bar, which is a menu on a phone, and the way out.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { lazy } from "../shared/lazy";
import { isStuck } from "../shared/server";
import { type Campaign, type Viewer, campaign as currentCampaign, may, mayHere } from "./campaign";
import { Icon, type IconName } from "./parts/icon";
import { complain } from "./parts/notice";
import { Phase, explain } from "./parts/states";
import { type CampaignView, type Route, campaignPath, pathOf } from "./route";
import { signOut } from "./session";
import { useOpenCases } from "./signals/open";
import { t } from "./texts";

const KeysDialog = lazy<{ onClose: () => void }>(async () => (await import("./keys")).KeysDialog, () => null);

/** Calls `show` when the key is pressed that asks for the keys, unless somebody types. */
function useQuestionMark(show: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isTyped = (event.target as Element).closest?.("input, textarea, select");
      if (event.key !== "?" || event.ctrlKey || event.metaKey || isTyped || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      show();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

interface FrameProps {
  route: Route | undefined;
  member: Viewer;
  onSwitchLanguage: () => void;
  children: ComponentChildren;
}

export function Frame({ route, member, onSwitchLanguage, children }: FrameProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [showsKeys, setShowsKeys] = useState(false);
  useQuestionMark(() => setShowsKeys(true));
  const campaign = currentCampaign.use();
  const stuck = isStuck.use();
  useEffect(() => setIsOpen(false), [route]);
  const shown = route?.view === "campaign" && campaign && !(campaign instanceof Error) ? campaign : undefined;
  const organisationSlug = route?.view === "organisation" ? route.slug : shown?.desk.organisation.slug;
  const membership = member.memberships.find(({ organisation }) => organisation.slug === organisationSlug);
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {t().skip}
      </a>
      <header class="bar">
        <button
          type="button"
          class="quiet icon"
          aria-expanded={isOpen}
          aria-controls="side"
          aria-label={t().menu}
          onClick={() => setIsOpen(!isOpen)}
        >
          <Icon name="menu" />
        </button>
        <strong>{shown?.title ?? membership?.organisation.name ?? t().desk}</strong>
      </header>
      <aside id="side" class={isOpen ? "side open" : "side"} onKeyDown={(event) => event.key === "Escape" && setIsOpen(false)}>
        <div class="title">
          {shown ? (
            <>
              <strong>{shown.title}</strong>
              <small>
                <a href={pathOf({ view: "organisation", slug: shown.desk.organisation.slug, part: "campaigns" })}>
                  {shown.desk.organisation.name}
                </a>
              </small>
              <Phase phase={shown.phase} />
            </>
          ) : (
            <strong>{membership?.organisation.name ?? t().desk}</strong>
          )}
        </div>
        <nav aria-label={t().menu}>
          {shown && route?.view === "campaign" ? (
            <CampaignLinks slug={shown.slug} here={route.part} campaign={shown} />
          ) : (
            <>
              {membership && (
                <OrganisationLinks slug={membership.organisation.slug} id={membership.organisation.id} route={route} />
              )}
              {!membership &&
                member.memberships.map(({ organisation: { slug, name } }) => (
                  <Link
                    key={slug}
                    href={pathOf({ view: "organisation", slug, part: "campaigns" })}
                    icon="overview"
                    isHere={false}
                  >
                    {name}
                  </Link>
                ))}
            </>
          )}
        </nav>
        <div class="foot">
          {(member.memberships.length > 1 || route?.view !== "organisation") && (
            <Link href={pathOf({ view: "home" })} icon="home" isHere={route?.view === "home"}>
              {t().campaigns}
            </Link>
          )}
          <Link href={pathOf({ view: "account" })} icon="person" isHere={route?.view === "account"}>
            {member.name ?? t().account}
          </Link>
          <button type="button" class="quiet keys-button" onClick={() => setShowsKeys(true)}>
            {t().keys}
            <kbd>?</kbd>
          </button>
          <div class="row">
            <button type="button" class="quiet" lang={t().switchLanguage === "中文" ? "zh" : "en"} onClick={onSwitchLanguage}>
              {t().switchLanguage}
            </button>
            <button type="button" class="quiet" onClick={() => void signOut().catch((error) => complain(explain(error)))}>
              {t().signOut}
            </button>
          </div>
        </div>
      </aside>
      {showsKeys && <KeysDialog onClose={() => setShowsKeys(false)} />}
      {isOpen && <div class="veil" onClick={() => setIsOpen(false)} />}
      <main id="content" tabIndex={-1}>
        {stuck && (
          <p class="stuck" role="status">
            {t().stuck}
          </p>
        )}
        {children}
      </main>
    </div>
  );
}

interface CampaignLinksProps {
  slug: string;
  here: CampaignView;
  campaign: Campaign;
}

function CampaignLinks({ slug, here, campaign }: CampaignLinksProps) {
  const { desk } = campaign;
  const cases = useOpenCases(campaign, here);
  const link = (part: CampaignView, icon: IconName, isShown = true, note?: preact.JSX.Element | number) =>
    isShown && (
      <Link href={campaignPath(slug, part)} icon={icon} isHere={here === part} note={note}>
        {t()[part]}
      </Link>
    );
  const waiting = desk.storyCounts.inReview;
  return (
    <>
      {link("overview", "overview")}
      {link("nominees", "people", true, desk.nomineeCounts.active + desk.nomineeCounts.frozen)}
      {link("stories", "story", true, waiting > 0 ? <b class="badge">{waiting}</b> : undefined)}
      {link("schedule", "calendar")}
      {link("rules", "rules")}
      {link("signals", "signals", mayHere("READ_RECORDS"), cases > 0 ? <b class="badge">{cases}</b> : undefined)}
      {link("withholding", "withholding", mayHere("READ_RECORDS"))}
      {link("result", "result", mayHere("READ_RECORDS"))}
      {link("imports", "import", mayHere("EDIT_CAMPAIGNS"))}
      {link("exports", "export", mayHere("READ_RECORDS"))}
      {link("log", "log", mayHere("READ_RECORDS"))}
    </>
  );
}

function OrganisationLinks({ slug, id, route }: { slug: string; id: string; route: Route | undefined }) {
  const here = route?.view === "organisation" ? route.part : undefined;
  return (
    <>
      <Link href={pathOf({ view: "organisation", slug, part: "campaigns" })} icon="overview" isHere={here === "campaigns"}>
        {t().campaigns}
      </Link>
      {may(id, "EDIT_CAMPAIGNS") && (
        <Link href={pathOf({ view: "organisation", slug, part: "new" })} icon="add" isHere={here === "new"}>
          {t().newCampaign}
        </Link>
      )}
      {may(id, "READ_RECORDS") && (
        <>
          <Link href={pathOf({ view: "organisation", slug, part: "members" })} icon="people" isHere={here === "members"}>
            {t().members}
          </Link>
          <Link href={pathOf({ view: "organisation", slug, part: "log" })} icon="log" isHere={here === "log"}>
            {t().log}
          </Link>
        </>
      )}
    </>
  );
}

interface LinkProps {
  href: string;
  icon: IconName;
  isHere: boolean;
  note?: preact.JSX.Element | number | undefined;
  children: ComponentChildren;
}

function Link({ href, icon, isHere, note, children }: LinkProps) {
  return (
    <a href={href} aria-current={isHere ? "page" : undefined}>
      <Icon name={icon} />
      <span>{children}</span>
      {note !== undefined && (typeof note === "number" ? <small>{note}</small> : note)}
    </a>
  );
}
