// The audit log of an organisation or of a campaign: every change as a sentence.
import "./organisation.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { clockTime, formatTime } from "../../shared/format";
import { PagedList } from "../../shared/paged";
import { execute } from "../../shared/server";
import { useLookAgain } from "../../shared/store";
import { zonedToUtc } from "../../shared/zoned";
import { type Membership, useCampaign } from "../campaign";
import { addDays, isDay } from "../parts/calendar";
import { Field } from "../parts/form";
import { PageEnd } from "../parts/paged";
import { Empty } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath, parameter, setParameters } from "../route";
import { staff } from "../session";
import { t as shared } from "../texts";
import { type LogEntry, actionGroups, deedOf, fieldInWords, sentenceOf, shownChanges, valueInWords } from "./log_sentence";
import { t } from "./log_texts";
import { ListEvents, ListFilters } from "./operations";
import { shorten } from "./texts";
import { ownZone } from "./zone";

const pageSize = 40;
const lookAgainMs = 20_000;
const filters = ["actor", "action", "from", "to", "campaign"] as const;

/** The log of an organisation. */
export function LogView({ membership }: { membership: Membership }) {
  return <Log slug={membership.organisation.slug} timeZone={ownZone()} hint={t().hint} />;
}

/** The log of a campaign. */
export function CampaignLogView(_: { id?: string | undefined }) {
  const { id, timeZone, desk } = useCampaign();
  return <Log slug={desk.organisation.slug} campaignId={id} timeZone={timeZone} hint={t().hintOfCampaign} />;
}

interface LogProps {
  slug: string;
  /** Set for the log of one campaign. */
  campaignId?: string;
  timeZone: string;
  hint: string;
}

/** The variables of the filters that stand in the address. */
function filterOf(campaignId: string | undefined, timeZone: string) {
  const [from, to] = [parameter("from"), parameter("to")];
  return {
    actorId: parameter("actor") || null,
    action: parameter("action") || null,
    campaignId: campaignId ?? (parameter("campaign") || null),
    from: from ? zonedToUtc(`${from}T00:00`, timeZone) || null : null,
    // The last day is wholly taken. What is no day, as addresses may have it, is no filter.
    to: isDay(to) ? zonedToUtc(`${addDays(to, 1)}T00:00`, timeZone) : null,
  };
}

type Filter = ReturnType<typeof filterOf>;

async function readPage(slug: string, filter: Filter, after: string | null) {
  const { organisation } = await execute(ListEvents, { slug, first: pageSize, after, ...filter }, { as: staff });
  if (!organisation) return { nodes: [], endCursor: null, hasNextPage: false };
  const { nodes, pageInfo } = organisation.auditEvents;
  return { nodes, ...pageInfo };
}

/** The entries, with the newest put in front now and then. */
function useEvents(slug: string, filter: Filter): PagedList<LogEntry> {
  const key = JSON.stringify([slug, filter]);
  const [generation, setGeneration] = useState(0);
  const list = useMemo(() => new PagedList<LogEntry>((after) => readPage(slug, filter, after)), [key, generation]);
  useLookAgain(lookAgainMs, () => {
    if (list.nodes.length === 0) return setGeneration(generation + 1);
    readPage(slug, filter, null).then(
      ({ nodes }) => {
        const isJoined = nodes.some(({ id }) => list.nodes.some((known) => known.id === id));
        if (isJoined) list.prepend(nodes);
        // More came than a page has: what is between is not known.
        else setGeneration(generation + 1);
      },
      () => undefined,
    );
  });
  list.changed.use();
  return list;
}

function Log({ slug, campaignId, timeZone, hint }: LogProps) {
  const filter = filterOf(campaignId, timeZone);
  const list = useEvents(slug, filter);
  const isFiltered = filters.some((name) => parameter(name));
  return (
    <>
      <header class="head">
        <h1>{t().title}</h1>
        <small class="soft">{allTimes(timeZone)}</small>
      </header>
      <p class="soft below">{hint}</p>
      <Filters slug={slug} hasCampaigns={!campaignId} isFiltered={isFiltered} />
      {list.isComplete && list.nodes.length === 0 && <Empty text={isFiltered ? t().noneFound : t().none} />}
      <Entries entries={list.nodes} timeZone={timeZone} showsCampaign={!campaignId} />
      <PageEnd list={list} />
    </>
  );
}

interface FiltersProps {
  slug: string;
  hasCampaigns: boolean;
  isFiltered: boolean;
}

