// A plan for many stories: which, in which order, at which times of the day; shown before it is applied.
import { useEffect, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { execute } from "../../shared/server";
import { zonedToUtc } from "../../shared/zoned";
import { useCampaign } from "../campaign";
import { addDays, dayIn, isTime } from "../parts/calendar";
import { Dialog } from "../parts/dialog";
import { Refusals, TextField, type UserError, errorOf, otherErrors } from "../parts/form";
import { Icon } from "../parts/icon";
import { tell } from "../parts/notice";
import { Failed, explain } from "../parts/states";
import { zoneName } from "../parts/zone";
import { staff } from "../session";
import { t } from "../texts";
import { State, type StoryRow, when } from "./facts";
import { ScheduleStories, type ScheduleStoriesMutation } from "./operations";
import { readStories } from "./schedule_data";
import { s } from "./texts";

const storiesMax = 500;
const timesMax = 24;

type Plan = ScheduleStoriesMutation["scheduleStories"]["plan"];

interface PlanDialogProps {
  onClose: () => void;
  onApplied: () => void;
}

/** The times that a text lists; none where one of them is no time. */
function timesIn(text: string): string[] | undefined {
  const times = text
    .normalize("NFKC")
    .split(/[\s,、;]+/)
    .filter(Boolean)
    .map((time) => (time.length === 4 ? `0${time}` : time));
  return times.length > 0 && times.length <= timesMax && times.every(isTime) ? [...new Set(times)] : undefined;
}

/** The dialog of a plan. */
export function PlanDialog({ onClose, onApplied }: PlanDialogProps) {
  const campaign = useCampaign();
  const { timeZone, slug } = campaign;
  const [stories, setStories] = useState<StoryRow[]>();
  const [failure, setFailure] = useState<unknown>();
  const [isAll, setIsAll] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [times, setTimes] = useState("09:00, 15:00");
  const [from, setFrom] = useState(() => `${addDays(dayIn(now(), timeZone), 1)}T00:00`);
  const [plan, setPlan] = useState<Plan>();
  const [errors, setErrors] = useState<UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const load = () => {
    setFailure(undefined);
    Promise.all([readStories({ slug, state: "APPROVED" }), readStories({ slug, state: "SCHEDULED" })]).then(
      ([waiting, timed]) => setStories([...waiting.reverse(), ...timed.reverse()]),
      setFailure,
    );
  };
  useEffect(load, [slug]);
  const change = (apply: () => void) => {
    apply();
    setPlan(undefined);
    setErrors([]);
  };
  const offered = (stories ?? []).filter(({ desk }) => isAll || desk.state === "APPROVED");
  const shown = offered.filter(({ desk }) => !desk.isOwn);
  const chosen = shown.filter(({ id }) => !left.has(id));
  const ownCount = offered.length - shown.length;
  const parsed = timesIn(times);
  const isReady = chosen.length > 0 && chosen.length <= storiesMax && parsed !== undefined && !isBusy;
  const swap = (story: StoryRow, step: number) =>
    change(() => {
      const other = shown[shown.indexOf(story) + step]!;
      setStories(stories!.map((one) => (one === story ? other : one === other ? story : one)));
    });
  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    change(() => setLeft(next));
  };
  const send = async (apply: boolean) => {
    const start = zonedToUtc(from, timeZone);
    if (!parsed || !start) return setErrors([{ code: "INVALID_SCHEDULE", message: s().timeEmpty, path: ["from"] }]);
    if (Date.parse(start) < now()) return setErrors([{ code: "INVALID_SCHEDULE", message: s().timePast, path: ["from"] }]);
    setIsBusy(true);
    try {
      const input = { campaignId: campaign.id, storyIds: chosen.map(({ id }) => id), times: parsed, from: start, apply };
      const { scheduleStories } = await execute(ScheduleStories, { input }, { as: staff });
      setErrors(scheduleStories.userErrors);
      setPlan(scheduleStories.plan.length > 0 ? scheduleStories.plan : undefined);
      if (apply && scheduleStories.userErrors.length === 0) {
        tell(s().planApplied(scheduleStories.plan.length));
        onApplied();
        onClose();
      }
    } catch (error) {
      setErrors([{ code: "INTERNAL", message: explain(error) }]);
    }
    setIsBusy(false);
  };
  return (
    <Dialog title={s().planTitle} isSheet onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void send(plan !== undefined);
        }}
      >
        {failure !== undefined && <Failed error={failure} retry={load} />}
        <div class="columns">
          <TextField
            label={s().planTimes}
            value={times}
            hint={s().planTimesHint}
            error={parsed ? errorOf(errors, "times") : s().planTimesWrong}
            isNeeded
            onInput={(text) => change(() => setTimes(text))}
          />
          <TextField
            label={s().planFrom(zoneName(timeZone))}
            type="datetime-local"
            value={from}
            error={errorOf(errors, "from")}
            isNeeded
            onInput={(text) => change(() => setFrom(text))}
          />
        </div>
        <fieldset class="plan-stories">
          <legend>{s().planStories}</legend>
          <label class="check">
            <input type="checkbox" checked={isAll} onChange={() => change(() => setIsAll(!isAll))} />
            {s().planAlso}
          </label>
          {ownCount > 0 && <p class="soft">{s().planOwn(ownCount)}</p>}
          {chosen.length > storiesMax && <p class="refusal">{s().planEnough}</p>}
          {!stories && failure === undefined && <p class="soft">{t().loading}</p>}
          {stories && shown.length === 0 && <p class="soft">{s().planNone}</p>}
          {shown.length > 1 && (
            <label class="check">
              <input
                type="checkbox"
                checked={chosen.length === shown.length}
                onChange={() => change(() => setLeft(new Set(chosen.length === shown.length ? shown.map(({ id }) => id) : [])))}
              />
              {s().selectAll} <small>{chosen.length}</small>
            </label>
          )}
          <ol>
            {shown.map((story, index) => {
              const entry = plan?.find((planned) => planned.story.id === story.id);
              return (
                <li key={story.id}>
                  <label class="check">
                    <input type="checkbox" checked={!left.has(story.id)} onChange={() => toggle(story.id)} />
                    <span class="name">{story.title}</span>
                  </label>
                  {entry ? (
                    <b class="at">{when(entry.at, campaign)}</b>
                  ) : (
                    story.desk.state === "SCHEDULED" && <State state="SCHEDULED" />
                  )}
                  <span class="row">
                    <button
                      type="button"
                      class="quiet icon"
                      disabled={index === 0}
                      aria-label={s().up(story.title)}
                      onClick={() => swap(story, -1)}
                    >
                      <Icon name="up" />
                    </button>
                    <button
                      type="button"
                      class="quiet icon"
                      disabled={index === shown.length - 1}
                      aria-label={s().down(story.title)}
                      onClick={() => swap(story, 1)}
                    >
                      <Icon name="down" />
                    </button>
                  </span>
                </li>
              );
            })}
          </ol>
        </fieldset>
        <Refusals errors={otherErrors(errors, ["times", "from"])} />
        {plan && (
          <p class="plan-sum" role="status">
            {s().planFirstLast(plan.length, when(plan[0]!.at, campaign), when(plan.at(-1)!.at, campaign))}
          </p>
        )}
        <footer>
          <button type="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="primary" disabled={!isReady}>
            {plan ? s().planApply(plan.length) : s().planShow}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
