// The campaigns of the member's organisations, and those of one organisation with what is done to them as a whole.
import "./organisation.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { count, moment } from "../../shared/format";
import { now } from "../../shared/clock";
import { PagedList } from "../../shared/paged";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { type Membership, may, viewer } from "../campaign";
import { Confirm } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { tell } from "../parts/notice";
import { PageEnd } from "../parts/paged";
import { Empty, Phase, explain } from "../parts/states";
import { timeIn } from "../parts/zone";
import { campaignPath, goInstead, pathOf } from "../route";
import { staff } from "../session";
import { t as shared } from "../texts";
import { CloneDialog } from "./clone";
import { type CampaignLineFragment, DeleteCampaign, ListCampaigns } from "./operations";
import { OrganisationSettings } from "./settings";
import { shorten, t } from "./texts";

type Line = CampaignLineFragment;

const pageSize = 20;
/** So many of each organisation stand on the first page. */
const cardsMax = 6;
const lookAgainMs = 30_000;

async function readPage(slug: string, first: number, after: string | null) {
  const { organisation } = await execute(ListCampaigns, { slug, first, after }, { as: staff });
  if (!organisation) return { nodes: [], endCursor: null, hasNextPage: false, total: 0 };
  const { nodes, pageInfo, totalCount } = organisation.campaigns;
  return { nodes, ...pageInfo, total: totalCount };
}

/** A list of campaigns that is read anew while it is looked at. */
function useCampaigns(slug: string, first: number): PagedList<Line> {
  const list = useMemo(() => new PagedList<Line>((after) => readPage(slug, first, after)), [slug]);
  useLookAgain(lookAgainMs, () => void list.reread());
  list.changed.use();
  return list;
}

/** The member's organisations with their campaigns; where there is one only, its campaigns. */
export function HomeView() {
  const { memberships } = viewer.use()!;
  const only = memberships.length === 1 ? memberships[0] : undefined;
  useEffect(() => {
    if (only) goInstead(pathOf({ view: "organisation", slug: only.organisation.slug, part: "campaigns" }));
  }, [only?.organisation.slug]);
  if (memberships.length === 0) return <Empty text={t().noOrganisation} />;
  if (only) return <Empty isLoading />;
  return (
    <>
      <header class="head">
        <h1>{shared().campaigns}</h1>
      </header>
      {memberships.map((membership) => (
        <OrganisationCards key={membership.organisation.slug} membership={membership} />
      ))}
    </>
  );
}

function OrganisationCards({ membership: { organisation, role, lacksSecondFactor } }: { membership: Membership }) {
  const list = useCampaigns(organisation.slug, cardsMax);
  useEffect(() => {
    if (!lacksSecondFactor) void list.loadMore();
  }, [list]);
  const path = pathOf({ view: "organisation", slug: organisation.slug, part: "campaigns" });
  const shown = list.nodes.slice(0, cardsMax);
  return (
    <section class="organisation">
      <header>
        <h2>
          <a href={path}>{organisation.name}</a>
        </h2>
        <span class="tag">{shared().roles[role]}</span>
        {(list.total ?? 0) > shown.length && <a href={path}>{t().allCampaigns(list.total!)}</a>}
      </header>
      {lacksSecondFactor ? (
        <p class="soft">
          {shared().needsSecondFactor} <a href={pathOf({ view: "account" })}>{shared().setUpSecondFactor}</a>
        </p>
      ) : list.total === 0 ? (
        <NoCampaigns organisation={organisation} />
      ) : list.total === undefined ? (
        <PageEnd list={list} />
      ) : (
        <ul class="cards">
          {shown.map((campaign) => (
            <Card key={campaign.id} campaign={campaign} />
          ))}
        </ul>
      )}
    </section>
  );
}

