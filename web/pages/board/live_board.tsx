// The board while its figures may be seen, in each of its modes.
import { useRef, useState } from "preact/hooks";
import { useTick } from "../../shared/store";
import type { BoardTallyFragment } from "../operations";
import { type Campaign, type Category, type Nominee, isPublished } from "./campaign";
import { CategoryChoice, modeChange } from "./controls";
import { type Figures, useFigures, useMatchingRoster, useOrder } from "./figures";
import { type BoardProps, Frame } from "./frame";
import { History } from "./history";
import { type KeyActions, canFillScreen, toggleFullScreen, useKeys } from "./keys";
import { Counting, LastMinute, isClosed, isLastMinute } from "./last_minute";
import { gridOf } from "./layout";
import { Code, Countdown, Freshness, Totals } from "./rail";
import { Ranking } from "./ranking";
import { type Mode, modes } from "./stage";
import { placedOf, placesToUnveil } from "./standing";
import { b } from "./texts";
import { Unveiling, besides, unveiledMax } from "./unveiling";

interface LiveProps extends BoardProps {
  tally: BoardTallyFragment;
  roster: Nominee[];
}

/** The view of a mode: a result that is not out yet has the countdown, or the word that it is being counted. */
type View = "rankings" | "last-minute" | "counting" | "unveiling";

function viewOf(mode: Mode, campaign: Campaign, time: number): View {
  if (mode === "unveiling") return "unveiling";
  if (mode === "last-minute") return "last-minute";
  if (mode !== "final" || isPublished(campaign)) return "rankings";
  return isClosed(campaign, time) ? "counting" : "last-minute";
}

export function LiveBoard(props: LiveProps) {
  const { slug, campaign, roster, stage, change, reload } = props;
  const { figures, state, lastContactMs } = useFigures(props);
  const [isWhole, setWhole] = useState(false);
  const history = useRef<History>(new History());
  useMatchingRoster(roster, figures, reload);
  const ordered = useOrder(figures);
  // Time passes without news, too: votes a minute fall. Not while nothing is heard, which is not the same as no votes.
  const time = useTick();
  if (state !== "lost") history.current.note(figures);
  history.current.noteRanks(ordered);
  const category = campaign.categories.find(({ key }) => key === stage.category) ?? campaign.categories[0];
  const nomineesOf = ({ id }: Category) =>
    roster.filter(({ number, categoryId }) => categoryId === id && figures.standings.has(number));
  const view = viewOf(stage.mode, campaign, time);
  const hasCategory = stage.mode === "category" || stage.mode === "unveiling";
  const places = view === "unveiling" && category ? placesToUnveil(placedOf(nomineesOf(category), ordered), unveiledMax) : [];
  const steps = besides(places, stage.place);
  const showNext = () => steps.next !== undefined && change({ place: steps.next });
  const showBack = () => change({ place: steps.back });
  const chooseCategory = (key: string | undefined) => change({ category: key, place: undefined });
  const toggleWhole = () => setWhole(!isWhole);
  useKeys({
    ...modeKeys(props),
    ...(view === "rankings" && { a: toggleWhole }),
    ...(hasCategory && category && categoryKeys(campaign, category, chooseCategory, stage.mode === "unveiling", isWhole)),
    ...(view === "unveiling" && stepKeys(showNext, showBack)),
  });
  const ownControls = (
    <>
      {hasCategory && <CategoryChoice campaign={campaign} value={category?.key} onChange={chooseCategory} />}
      {view === "unveiling" && (
        <>
          <button type="button" disabled={stage.place === undefined} onClick={showBack}>
            {b().placeBefore}
          </button>
          <button type="button" disabled={steps.next === undefined} onClick={showNext}>
            {b().nextPlace}
          </button>
        </>
      )}
      {view === "rankings" && (
        <button class="quiet" type="button" onClick={toggleWhole}>
          {isWhole ? b().showTop : b().showAll}
        </button>
      )}
    </>
  );
  return (
    <Frame
      {...props}
      offered={modes}
      ownControls={ownControls}
      isWhole={isWhole && view === "rankings"}
      announcement={announcementOf(view, campaign, time)}
      freshness={<Freshness state={state} figures={figures} lastContactMs={lastContactMs} timeZone={campaign.timeZone} />}
      rail={
        view === "rankings" && (
          <>
            <Countdown campaign={campaign} />
            <Totals figures={figures} history={history.current} isOpen={campaign.phase === "VOTING"} />
            <Code slug={slug} campaign={campaign} />
          </>
        )
      }
    >
      {view === "last-minute" && (
        <LastMinute slug={slug} campaign={campaign} note={stage.mode === "final" ? b().resultAfterClose : undefined} />
      )}
      {view === "counting" && <Counting />}
      {view === "unveiling" && category && <Unveiling category={category} places={places} unveiled={stage.place} />}
      {view === "rankings" && (
        <Rankings
          {...{ campaign, nomineesOf, figures, ordered, isWhole }}
          categories={stage.mode === "category" && category ? [category] : campaign.categories}
          history={history.current}
          isLong={stage.mode === "category"}
          isFinal={stage.mode === "final"}
        />
      )}
    </Frame>
  );
}

interface RankingsProps {
  categories: Category[];
  nomineesOf: (category: Category) => Nominee[];
  figures: Figures;
  ordered: Figures;
  history: History;
  isLong: boolean;
  isWhole: boolean;
  isFinal: boolean;
}

function Rankings({ categories, nomineesOf, ...rest }: RankingsProps) {
  const { columns, shown, cell } = gridOf(categories.length);
  return (
    <div class="columns" style={{ "--columns": String(columns) }}>
      {categories.slice(0, rest.isWhole ? Infinity : shown).map((category) => (
        <Ranking key={category.id} category={category} nominees={nomineesOf(category)} cell={cell} {...rest} />
      ))}
    </div>
  );
}

/** The keys of the modes, and of the screen. */
export function modeKeys({ campaign, stage, change }: Pick<BoardProps, "campaign" | "stage" | "change">): KeyActions {
  const keys: KeyActions = canFillScreen() ? { f: toggleFullScreen } : {};
  modes.forEach((mode, index) => (keys[index + 1] = () => change(modeChange(mode, campaign, stage))));
  return keys;
}

/** Up and down, and where nothing else is turned, left and right and a clicker. A list that scrolls keeps its keys. */
function categoryKeys(
  { categories }: Campaign,
  category: Category,
  choose: (key: string | undefined) => void,
  isUpright: boolean,
  isWhole: boolean,
): KeyActions {
  const index = categories.indexOf(category);
  const turn = (by: number) => () => choose(categories[(index + by + categories.length) % categories.length]?.key);
  const upright: KeyActions = isWhole ? {} : { ArrowUp: turn(-1), ArrowDown: turn(1) };
  if (isUpright) return upright;
  const sideways: KeyActions = { ArrowLeft: turn(-1), ArrowRight: turn(1) };
  return isWhole ? sideways : { ...upright, ...sideways, PageUp: turn(-1), PageDown: turn(1) };
}

const stepKeys = (next: () => void, back: () => void): KeyActions => ({
  ArrowRight: next,
  PageDown: next,
  Enter: next,
  " ": next,
  ArrowLeft: back,
  PageUp: back,
  Backspace: back,
});

/** The stage in words, for those who do not see the board. */
function announcementOf(view: View, campaign: Campaign, time: number): string {
  if (view === "unveiling") return "";
  if (isClosed(campaign, time)) return b().said.counting;
  if (isPublished(campaign)) return b().said.final;
  return isLastMinute(campaign, time) ? b().said.lastMinute : "";
}
