// What waits for a decision: a line for each, with the way to it.
import type { StaffRight } from "../operations";
import { type Campaign, mayHere } from "../campaign";
import { now } from "../../shared/clock";
import { moment } from "../../shared/format";
import { Icon, type IconName } from "../parts/icon";
import { type CampaignView, campaignPath } from "../route";
import { useCountedCases } from "../signals/open";
import type { Facts } from "./facts";
import { t } from "./texts";

const dayMs = 86_400_000;

interface Todo {
  icon: IconName;
  text: string;
  /** What the link says to who may do it. */
  action: string;
  href: string;
  right: StaffRight;
  isUrgent?: boolean;
}

/** What waits, most urgent first; who may not do it but may see everything gets the way to look. */
export function Todos({ campaign, facts }: { campaign: Campaign; facts: Facts | undefined }) {
  const seesAll = mayHere("READ_RECORDS");
  const openCases = useCountedCases(campaign);
  const todos = todosOf(campaign, facts, openCases)
    .filter(({ right }) => mayHere(right) || seesAll)
    .sort((one, other) => Number(!!other.isUrgent) - Number(!!one.isUrgent));
  return (
    <section class="box todos" aria-labelledby="todos">
      <h2 id="todos">
        {t().waitsForYou}
        {todos.length > 0 && <small>{todos.length}</small>}
      </h2>
      {todos.length === 0 && <p class="soft">{facts ? t().nothingWaits : t().waiting}</p>}
      <ul>
        {todos.map(({ icon, text, action, href, right, isUrgent }) => (
          <li key={text} class={isUrgent ? "urgent" : undefined}>
            <Icon name={icon} />
            <span>{text}</span>
            <a href={href}>{mayHere(right) ? action : t().look}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function todosOf(campaign: Campaign, facts: Facts | undefined, openCases: number): Todo[] {
  const { slug, phase, desk, timeZone } = campaign;
  const { storyCounts, nomineeCounts } = desk;
  const path = (part: CampaignView, id?: string) => campaignPath(slug, part, id);
  const todos: Todo[] = [];
  const leftMs = Date.parse(campaign.votingClosesAt) - now();
  const isRunning = phase === "VOTING" || phase === "PAUSED" || phase === "UPCOMING";
  if (phase === "PAUSED") {
    const since = desk.pausedAt ? moment(Date.parse(desk.pausedAt), timeZone, now()) : "";
    todos.push({
      icon: "pause",
      text: t().isPaused(since),
      action: t().resume,
      href: path("rules"),
      right: "EDIT_CAMPAIGNS",
      isUrgent: true,
    });
  }
  if (openCases > 0 && phase !== "ARCHIVED") {
    const text = t().openCases(openCases);
    todos.push({ icon: "signals", text, action: t().judge, href: path("signals"), right: "WITHHOLD_VOTES", isUrgent: true });
  }
  if ((phase === "VOTING" || phase === "PAUSED") && leftMs > 0 && leftMs < dayMs) {
    // A minute that has begun is a minute.
    const minutes = Math.ceil(leftMs / 60_000);
    const text = t().closesSoon(Math.floor(minutes / 60), minutes % 60);
    todos.push({ icon: "calendar", text, action: t().timesAction, href: path("rules"), right: "EDIT_CAMPAIGNS" });
  }
  if (phase === "ENDED") {
    const text = t().unpublished;
    todos.push({ icon: "result", text, action: t().toResult, href: path("result"), right: "EDIT_CAMPAIGNS", isUrgent: true });
  }
  if ((phase === "ENDED" || phase === "PUBLISHED") && facts && !facts.hasReport) {
    todos.push({ icon: "story", text: t().noReport, action: t().makeReport, href: path("result"), right: "READ_RECORDS" });
  }
  if (storyCounts.inReview > 0) {
    const href = `${path("stories")}?state=IN_REVIEW`;
    todos.push({ icon: "edit", text: t().inReview(storyCounts.inReview), action: t().review, href, right: "REVIEW_STORIES" });
  }
  if (storyCounts.approved > 0 && isRunning) {
    const text = t().withoutTime(storyCounts.approved);
    todos.push({ icon: "calendar", text, action: t().schedule, href: path("schedule"), right: "REVIEW_STORIES" });
  }
  for (const { id, kind, faulty } of waitingImports(facts)) {
    const text = t().faultyImport(kind, faulty);
    todos.push({ icon: "import", text, action: t().mend, href: path("imports", id), right: "EDIT_CAMPAIGNS", isUrgent: true });
  }
  if (nomineeCounts.withoutPortrait > 0 && phase !== "ARCHIVED") {
    const href = `${path("nominees")}?portrait=none`;
    const text = t().withoutPortrait(nomineeCounts.withoutPortrait);
    todos.push({ icon: "picture", text, action: t().addPortraits, href, right: "EDIT_CAMPAIGNS" });
  }
  const failed = facts?.exports.filter(({ status }) => status === "FAILED").length ?? 0;
  if (failed > 0) {
    const text = t().failedExports(failed);
    todos.push({ icon: "export", text, action: t().look, href: path("exports"), right: "READ_RECORDS" });
  }
  return todos;
}

/** The newest import of each kind, where it waits for its rows to be mended; who may not import cannot open it. */
function waitingImports(facts: Facts | undefined) {
  if (!facts || !mayHere("EDIT_CAMPAIGNS")) return [];
  const newest = (["NOMINEES", "STORIES"] as const).map((kind) => facts.imports.nodes.find((found) => found.kind === kind));
  return newest.filter((found) => found !== undefined).filter(({ status, faulty }) => status === "CHECKED" && faulty > 0);
}