function Filters({ slug, hasCampaigns, isFiltered }: FiltersProps) {
  const [people, setPeople] = useState<{ id: string; name: string }[]>([]);
  const [campaigns, setCampaigns] = useState<{ id: string; title: string }[]>([]);
  useEffect(() => {
    execute(ListFilters, { slug }, { as: staff, isBackground: true }).then(
      ({ organisation }) => {
        setPeople(organisation?.members.map(({ staff: { id, name } }) => ({ id, name })) ?? []);
        setCampaigns(organisation?.campaigns.nodes ?? []);
      },
      () => undefined,
    );
  }, [slug]);
  return (
    <div class="filters log-filters">
      <Select
        name="actor"
        label={t().actor}
        all={t().everybody}
        groups={[["", people.map(({ id, name }) => [id, name] as const)]]}
      />
      <Select
        name="action"
        label={t().action}
        all={t().everything}
        groups={actionGroups().map(([name, actions]) => [name, actions.map((action) => [action, deedOf(action)] as const)])}
      />
      {hasCampaigns && (
        <Select
          name="campaign"
          label={t().campaign}
          all={t().allCampaigns}
          groups={[["", campaigns.map(({ id, title }) => [id, title] as const)]]}
        />
      )}
      <Day name="from" label={t().from} />
      <Day name="to" label={t().to} />
      {isFiltered && (
        <button
          type="button"
          class="quiet"
          onClick={() => setParameters(Object.fromEntries(filters.map((name) => [name, ""])))}
        >
          {t().clear}
        </button>
      )}
    </div>
  );
}

interface SelectProps {
  name: (typeof filters)[number];
  label: string;
  /** The option that filters nothing. */
  all: string;
  groups: [string, (readonly [string, string])[]][];
}

function Select({ name, label, all, groups }: SelectProps) {
  const options = (entries: (readonly [string, string])[]) =>
    entries.map(([value, text]) => (
      <option key={value} value={value}>
        {text}
      </option>
    ));
  return (
    <Field label={label}>
      {(attributes) => (
        <select
          {...attributes}
          value={parameter(name)}
          onChange={(event) => setParameters({ [name]: event.currentTarget.value })}
        >
          <option value="">{all}</option>
          {groups.map(([group, entries]) =>
            group ? (
              <optgroup key={group} label={group}>
                {options(entries)}
              </optgroup>
            ) : (
              options(entries)
            ),
          )}
        </select>
      )}
    </Field>
  );
}

function Day({ name, label }: { name: "from" | "to"; label: string }) {
  return (
    <Field label={label}>
      {(attributes) => (
        <input
          {...attributes}
          type="date"
          value={parameter(name)}
          onChange={(event) => setParameters({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}

interface EntriesProps {
  entries: readonly LogEntry[];
  timeZone: string;
  showsCampaign: boolean;
}

/** The entries by their days. */
function Entries({ entries, timeZone, showsCampaign }: EntriesProps) {
  const days: [string, LogEntry[]][] = [];
  for (const entry of entries) {
    const day = formatTime(Date.parse(entry.at), { timeZone, dateStyle: "full" });
    if (days.at(-1)?.[0] === day) days.at(-1)![1].push(entry);
    else days.push([day, [entry]]);
  }
  return (
    <div class="stack">
      {days.map(([day, ofDay]) => (
        <section key={day} class="box log">
          <h2>{day}</h2>
          <ol>
            {ofDay.map((entry) => (
              <Entry key={entry.id} entry={entry} timeZone={timeZone} showsCampaign={showsCampaign} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

interface EntryProps {
  entry: LogEntry;
  timeZone: string;
  showsCampaign: boolean;
}

function Entry({ entry, timeZone, showsCampaign }: EntryProps) {
  const { at, actorRole, action, campaign } = entry;
  const changes = shownChanges(entry);
  return (
    <li class={action === "access.refused" ? "refused" : ""}>
      <time dateTime={at}>{clockTime(Date.parse(at), timeZone)}</time>
      <div>
        <p>{sentenceOf(entry, timeZone)}</p>
        <div class="about">
          {actorRole && <small>{shared().roles[actorRole]}</small>}
          {showsCampaign && campaign && (
            <a class="plain" href={campaignPath(campaign.slug, "log")}>
              {shorten(campaign.title)}
            </a>
          )}
          {changes.length > 0 && (
            <details>
              <summary>{t().changes(changes.length)}</summary>
              <Changes changes={changes} timeZone={timeZone} />
            </details>
          )}
        </div>
      </div>
    </li>
  );
}

function Changes({ changes, timeZone }: { changes: readonly LogEntry["changes"][number][]; timeZone: string }) {
  const value = (field: string, text: string | null) => valueInWords(field, text, timeZone) || <i>{t().noEntry}</i>;
  return (
    <table>
      <thead class="unseen">
        <tr>
          <th scope="col">{t().field}</th>
          <th scope="col">{t().before}</th>
          <th scope="col">{t().after}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{fieldInWords(field)}</th>
            <td>{value(field, before)}</td>
            <td>
              <span aria-hidden="true">→ </span>
              {value(field, after)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
