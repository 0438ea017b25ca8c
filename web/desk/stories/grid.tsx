// The calendar: a month, a week, a list of days on a phone; and the stories that wait for a time.
import { utcToZoned } from "../../shared/zoned";
import type { Campaign } from "../campaign";
import { Icon } from "../parts/icon";
import { setParameters } from "../route";
import { dayName } from "../parts/calendar";
import type { StoryRow } from "./facts";
import { type Place, type Shown, rowOn, slotOf, slots } from "./moving";
import type { Entry } from "./schedule_data";
import { s } from "./texts";

/** Stories of a day that a month has room for. */
const dayMax = 3;

/** Moving a story: by hand, or picked up by a key. */
export interface Move {
  lifted: { id: string; at: Place | undefined; isByHand: boolean } | undefined;
  isMovable: (story: StoryRow) => boolean;
  open: (story: StoryRow) => void;
  lift: (story: StoryRow, isByHand: boolean) => void;
  step: (days: number, rows: number) => void;
  dropHere: () => void;
  /** Drops it on a day, where it gets a free time, or at a time. */
  dropAt: (target: Place | string) => void;
  putBack: () => void;
}

interface CalendarProps extends Shown {
  move: Move;
}

const arrows: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** What a key does with the story that it is pressed on. */
function press(event: KeyboardEvent, story: StoryRow, move: Move): void {
  const isLifted = move.lifted?.id === story.id;
  const arrow = arrows[event.key];
  if (event.key === " ") isLifted ? move.dropHere() : move.lift(story, false);
  else if (isLifted && event.key === "Enter") move.dropHere();
  else if (isLifted && event.key === "Escape") move.putBack();
  else if (isLifted && arrow) move.step(...arrow);
  else return;
  event.preventDefault();
}

interface StoryCardProps {
  story: StoryRow;
  time?: string;
  move: Move;
}

/** A story in the calendar. */
function StoryCard({ story, time, move }: StoryCardProps) {
  const { state, isOwn } = story.desk;
  const isMovable = move.isMovable(story);
  const isHeld = state !== "SCHEDULED" && state !== "PUBLISHED" && state !== "APPROVED";
  const isLifted = move.lifted?.id === story.id;
  return (
    <button
      type="button"
      class={`entry ${state.toLowerCase()}${isHeld ? " held" : ""}${isLifted ? " lifted" : ""}`}
      data-story={story.id}
      title={story.title}
      draggable={isMovable}
      aria-describedby={isMovable ? "calendar-keys" : undefined}
      onClick={() => !isLifted && move.open(story)}
      onKeyDown={(event) => press(event, story, move)}
      // The key that picks up must not press the button, too.
      onKeyUp={(event) => event.key === " " && event.preventDefault()}
      onBlur={() => isLifted && !move.lifted?.isByHand && move.putBack()}
      onDragStart={(event) => {
        event.dataTransfer!.setData("text/plain", story.title);
        event.dataTransfer!.effectAllowed = "move";
        move.lift(story, true);
      }}
      onDragEnd={move.putBack}
    >
      {time && <time>{time}</time>}
      {state === "PUBLISHED" && <Icon name="check" />}
      {isOwn && state !== "PUBLISHED" && <Icon name="lock" />}
      <span>{story.title}</span>
      {(isHeld || state === "PUBLISHED") && <span class="unseen">{s().states[state]}</span>}
    </button>
  );
}

/** A place to which a story is dragged. */
const target = (move: Move, at: () => Place | string) => ({
  onDragOver: (event: DragEvent) => {
    if (!move.lifted) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement).classList.add("over");
  },
  onDragLeave: (event: DragEvent) => (event.currentTarget as HTMLElement).classList.remove("over"),
  onDrop: (event: DragEvent) => {
    event.preventDefault();
    (event.currentTarget as HTMLElement).classList.remove("over");
    move.dropAt(at());
  },
});

/** The opening and the closing of the vote on a day. */
function Marks({ campaign, day }: { campaign: Campaign; day: string }) {
  const marks = [
    [s().opens, campaign.votingOpensAt],
    [s().closes, campaign.votingClosesAt],
  ] as const;
  return (
    <>
      {marks.map(([name, at]) => {
        const local = utcToZoned(at, campaign.timeZone);
        return (
          local.startsWith(day) && (
            <span key={name} class="mark">
              {name} {local.slice(11)}
            </span>
          )
        );
      })}
    </>
  );
}

/** Whether voting is open on a day, or on a part of it. */
function isVotingDay({ votingOpensAt, votingClosesAt, timeZone }: Campaign, day: string): boolean {
  return utcToZoned(votingOpensAt, timeZone).slice(0, 10) <= day && day <= utcToZoned(votingClosesAt, timeZone).slice(0, 10);
}

/** The place in which a story that was picked up would come to stand. */
const Held = ({ at }: { at: Place }) => <span class="entry ghost">{at.time}</span>;

const Keys = () => (
  <p id="calendar-keys" class="unseen">
    {s().keysHelp}
  </p>
);

