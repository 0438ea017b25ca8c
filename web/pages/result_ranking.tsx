// The places of a category: a podium, and the list with its line.
import { useState } from "preact/hooks";
import { count } from "../shared/format";
import type { Campaign } from "./campaign";
import { toneOf } from "./card";
import { Portrait, nomineePath } from "./parts";
import type { Entry, Places } from "./result_places";
import { r } from "./result_texts";

/** Places below the line that are shown until all are wanted. */
const belowMax = 10;

interface PlacesProps {
  slug: string;
  places: Places;
  /** Shows the certificate of a nominee who is chosen; none while the result may still change. */
  onCertify: ((entry: Entry) => void) | undefined;
}

/** The first three, the first in the middle; read out in the order of their places. */
export function Podium({ slug, places, onCertify }: PlacesProps) {
  const { podium, sharedRanks } = places;
  if (podium.length === 0) return null;
  return (
    <ol class="podium" aria-label={r().podium}>
      {podium.map((entry) => {
        const { nominee, rank, votes } = entry;
        return (
          <li key={nominee.number} class={`podium-${rank}`}>
            <span class="podium-place">{r().step(rank, sharedRanks.has(rank))}</span>
            <a href={nomineePath(slug, nominee.number)}>
              <span class={`face ${toneOf(nominee.number)}`}>
                <Portrait nominee={nominee} />
              </span>
              <strong>{nominee.name}</strong>
            </a>
            <span class="podium-votes">
              {count(votes)} <small>{r().votes(votes)}</small>
            </span>
            {onCertify && <CertifyButton entry={entry} onCertify={onCertify} />}
          </li>
        );
      })}
    </ol>
  );
}

interface RankingProps extends PlacesProps {
  category: Campaign["categories"][number];
}

/** Whether the whole list of a category was wanted: it is as it was when somebody comes back. */
const expanded = new Set<string>();

export function Ranking({ slug, category, places, onCertify }: RankingProps) {
  const [isWhole, setWhole] = useState(expanded.has(category.id));
  const { podium, chosen, tied, below, sharedRanks } = places;
  const size = podium.length + chosen.length;
  const toggle = () => {
    if (isWhole) expanded.delete(category.id);
    else expanded.add(category.id);
    setWhole(!isWhole);
  };
  const row = (entry: Entry, state: "chosen" | "tied" | "below") => (
    <Row
      key={entry.nominee.number}
      slug={slug}
      entry={entry}
      state={state}
      isShared={sharedRanks.has(entry.rank)}
      onCertify={state === "chosen" ? onCertify : undefined}
    />
  );
  if (size + tied.length + below.length === 0) return <p class="empty">{r().noNominees}</p>;
  if (!places.hasVotes) return <p class="empty">{r().noVotes}</p>;
  const shown = isWhole ? below : below.slice(0, belowMax);
  return (
    <section class="places" aria-label={`${r().list} · ${category.name}`}>
      <ol>
        {chosen.map((entry) => row(entry, "chosen"))}
        {tied.length > 0 && (
          <li class="line tied" key="tied">
            <b>{r().cutLine(category.shortlistSize)}</b>
            {r().cutTied(tied[0]!.rank, tied.length, places.openPlaces)}
          </li>
        )}
        {tied.map((entry) => row(entry, "tied"))}
        {tied.length === 0 && (
          <li class="line" key="cut">
            {below.length > 0 ? r().cutLine(category.shortlistSize) : r().everybody(size)}
          </li>
        )}
        {tied.length > 0 && below.length > 0 && <li class="line end" key="end" aria-hidden="true" />}
        {shown.map((entry) => row(entry, "below"))}
      </ol>
      {below.length > belowMax && (
        <button type="button" class="quiet" aria-expanded={isWhole} onClick={toggle}>
          {isWhole ? r().showFewer : r().showAll(below.length - belowMax)}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  slug: string;
  entry: Entry;
  state: "chosen" | "tied" | "below";
  isShared: boolean;
  onCertify: ((entry: Entry) => void) | undefined;
}

function Row({ slug, entry, state, isShared, onCertify }: RowProps) {
  const { nominee, rank, votes } = entry;
  return (
    <li class={onCertify ? `place certified ${state}` : `place ${state}`}>
      <span class="rank">
        <span aria-hidden="true">{rank}</span>
        <span class="unseen">{r().rank(rank)}</span>
        {isShared && <small class="tie">{r().tied}</small>}
      </span>
      <a href={nomineePath(slug, nominee.number)}>
        <span class={`face ${toneOf(nominee.number)}`}>
          <Portrait nominee={nominee} />
        </span>
        <span class="person-name">
          <strong>{nominee.name}</strong>
          <small>{nominee.employer}</small>
        </span>
      </a>
      <span class="figure">
        {state === "tied" && <small class="tie">{r().undecided}</small>}
        <b>{count(votes)}</b>
        <span class="unseen"> {r().votes(votes)}</span>
      </span>
      {onCertify && <CertifyButton entry={entry} onCertify={onCertify} />}
    </li>
  );
}

const CertifyButton = ({ entry, onCertify }: { entry: Entry; onCertify: (entry: Entry) => void }) => (
  <button type="button" class="certify" aria-label={r().certificateOf(entry.nominee.name)} onClick={() => onCertify(entry)}>
    {r().certificate}
  </button>
);
