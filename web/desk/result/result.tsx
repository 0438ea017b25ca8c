// The result after the close: who has which place, publishing it, and the report.
import "./result.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { count, locale } from "../../shared/format";
import { execute } from "../../shared/server";
import { type Campaign, mayHere, reloadCampaign, useCampaign } from "../campaign";
import { type Place, placesOf } from "../overview/boards";
import { type Figures, isOver, useFigures } from "../overview/figures";
import { useRoster } from "../overview/roster";
import { deadline } from "../overview/times";
import { Confirm } from "../parts/dialog";
import { tell } from "../parts/notice";
import { Portrait } from "../parts/portrait";
import { Phase, explain } from "../parts/states";
import { timeIn } from "../parts/zone";
import { campaignPath } from "../route";
import { staff } from "../session";
import { t as common } from "../texts";
import { ArchiveCampaign, ListWithdrawn, type ListWithdrawnQuery, PublishResult } from "./operations";
import { ReportBox } from "./report";
import { t } from "./texts";

/** Places below the line that are shown until all are wanted. */
const belowMax = 5;
/** So many who share the place at the line are shown above it. */
const sharingMax = 20;

type Category = Campaign["categories"][number];

export function ResultView(_: { id?: string | undefined }) {
  const campaign = useCampaign();
  return isOver(campaign) ? <Result campaign={campaign} /> : <Before campaign={campaign} />;
}