function dayClass({ today, campaign }: Shown, day: string): string {
  return [day === today && "today", day < today && "past", isVotingDay(campaign, day) && "voting-day"].filter(Boolean).join(" ");
}

const entriesOf = (entries: Entry[], day: string) => entries.filter((entry) => entry.day === day);

/** A month. */
export function Month({ move, day, ...shown }: CalendarProps & { day: string }) {
  const { days, entries, campaign } = shown;
  const weeks = Array.from({ length: days.length / 7 }, (_, index) => days.slice(7 * index, 7 * index + 7));
  return (
    <div class="calendar month">
      <Keys />
      <table>
        <thead>
          <tr>
            {days.slice(0, 7).map((weekday) => (
              <th key={weekday} scope="col">
                {dayName(weekday, { weekday: "short" })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((date) => {
                const all = entriesOf(entries, date);
                const at = move.lifted?.at?.day === date ? move.lifted.at : undefined;
                const isOther = date.slice(0, 7) !== day.slice(0, 7);
                return (
                  <td key={date} class={`${dayClass(shown, date)}${isOther ? " other" : ""}`} {...target(move, () => date)}>
                    <time dateTime={date} aria-label={dayName(date, { weekday: "long", month: "long", day: "numeric" })}>
                      {Number(date.slice(8))}
                    </time>
                    <Marks campaign={campaign} day={date} />
                    {all.slice(0, dayMax).map(({ story, time }) => (
                      <StoryCard key={story.id} story={story} time={time} move={move} />
                    ))}
                    {all.length > dayMax && (
                      <button type="button" class="quiet more" onClick={() => setParameters({ by: "week", day: date })}>
                        {s().moreOf(all.length - dayMax)}
                      </button>
                    )}
                    {at && <Held at={at} />}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A week, with rows for the times of a day. */
export function Week({ move, ...shown }: CalendarProps) {
  const { days, entries, campaign } = shown;
  return (
    <div class="calendar week">
      <Keys />
      <table>
        <thead>
          <tr>
            <td />
            {days.map((date) => (
              <th key={date} scope="col" class={dayClass(shown, date)}>
                {dayName(date, { weekday: "short", month: "numeric", day: "numeric" })}
                <Marks campaign={campaign} day={date} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {slots.map((slot) => (
            <tr key={slot}>
              <th scope="row">{slot}</th>
              {days.map((date) => {
                const here = entriesOf(entries, date).filter(({ time }) => slotOf(time) === slot);
                const held = move.lifted?.at;
                const isHere = held?.day === date && slotOf(held.time) === slot;
                return (
                  <td key={date} class={dayClass(shown, date)} {...target(move, () => placeIn(shown, move, date, slot))}>
                    {here.map(({ story, time }) => (
                      <StoryCard key={story.id} story={story} time={time} move={move} />
                    ))}
                    {isHere && <Held at={held} />}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The time in a row that the story in hand gets. */
function placeIn(shown: Shown, move: Move, day: string, slot: string): Place {
  const story = shown.entries.find((entry) => entry.story.id === move.lifted?.id)?.story;
  return story ? rowOn(shown, story, day, slot) : { day, time: slot };
}

/** The days that have something, one below the other. */
export function Agenda({ move, ...shown }: CalendarProps) {
  const { days, entries, campaign } = shown;
  const marked = [campaign.votingOpensAt, campaign.votingClosesAt].map((at) => utcToZoned(at, campaign.timeZone).slice(0, 10));
  const full = days.filter((day) => marked.includes(day) || entries.some((entry) => entry.day === day));
  const past = full.filter((day) => day < shown.today);
  const section = (day: string) => (
    <section key={day} class={`box ${dayClass(shown, day)}`}>
      <h3>{dayName(day, { weekday: "short", month: "long", day: "numeric" })}</h3>
      <Marks campaign={campaign} day={day} />
      {entriesOf(entries, day).map(({ story, time }) => (
        <StoryCard key={story.id} story={story} time={time} move={move} />
      ))}
    </section>
  );
  return (
    <div class="agenda">
      <Keys />
      {full.length === 0 && <p class="soft">{s().nothingPlanned}</p>}
      {past.length > 0 && (
        <details open={past.length === full.length}>
          <summary>{s().pastDays(past.length)}</summary>
          {past.map(section)}
        </details>
      )}
      {full.slice(past.length).map(section)}
    </div>
  );
}

interface TrayProps {
  stories: StoryRow[];
  move: Move;
  mayMove: boolean;
}

/** The approved stories that wait for a time. */
export function Tray({ stories, move, mayMove }: TrayProps) {
  return (
    <section class="box tray">
      <h2>
        {s().waiting} <small>{stories.length}</small>
      </h2>
      {stories.length === 0 ? (
        <>
          <p>{s().noneWaiting}</p>
          <small>{s().noneWaitingHint}</small>
        </>
      ) : (
        mayMove && <small class="keys-hint">{s().trayHint}</small>
      )}
      {stories.map((story) => (
        <StoryCard key={story.id} story={story} move={move} />
      ))}
      {mayMove && stories.length > 0 && <small class="keys-hint">{s().keysHelp}</small>}
    </section>
  );
}
