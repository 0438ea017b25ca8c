// The live board of each category, and the state of the connection that its figures come by.
import { Fragment } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clockTime, count } from "../../shared/format";
import { useTick } from "../../shared/store";
import type { Campaign } from "../campaign";
import { Portrait } from "../parts/portrait";
import { campaignPath } from "../route";
import type { Nominee } from "../nominees/roster";
import { type Figures, type LiveFigures, type Standing, tellsGuests } from "./figures";
import type { Roster } from "./roster";
import { t } from "./texts";

/** Rows change places at most this often, so that they can be followed. */
const orderMs = 2_000;
/** Rows below the line that are shown, and rows in all. */
const belowMax = 2;
const rowsMax = 32;

type Category = Campaign["categories"][number];

/** A nominee with the figures that are shown. */
export interface Place {
  nominee: Nominee;
  rank: number;
  votes: number;
}

/** The nominees of each category, best first. */
export function placesOf(standings: readonly Standing[], roster: Roster): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  for (const { number, rank, votes } of standings) {
    const nominee = roster.get(number);
    if (!nominee) continue;
    const ranked = places.get(nominee.category.id);
    if (ranked) ranked.push({ nominee, rank, votes });
    else places.set(nominee.category.id, [{ nominee, rank, votes }]);
  }
  return places;
}

interface BoardsProps {
  campaign: Campaign;
  live: LiveFigures;
  roster: Roster;
}

/** A board for each category. */
export function Boards({ campaign, live: { figures }, roster }: BoardsProps) {
  const ordered = useOrder(figures);
  const places = useMemo(() => placesOf(ordered?.standings ?? [], roster), [ordered, roster]);
  const votes = useMemo(() => new Map(figures?.standings.map(({ number, votes }) => [number, votes])), [figures]);
  const guests = useMemo(() => new Map(figures?.standings.map(({ number, guests }) => [number, guests])), [figures]);
  const showsGuests = tellsGuests(campaign, figures?.guests);
  return (
    <div class="boards">
      {campaign.categories.map((category) => (
        <Board
          key={category.id}
          slug={campaign.slug}
          category={category}
          places={places.get(category.id) ?? []}
          votes={votes}
          guests={showsGuests ? guests : undefined}
          isLoading={!figures || roster.size === 0}
        />
      ))}
    </div>
  );
}

/** The figures whose order is shown: newer ones take their place now and then. */
function useOrder(figures: Figures | undefined): Figures | undefined {
  const [ordered, setOrdered] = useState(figures);
  const changedMs = useRef(-Infinity);
  const latest = useRef(figures);
  latest.current = figures;
  const isStale = figures !== ordered;
  useEffect(() => {
    if (!isStale) return;
    const timer = setTimeout(
      () => {
        changedMs.current = performance.now();
        setOrdered(latest.current);
      },
      Math.max(0, changedMs.current + orderMs - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [isStale]);
  return ordered;
}

interface BoardProps {
  slug: string;
  category: Category;
  /** In the order that is shown. */
  places: readonly Place[];
  /** The votes that are shown, by number. */
  votes: ReadonlyMap<number, number>;
  /** Those of them that guests cast, where they are told apart. */
  guests: ReadonlyMap<number, number> | undefined;
  isLoading: boolean;
}

function Board({ slug, category, places, votes, guests, isLoading }: BoardProps) {
  const cut = category.shortlistSize;
  const rows = places.slice(0, Math.min(rowsMax, cut + belowMax));
  const votesOf = ({ nominee, votes: ordered }: Place) => votes.get(nominee.number) ?? ordered;
  const most = Math.max(1, ...rows.map(votesOf));
  // While nobody has a vote, nobody has a place.
  const isRanked = (places[0]?.votes ?? 0) > 0;
  const isTied = (place: Place, index: number) =>
    place.votes > 0 && (places[index - 1]?.rank === place.rank || places[index + 1]?.rank === place.rank);
  const hasCut = cut > 0 && places.length > cut;
  const isCutTied = hasCut && places[cut]!.votes > 0 && places[cut]!.rank === places[cut - 1]!.rank;
  return (
    <section class="box board" aria-labelledby={`board-${category.id}`}>
      <header>
        <h2 id={`board-${category.id}`} title={category.name}>
          {category.name}
        </h2>
        <small>{t().taken(cut, category.nomineeCount)}</small>
      </header>
      {rows.length === 0 && <p class="soft">{isLoading ? t().waiting : t().noNominees}</p>}
      <ol>
        {rows.map((place, index) => (
          <Fragment key={place.nominee.number}>
            {hasCut && index === cut && <Cut tiedRank={isCutTied ? place.rank : undefined} size={cut} />}
            <Row
              slug={slug}
              place={place}
              votes={votesOf(place)}
              guests={guests && (guests.get(place.nominee.number) ?? 0)}
              part={votesOf(place) / most}
              isRanked={isRanked}
              isTied={isTied(place, index)}
              isBelow={cut > 0 && index >= cut}
            />
          </Fragment>
        ))}
      </ol>
      {places.length > rows.length && (
        <a class="rest" href={`${campaignPath(slug, "nominees")}?category=${encodeURIComponent(category.id)}`}>
          {t().allOf(places.length)}
        </a>
      )}
    </section>
  );
}

const Cut = ({ tiedRank, size }: { tiedRank: number | undefined; size: number }) => (
  <li class={tiedRank ? "cut tied" : "cut"}>{tiedRank ? t().cutTied(tiedRank) : t().cutLine(size)}</li>
);

interface RowProps {
  slug: string;
  place: Place;
  votes: number;
  guests: number | undefined;
  part: number;
  isRanked: boolean;
  isTied: boolean;
  isBelow: boolean;
}

function Row({ slug, place: { nominee, rank }, votes, guests, part, isRanked, isTied, isBelow }: RowProps) {
  return (
    <li class={isBelow ? "not-taken" : undefined} data-number={nominee.number}>
      <b class="rank">
        {isRanked ? rank : "–"}
        {isTied && (
          <span class="tie" role="img" aria-label={t().tied} title={t().tied}>
            =
          </span>
        )}
      </b>
      <Portrait nominee={nominee} />
      <a class="plain name" href={campaignPath(slug, "nominees", nominee.id)} title={`${nominee.name} · ${nominee.employer}`}>
        <span>{nominee.name}</span>
        <small>{nominee.employer}</small>
      </a>
      <span class="bar-line" aria-hidden="true">
        <i style={{ width: `${part * 100}%` }} />
      </span>
      <span class="votes">
        {count(votes)}
        {guests !== undefined && <small>{t().ofGuests(guests)}</small>}
      </span>
    </li>
  );
}

/** The state of the connection, and the age of the figures. */
export function Freshness({ live, timeZone }: { live: LiveFigures; timeZone: string }) {
  const time = useTick();
  const { state, figures, lastContactMs } = live;
  const isCurrent = state === "live" || state === "polling";
  const age = Math.max(0, Math.round((time - lastContactMs) / 1_000));
  return (
    <p class={`freshness ${state}`} data-state={state}>
      <i aria-hidden="true" /> <span role="status">{t().states[state]}</span>
      {figures && <> · {isCurrent ? t().asOf(clockTime(figures.asOfMs, timeZone)) : t().lastHeard(age)}</>}
    </p>
  );
}