function NoCampaigns({ organisation: { id, slug } }: { organisation: Membership["organisation"] }) {
  if (!may(id, "EDIT_CAMPAIGNS")) return <Empty text={t().noCampaignsToSee} />;
  return (
    <Empty text={t().noCampaigns}>
      <a class="button primary" href={pathOf({ view: "organisation", slug, part: "new" })}>
        {t().firstCampaign}
      </a>
    </Empty>
  );
}

/** When people may vote, as far as that is still to be said. */
function times({ phase, votingOpensAt, votingClosesAt, timeZone }: Line): string {
  const at = (time: string) => moment(Date.parse(time), timeZone, now());
  if (phase === "UPCOMING") return t().from(timeIn(at(votingOpensAt), timeZone));
  if (phase === "VOTING" || phase === "PAUSED") return t().until(timeIn(at(votingClosesAt), timeZone));
  return timeIn(t().between(at(votingOpensAt), at(votingClosesAt)), timeZone);
}

/** What waits for somebody, each with the way to it. */
function waiting({ slug, phase, desk }: Line): { text: string; path: string }[] {
  const { nomineeCounts, storyCounts } = desk!;
  const all = [
    { n: phase === "DRAFT" ? 1 : 0, text: () => t().toAnnounce, path: campaignPath(slug, "overview") },
    { n: phase === "ENDED" ? 1 : 0, text: () => t().toPublish, path: campaignPath(slug, "result") },
    { n: storyCounts.inReview, text: t().toReview, path: `${campaignPath(slug, "stories")}?state=IN_REVIEW` },
    { n: storyCounts.approved, text: t().toSchedule, path: campaignPath(slug, "schedule") },
    { n: nomineeCounts.withoutPortrait, text: t().noPortrait, path: `${campaignPath(slug, "nominees")}?portrait=none` },
  ];
  const isOver = phase === "PUBLISHED" || phase === "ARCHIVED";
  return isOver ? [] : all.filter(({ n }) => n > 0).map(({ n, text, path }) => ({ text: text(n), path }));
}

function Waiting({ campaign }: { campaign: Line }) {
  const entries = waiting(campaign);
  if (entries.length === 0) return null;
  return (
    <ul class="waiting">
      {entries.map(({ text, path }) => (
        <li key={text}>
          <a href={path}>{text}</a>
        </li>
      ))}
    </ul>
  );
}

/** A cover of 16:9, or a quiet place where there is none. */
function Cover({ campaign: { coverUrl, title } }: { campaign: Line }) {
  if (coverUrl) return <img class="campaign-cover" src={coverUrl} alt="" loading="lazy" referrerpolicy="no-referrer" />;
  return (
    <span class="campaign-cover" aria-hidden="true">
      {[...title][0]}
    </span>
  );
}

function Figures({ campaign: { phase, tally, desk } }: { campaign: Line }) {
  const { active, frozen } = desk!.nomineeCounts;
  return (
    <p class="campaign-figures">
      {tally && phase !== "DRAFT" && phase !== "UPCOMING" && (
        <>
          <span>{t().votes(tally.countedVotes)}</span>
          <span>{t().voters(tally.voters)}</span>
        </>
      )}
      <span>{t().nominees(active + frozen)}</span>
    </p>
  );
}

function Card({ campaign }: { campaign: Line }) {
  return (
    <li class="box card">
      <a class="plain" href={campaignPath(campaign.slug, "overview")}>
        <Cover campaign={campaign} />
        <h3>{campaign.title}</h3>
      </a>
      <p>
        <Phase phase={campaign.phase} /> <small>{times(campaign)}</small>
      </p>
      <Figures campaign={campaign} />
      <Waiting campaign={campaign} />
    </li>
  );
}

/** What is open above the list. */
type Open = { kind: "clone" | "delete"; campaign: Line } | { kind: "settings" };

