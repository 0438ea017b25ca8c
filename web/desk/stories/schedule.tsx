// The schedule: when stories come out, by month or week, moved by hand, by keys or by a plan for many.
import "./stories.css";
import "./schedule.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { utcToZoned } from "../../shared/zoned";
import { mayHere, reloadCampaign, useCampaign } from "../campaign";
import { addDays, addMonths, dayIn, dayName, isDay, monthOf, weekOf } from "../parts/calendar";
import { Icon } from "../parts/icon";
import { useNarrow } from "../parts/media";
import { complain, tell } from "../parts/notice";
import { Empty, Failed } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath, go, parameter, setParameters } from "../route";
import { t } from "../texts";
import { when } from "./facts";
import type { StoryRow } from "./facts";
import { Agenda, Month, type Move, Tray, Week } from "./grid";
import { PlanDialog } from "./plan";
import { entryOf, readMax, useSchedule } from "./schedule_data";
import { type Place, inBounds, inWords, localOf, placeOf, reach } from "./moving";
import { s } from "./texts";
import { TimeDialog } from "./time_dialog";
import { place } from "./times";

/** The schedule of a campaign's stories. */
export function ScheduleView(_: { id?: string | undefined }) {
  const campaign = useCampaign();
  const { timeZone, slug } = campaign;
  const today = dayIn(now(), timeZone);
  const isWeek = parameter("by") === "week";
  const day = isDay(parameter("day")) ? parameter("day") : today;
  const days = isWeek ? weekOf(day) : monthOf(day);
  const { schedule, setSchedule, error, reread, retry } = useSchedule(campaign, days[0]!, days.at(-1)!);
  const [opened, setOpened] = useState<StoryRow>();
  const [isPlanning, setIsPlanning] = useState(false);
  const [lifted, setLifted] = useState<{ story: StoryRow; at: Place | undefined; isByHand: boolean }>();
  const [spoken, setSpoken] = useState("");
  const focus = useRef<string | undefined>(undefined);
  const isNarrow = useNarrow();
  const mayMove = mayHere("REVIEW_STORIES");
  useEffect(() => {
    if (!focus.current) return;
    document.querySelector<HTMLElement>(`[data-story="${focus.current}"]`)?.focus();
    focus.current = undefined;
  }, [schedule]);
  const entries = schedule?.entries ?? [];
  const context = { days, today, entries, isWeek, campaign };
  const isMovable = ({ desk }: StoryRow) => mayMove && !desk.isOwn && (desk.state === "APPROVED" || desk.state === "SCHEDULED");
  /** Shows a story at another time. */
  const show = (story: StoryRow) =>
    setSchedule((before) => {
      if (!before) return before;
      const others = before.entries.filter((entry) => entry.story.id !== story.id);
      const moved = [...others, ...entryOf(story, timeZone)];
      moved.sort((one, other) => (one.day + one.time).localeCompare(other.day + other.time));
      const waiting = before.waiting.filter(({ id }) => id !== story.id);
      return { ...before, entries: moved, waiting: story.desk.scheduledFor ? waiting : [...waiting, story] };
    });
  /** Moves a story at once, and back where that is refused. */
  const moveTo = async (story: StoryRow, at: Place) => {
    const before = story.desk.scheduledFor;
    const local = localOf(at);
    if (before && utcToZoned(before, timeZone) === local) return;
    show(inBounds(story, local, timeZone));
    focus.current = story.id;
    const placed = await place(campaign, story.id, local);
    if ("at" in placed) {
      const { at: scheduledFor, revision: editRevision } = placed;
      const moved: StoryRow = { ...story, desk: { ...story.desk, state: "SCHEDULED", scheduledFor, editRevision } };
      show(moved);
      const isUndoable = before !== null && Date.parse(before) > now();
      tell(
        s().moved(story.title, when(placed.at, campaign)),
        isUndoable ? () => void moveTo(moved, placeOf(utcToZoned(before, timeZone))) : undefined,
      );
      setSpoken(s().dropped(when(placed.at, campaign)));
      void reloadCampaign();
    } else {
      show(story);
      const refusal = "free" in placed ? s().slotTaken : placed.refusal;
      complain(refusal);
      setSpoken(refusal);
    }
    reread();
  };
  const drop = (story: StoryRow, target: Place | string) => {
    setLifted(undefined);
    const at = typeof target === "string" ? reach(context, story, target) : target;
    if (at) void moveTo(story, at);
    else {
      const refusal = typeof target === "string" && target < today ? s().dayPast : s().noFreeTime;
      complain(refusal);
      setSpoken(refusal);
    }
  };
  const move: Move = {
    lifted: lifted && { id: lifted.story.id, at: lifted.at, isByHand: lifted.isByHand },
    isMovable,
    open: (story) => (isMovable(story) ? setOpened(story) : go(campaignPath(slug, "stories", story.id))),
    lift: (story, isByHand) => {
      if (!isMovable(story)) {
        if (mayMove) setSpoken(story.desk.isOwn ? s().notYours : s().isOut);
        return;
      }
      const [entry] = entryOf(story, timeZone);
      setLifted({ story, at: entry && { day: entry.day, time: entry.time }, isByHand });
      if (!isByHand) setSpoken(s().pickedUp(story.title, entry ? inWords(entry) : s().noTimeYet));
    },
    step: (days, slots) => {
      if (!lifted) return;
      const at = reach(context, lifted.story, lifted.at, days, slots);
      if (!at) return setSpoken(s().noFreeTime);
      setLifted({ ...lifted, at });
      setSpoken(inWords(at));
    },
    dropHere: () => {
      if (!lifted) return;
      if (lifted.at) drop(lifted.story, lifted.at);
      else move.putBack();
    },
    dropAt: (target) => lifted && drop(lifted.story, target),
    putBack: () => {
      if (lifted && !lifted.isByHand) setSpoken(s().putBack);
      setLifted(undefined);
    },
  };
  const toDay = (next: string) => {
    setLifted(undefined);
    setParameters({ day: next === today ? "" : next });
  };
  const turn = (n: number) => toDay(isWeek ? addDays(day, 7 * n) : addMonths(day, n));
  const shortDay = { month: "short", day: "numeric" } as const;
  const title = isWeek
    ? `${dayName(days[0]!, shortDay)} – ${dayName(days[6]!, shortDay)} · ${days[6]!.slice(0, 4)}`
    : dayName(day, { year: "numeric", month: "long" });
  const canvas = () => {
    if (error !== undefined && !schedule) return <Failed error={error} retry={retry} />;
    if (!schedule) return <Empty isLoading />;
    if (isNarrow) return <Agenda {...context} move={move} />;
    return isWeek ? <Week {...context} move={move} /> : <Month {...context} move={move} day={day} />;
  };
  return (
    <div class="stories-view schedule-view">
      <header class="head">
        <h1>{t().schedule}</h1>
        <small class="zone">{allTimes(timeZone)}</small>
        {mayMove && (
          <div class="actions">
            <button type="button" class="primary" onClick={() => setIsPlanning(true)}>
              {s().planMany}
            </button>
          </div>
        )}
      </header>
      <div class="filters calendar-bar">
        <div class="row">
          <button type="button" class="icon" aria-label={s().earlier} onClick={() => turn(-1)}>
            <Icon name="left" />
          </button>
          <button type="button" onClick={() => toDay(today)}>
            {s().today}
          </button>
          <button type="button" class="icon" aria-label={s().later} onClick={() => turn(1)}>
            <Icon name="right" />
          </button>
          <h2 aria-live="polite">{title}</h2>
        </div>
        <div class="chips" role="group" aria-label={t().schedule}>
          <button type="button" class="chip" aria-pressed={!isWeek} onClick={() => setParameters({ by: "" })}>
            {s().month}
          </button>
          <button type="button" class="chip" aria-pressed={isWeek} onClick={() => setParameters({ by: "week" })}>
            {s().week}
          </button>
        </div>
      </div>
      <p class="unseen" aria-live="assertive">
        {spoken}
      </p>
      {schedule?.isCut && <p class="stuck">{s().cut(readMax)}</p>}
      <div class="schedule">
        {canvas()}
        {schedule && <Tray stories={schedule.waiting} move={move} mayMove={mayMove} />}
      </div>
      {opened && (
        <TimeDialog
          story={opened}
          hasLink
          onClose={() => setOpened(undefined)}
          onPlaced={(at, desk) => {
            show({ ...opened, publishedAt: at, desk: { ...opened.desk, ...desk } });
            reread();
          }}
        />
      )}
      {isPlanning && (
        <PlanDialog
          onClose={() => setIsPlanning(false)}
          onApplied={() => {
            reread();
            void reloadCampaign();
          }}
        />
      )}
    </div>
  );
}