/** The place of the result before there is one. */
function Before({ campaign }: { campaign: Campaign }) {
  const { slug, phase, timeZone, votingClosesAt } = campaign;
  const closing = timeIn(deadline(Date.parse(votingClosesAt), timeZone), timeZone);
  return (
    <>
      <div class="head">
        <h1>{common().result}</h1>
        <Phase phase={phase} />
      </div>
      <section class="box before">
        <p>{phase === "DRAFT" ? t().draft : t().before(closing)}</p>
        <ul>
          {t().beforeWhat.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <p class="row">
          <a class="button" href={campaignPath(slug, "overview")}>
            {t().toOverview}
          </a>
        </p>
        <ExportsHint slug={slug} />
      </section>
    </>
  );
}

const ExportsHint = ({ slug }: { slug: string }) => (
  <p class="soft">
    {t().exportsHint} <a href={campaignPath(slug, "exports")}>{common().exports}</a>
  </p>
);

function Result({ campaign }: { campaign: Campaign }) {
  const { figures } = useFigures(campaign);
  const roster = useRoster(campaign, figures);
  const places = useMemo(() => placesOf(figures?.standings ?? [], roster), [figures, roster]);
  const [question, setQuestion] = useState<"publish" | "archive">();
  const { phase } = campaign;
  const mayChange = mayHere("EDIT_CAMPAIGNS");
  const close = () => setQuestion(undefined);
  return (
    <>
      <div class="head">
        <h1>{common().result}</h1>
        <Phase phase={phase} />
        <div class="actions">
          {mayChange && phase === "ENDED" && (
            <button type="button" class="primary" disabled={!figures} onClick={() => setQuestion("publish")}>
              {t().publish}
            </button>
          )}
          {mayChange && phase === "PUBLISHED" && (
            <button type="button" disabled={!figures} onClick={() => setQuestion("archive")}>
              {t().archive}
            </button>
          )}
        </div>
      </div>
      <div class="stack result">
        <Sums figures={figures} />
        <ReportBox campaign={campaign} />
        <div class={campaign.categories.length > 2 ? "results many" : "results"}>
          {campaign.categories.map((category) => (
            <Ranking
              key={category.id}
              slug={campaign.slug}
              category={category}
              places={places.get(category.id) ?? []}
              isLoading={!figures || roster.size === 0}
            />
          ))}
        </div>
        <Withdrawn campaign={campaign} figures={figures} />
        <ExportsHint slug={campaign.slug} />
      </div>
      {question === "publish" && figures && <Publish campaign={campaign} figures={figures} places={places} onClose={close} />}
      {question === "archive" && figures && <Archive campaign={campaign} figures={figures} onClose={close} />}
    </>
  );
}

/** What the places rest on. */
function Sums({ figures }: { figures: Figures | undefined }) {
  const one = new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 });
  const sums = [
    [t().counted, figures?.counted, figures && t().rawHint(figures.raw)],
    [t().voters, figures?.voters, figures && figures.voters > 0 && t().votesEach(one.format(figures.raw / figures.voters))],
    [t().withheld, figures?.withheld, t().withheldHint],
    [t().withdrawnVotes, figures?.withdrawn, t().withdrawnHint],
  ] as const;
  return (
    <dl class="sums">
      {sums.map(([name, value, hint]) => (
        <div class="box" key={name}>
          <dt>{name}</dt>
          <dd class="figure">{value === undefined ? "–" : count(value)}</dd>
          <dd class="soft">{hint}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Whether nominees share a place on both sides of the line; those without votes do, too, as in the report. */
const isCutTied = (places: readonly Place[], cut: number) =>
  cut > 0 && places.length > cut && places[cut]!.rank === places[cut - 1]!.rank;

interface RankingProps {
  slug: string;
  category: Category;
  places: readonly Place[];
  isLoading: boolean;
}

function Ranking({ slug, category, places, isLoading }: RankingProps) {
  const [showsAll, setShowsAll] = useState(false);
  const cut = category.shortlistSize;
  const tied = isCutTied(places, cut) ? places[cut]! : undefined;
  // Who shares the place at the line is on its upper side.
  const taken = tied ? places.filter(({ rank }) => rank <= tied.rank).length : Math.min(cut, places.length);
  // The line stands above those who share its place where they are very many.
  const upper = showsAll || taken <= cut + sharingMax ? taken : cut;
  const rows = showsAll ? places : places.slice(0, upper + belowMax);
  const total = places.reduce((sum, { votes }) => sum + votes, 0);
  const share = new Intl.NumberFormat(locale(), { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const isTied = ({ rank, votes }: Place, index: number) =>
    votes > 0 && (places[index - 1]?.rank === rank || places[index + 1]?.rank === rank);
  const row = (place: Place, index: number) => (
    <tr key={place.nominee.number} class={index < taken ? "taken" : undefined}>
      <td class="place">
        <b>{place.rank}</b>
        {isTied(place, index) && <small>{t().tied}</small>}
      </td>
      <th scope="row">
        <a
          class="plain"
          href={campaignPath(slug, "nominees", place.nominee.id)}
          title={`${place.nominee.name} · ${place.nominee.employer}`}
        >
          <Portrait nominee={place.nominee} />
          <span>
            <span>{place.nominee.name}</span>
            <small>
              {place.nominee.number} · {place.nominee.employer}
            </small>
          </span>
        </a>
      </th>
      <td class="number">{count(place.votes)}</td>
      <td class="number share">{share.format(total > 0 ? place.votes / total : 0)}</td>
    </tr>
  );
  return (
    <section class="box ranking" aria-labelledby={`ranking-${category.id}`}>
      <header>
        <h2 id={`ranking-${category.id}`}>{category.name}</h2>
        <small>{t().taken(cut, category.nomineeCount)}</small>
      </header>
      {places.length === 0 && <p class="soft">{isLoading ? t().waiting : t().noNominees}</p>}
      {places.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t().place}</th>
              <th scope="col">{t().nominee}</th>
              <th scope="col" class="number">
                {t().votes}
              </th>
              <th scope="col" class="number share">
                {t().share}
              </th>
            </tr>
          </thead>
          <tbody>{rows.slice(0, upper).map(row)}</tbody>
          {cut > 0 && (
            <tbody class={tied ? "cut-line tied" : "cut-line"}>
              <tr>
                <td colSpan={4}>{tied ? t().cutTied(tied.rank, tied.votes, sharing(places, tied)) : t().cutLine(cut)}</td>
              </tr>
            </tbody>
          )}
          <tbody>{rows.slice(upper).map((place, index) => row(place, upper + index))}</tbody>
        </table>
      )}
      {(showsAll || places.length > rows.length) && (
        <button type="button" class="quiet" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? t().showFewer : t().showAll(places.length)}
        </button>
      )}
    </section>
  );
}

const sharing = (places: readonly Place[], { rank }: Place) => places.filter((place) => place.rank === rank).length;

type WithdrawnNominee = NonNullable<NonNullable<ListWithdrawnQuery["campaign"]>["desk"]>["nominees"]["nodes"][number];

/** The nominees who are in no list, whose votes count in the sum. */
function Withdrawn({ campaign, figures }: { campaign: Campaign; figures: Figures | undefined }) {
  const [nominees, setNominees] = useState<readonly WithdrawnNominee[]>();
  const { slug, desk } = campaign;
  const number = desk.nomineeCounts.withdrawn;
  useEffect(() => {
    if (number > 0) void readWithdrawn(slug).then(setNominees, () => undefined);
  }, [slug, number]);
  if (number === 0) return null;
  return (
    <details class="box under">
      <summary>
        {t().withdrawn(number)}
        {figures && ` · ${t().votes} ${count(figures.withdrawn)}`}
      </summary>
      {!nominees && <p class="soft">{t().waiting}</p>}
      <ul class="withdrawn-list">
        {nominees?.map(({ id, number, name, employer }) => (
          <li key={id}>
            {number} · {name} <small>{employer}</small>
          </li>
        ))}
      </ul>
    </details>
  );
}

async function readWithdrawn(slug: string): Promise<WithdrawnNominee[]> {
  const nominees: WithdrawnNominee[] = [];
  for (let after: string | null = null; ; ) {
    const page = await readWithdrawnPage(slug, after);
    nominees.push(...(page?.nodes ?? []));
    if (!page?.pageInfo.hasNextPage) return nominees;
    after = page.pageInfo.endCursor;
  }
}

const readWithdrawnPage = async (slug: string, after: string | null) =>
  (await execute(ListWithdrawn, { slug, after }, { as: staff })).campaign?.desk?.nominees;

/** Takes a step; gives what to tell where it was refused. */
async function step(
  send: () => Promise<{ userErrors: readonly { code: string; message: string }[] }>,
  done: string,
): Promise<string | undefined> {
  try {
    const { userErrors } = await send();
    const [refusal] = userErrors;
    await reloadCampaign();
    if (refusal) return refusal.code === "STALE_OBJECT" ? t().changed : refusal.message;
    tell(done);
    return undefined;
  } catch (error) {
    return explain(error);
  }
}

interface PublishProps {
  campaign: Campaign;
  figures: Figures;
  places: ReadonlyMap<string, readonly Place[]>;
  onClose: () => void;
}

function Publish({ campaign, figures, places, onClose }: PublishProps) {
  const { id, slug, categories, rules, desk } = campaign;
  const listed = categories.filter(({ shortlistSize }) => shortlistSize > 0);
  const tied = listed.filter((category) => isCutTied(places.get(category.id) ?? [], category.shortlistSize));
  const sizes = listed.map((category) => Math.min(category.shortlistSize, places.get(category.id)?.length ?? 0));
  const publish = () =>
    step(
      async () => (await execute(PublishResult, { campaignId: id, revision: desk.editRevision }, { as: staff })).publishResult,
      t().published,
    );
  return (
    <Confirm title={t().publishTitle} action={t().publishAction} word={slug} onClose={onClose} onConfirm={publish}>
      <p>{t().publishWhat(t().lists(sizes), figures.counted, figures.voters)}</p>
      {tied.length > 0 && <p>{t().publishTies(tied.map(({ name }) => name).join(", "))}</p>}
      <p>{rules.tallyVisibility === "STAFF_ONLY" ? t().publishHidden : t().publishVisible}</p>
    </Confirm>
  );
}

interface ArchiveProps {
  campaign: Campaign;
  figures: Figures;
  onClose: () => void;
}

function Archive({ campaign, figures, onClose }: ArchiveProps) {
  const { id, slug, desk } = campaign;
  const { active, frozen, withdrawn } = desk.nomineeCounts;
  const archive = (reason: string) =>
    step(async () => {
      const variables = { campaignId: id, revision: desk.editRevision, reason: reason || null };
      return (await execute(ArchiveCampaign, variables, { as: staff })).archiveCampaign;
    }, t().archived);
  return (
    <Confirm
      title={t().archiveTitle}
      action={t().archiveAction}
      word={slug}
      reason="optional"
      onClose={onClose}
      onConfirm={archive}
    >
      <p>{t().archiveWhat(active + frozen + withdrawn, figures.raw)}</p>
    </Confirm>
  );
}