/** The campaigns of an organisation. */
export function CampaignsView({ membership }: { membership: Membership }) {
  const { organisation } = membership;
  const list = useCampaigns(organisation.slug, pageSize);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const mayEdit = may(organisation.id, "EDIT_CAMPAIGNS");
  return (
    <>
      <header class="head">
        <h1>{shared().campaigns}</h1>
        {list.total !== undefined && list.total > 0 && <span class="soft">{count(list.total)}</span>}
        <div class="actions">
          {may(organisation.id, "MANAGE_ORGANISATION") && (
            <button type="button" onClick={() => setOpen({ kind: "settings" })}>
              {t().settings}
            </button>
          )}
          {mayEdit && (
            <a class="button primary" href={pathOf({ view: "organisation", slug: organisation.slug, part: "new" })}>
              <Icon name="add" />
              {shared().newCampaign}
            </a>
          )}
        </div>
      </header>
      {membership.role === "AUDITOR" && <p class="soft below">{shared().readOnly}</p>}
      {list.total === 0 && <NoCampaigns organisation={organisation} />}
      <ul class="campaign-rows">
        {list.nodes.map((campaign) => (
          <Row key={campaign.id} campaign={campaign} mayEdit={mayEdit} onOpen={setOpen} />
        ))}
      </ul>
      <PageEnd list={list} />
      {open?.kind === "settings" && <OrganisationSettings slug={organisation.slug} onClose={close} />}
      {open?.kind === "clone" && <CloneDialog source={open.campaign} onClose={close} />}
      {open?.kind === "delete" && (
        <DeleteDialog
          campaign={open.campaign}
          onClose={close}
          onDeleted={() => list.retain(({ id }) => id !== open.campaign.id)}
        />
      )}
    </>
  );
}

interface RowProps {
  campaign: Line;
  mayEdit: boolean;
  onOpen: (open: Open) => void;
}

function Row({ campaign, mayEdit, onOpen }: RowProps) {
  return (
    <li class="box">
      <Cover campaign={campaign} />
      <div class="what">
        <h2>
          <a class="plain" href={campaignPath(campaign.slug, "overview")}>
            {campaign.title}
          </a>
        </h2>
        <p>
          <Phase phase={campaign.phase} /> <small>{times(campaign)}</small>
        </p>
        <Figures campaign={campaign} />
      </div>
      <Waiting campaign={campaign} />
      {mayEdit && (
        <div class="do" role="group" aria-label={t().actionsOf(shorten(campaign.title))}>
          <button type="button" class="quiet" onClick={() => onOpen({ kind: "clone", campaign })}>
            {t().clone}
          </button>
          {campaign.phase === "DRAFT" && !campaign.desk!.hasVotes && (
            <button type="button" class="quiet" onClick={() => onOpen({ kind: "delete", campaign })}>
              {t().delete}
            </button>
          )}
        </div>
      )}
    </li>
  );
}

interface DeleteDialogProps {
  campaign: Line;
  onClose: () => void;
  onDeleted: () => void;
}

function DeleteDialog({ campaign: { id, title, desk }, onClose, onDeleted }: DeleteDialogProps) {
  const { editRevision, nomineeCounts, storyCounts } = desk!;
  const nominees = nomineeCounts.active + nomineeCounts.frozen + nomineeCounts.withdrawn;
  const stories = Object.values(storyCounts).reduce((sum, n) => sum + n, 0);
  const confirm = async () => {
    try {
      const variables = { campaignId: id, expectedRevision: editRevision };
      const { deleteCampaign } = await execute(DeleteCampaign, variables, { as: staff, once: true });
      if (!deleteCampaign.deleted) return deleteCampaign.userErrors[0]?.message ?? shared().refused;
      onDeleted();
      tell(t().deleted(shorten(title)));
      return undefined;
    } catch (error) {
      return explain(error);
    }
  };
  return (
    <Confirm
      title={t().deleteTitle(shorten(title))}
      action={t().deleteAction}
      word={t().deleteWord}
      onClose={onClose}
      onConfirm={confirm}
    >
      <p>{t().deleteEffect(nominees, stories)}</p>
    </Confirm>
  );
}
