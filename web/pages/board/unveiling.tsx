// The unveiling of a category: from the tenth place to the first, one at a time. What is still veiled is nowhere in the
// document.
import { useEffect } from "preact/hooks";
import { count } from "../../shared/format";
import { toneOf } from "../card";
import { Portrait } from "../parts";
import type { Category } from "./campaign";
import type { Placed } from "./standing";
import { b } from "./texts";

/** The first place that is unveiled. */
export const unveiledMax = 10;
/** As many as share a place have their portraits. */
const portraitsMax = 4;

interface UnveilingProps {
  category: Category;
  /** The places, the last one first, each with those who share it. */
  places: Placed[][];
  /** The place that was unveiled last; none yet without it. */
  unveiled: number | undefined;
}

const rankOf = (place: Placed[]) => place[0]!.rank;
const isOpen = (place: Placed[], unveiled: number | undefined) => unveiled !== undefined && rankOf(place) >= unveiled;

/** The place that is unveiled with the next key, and the one that is shown when the last key is taken back. */
export function besides(places: Placed[][], unveiled: number | undefined): { next?: number; back?: number } {
  const veiled = places.find((place) => !isOpen(place, unveiled));
  const open = places.filter((place) => isOpen(place, unveiled));
  const before = open.at(-2);
  return { ...(veiled && { next: rankOf(veiled) }), ...(before && { back: rankOf(before) }) };
}

export function Unveiling({ category, places, unveiled }: UnveilingProps) {
  const open = places.filter((place) => isOpen(place, unveiled));
  const current = open.at(-1);
  const next = places[open.length];
  useEffect(() => {
    // Pictures are there when their place is; they are not in the document before.
    for (const { nominee } of next?.slice(0, portraitsMax) ?? []) {
      if (nominee.largePortraitUrl) new Image().src = nominee.largePortraitUrl;
    }
  }, [next?.[0]?.nominee.number]);
  if (places.length === 0) {
    return (
      <div class="told-large">
        <p class="words">{category.name}</p>
        <p>{b().noVotes}</p>
      </div>
    );
  }
  return (
    <section class="unveiling" aria-label={category.name}>
      <div class="spotlight" role="status">
        {current ? (
          <Spotlight key={rankOf(current)} place={current} />
        ) : (
          <div class="told-large">
            <p class="words">{category.name}</p>
            <p class="large">{b().places(rankOf(places[0]!))}</p>
            <p>{b().begin}</p>
          </div>
        )}
      </div>
      <div class="unveiled">
        <h2>{category.name}</h2>
        <ol>
          {[...places].reverse().map((place) => (
            <PlaceRow key={rankOf(place)} place={place} isOpen={open.includes(place)} isCurrent={place === current} />
          ))}
        </ol>
      </div>
    </section>
  );
}

/** The place that was unveiled last, as large as it gets. */
function Spotlight({ place }: { place: Placed[] }) {
  const rank = rankOf(place);
  const isShared = place.length > 1;
  const withPortraits = place.length <= portraitsMax ? place : [];
  return (
    <div class={`lit won-${rank} of-${Math.min(place.length, portraitsMax + 1)}`}>
      <p class="words">{isShared ? b().placeTied(rank) : b().place(rank)}</p>
      {withPortraits.length > 0 && (
        <ul class="persons">
          {withPortraits.map(({ nominee }) => (
            <li key={nominee.number} data-number={nominee.number}>
              <span class={`face ${toneOf(nominee.number)}`}>
                <Portrait nominee={nominee} url={nominee.largePortraitUrl} isFirst />
              </span>
              <strong>{nominee.name}</strong>
              <small>{nominee.employer}</small>
            </li>
          ))}
        </ul>
      )}
      {withPortraits.length === 0 && (
        <ul class="names">
          {place.map(({ nominee }) => (
            <li key={nominee.number} data-number={nominee.number}>
              {nominee.name}
            </li>
          ))}
        </ul>
      )}
      <p class="votes-in-words">{b().votes(place[0]!.votes)}</p>
    </div>
  );
}

function PlaceRow({ place, isOpen, isCurrent }: { place: Placed[]; isOpen: boolean; isCurrent: boolean }) {
  const rank = rankOf(place);
  const look = isCurrent ? "place-row open current" : isOpen ? "place-row open" : "place-row";
  return (
    <li class={look} aria-current={isCurrent || undefined}>
      <span class={`medal place-${rank} spot`}>{rank}</span>
      {isOpen ? (
        <>
          <span class={place.length > 1 ? "name several" : "name"}>{place.map(({ nominee }) => nominee.name).join(" · ")}</span>
          {place.length > 1 && <span class="shared">{b().tied}</span>}
          <span class="figure">{count(place[0]!.votes)}</span>
        </>
      ) : (
        <span class="veil">
          <span class="unseen">{b().veiled}</span>
        </span>
      )}
    </li>
  );
}
