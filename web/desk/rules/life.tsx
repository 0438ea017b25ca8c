// Where the campaign stands in its life, and the steps that lead on.
import { useEffect, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { type Operation, execute } from "../../shared/server";
import { useAlarm, useLookAgain, useTick } from "../../shared/store";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";
import { type Campaign, mayHere, reloadCampaign, useCampaign } from "../campaign";
import { useFigures } from "../overview/figures";
import { Confirm } from "../parts/dialog";
import { TextField, type UserError, errorOf } from "../parts/form";
import { tell } from "../parts/notice";
import { allTimes } from "../parts/zone";
import { campaignPath } from "../route";
import { staff } from "../session";
import type { CampaignPhase } from "../operations";
import { type Changed, change, timeOf } from "./change";
import {
  AnnounceCampaign,
  type CampaignStepInput,
  CloseVoting,
  ExtendVoting,
  FindRate,
  PauseVoting,
  ResumeVoting,
} from "./operations";
import { PublicSentences } from "./parts";
import { r } from "./texts";

/** The rate of votes is that of so many whole minutes. */
const rateMinutes = 5;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The rate is read again this often. */
const figuresMs = 15_000;

interface Figures {
  votes: number;
  voters: number;
  votesAMinute: number;
}

async function findRate(slug: string): Promise<number> {
  const minute = Math.floor(now() / minuteMs);
  const from = new Date((minute - rateMinutes) * minuteMs).toISOString();
  const { campaign } = await execute(FindRate, { slug, from }, { as: staff, isBackground: true });
  const whole = campaign?.desk?.turnout.filter(({ at }) => Date.parse(at) < minute * minuteMs) ?? [];
  return Math.round(whole.reduce((sum, point) => sum + point.votes, 0) / rateMinutes);
}

/** The figures of the vote while it is open, with its rate; none for who may not read them. */
function useRate(campaign: Campaign): Figures | undefined {
  const { slug, phase } = campaign;
  const { figures } = useFigures(campaign);
  const [votesAMinute, setRate] = useState<number>();
  const isOpen = phase === "VOTING" || phase === "PAUSED";
  const read = () => {
    if (isOpen && mayHere("READ_FIGURES")) findRate(slug).then(setRate, () => undefined);
  };
  useEffect(read, [slug, phase]);
  useLookAgain(figuresMs, read);
  return isOpen && figures && votesAMinute !== undefined ? { votes: figures.raw, voters: figures.voters, votesAMinute } : undefined;
}

type Stage = "draft" | "announced" | "voting" | "closed" | "published" | "archived";

const stages: readonly Stage[] = ["draft", "announced", "voting", "closed", "published", "archived"];
const stageOf: Record<CampaignPhase, Stage> = {
  DRAFT: "draft",
  UPCOMING: "announced",
  VOTING: "voting",
  PAUSED: "voting",
  ENDED: "closed",
  PUBLISHED: "published",
  ARCHIVED: "archived",
};

type Step = "announce" | "pause" | "resume" | "extend" | "close";

const stepsOf: Record<CampaignPhase, readonly Step[]> = {
  DRAFT: ["announce"],
  UPCOMING: [],
  VOTING: ["pause", "extend", "close"],
  PAUSED: ["resume", "extend", "close"],
  ENDED: [],
  PUBLISHED: [],
  ARCHIVED: [],
};

export function Life({ canEdit }: { canEdit: boolean }) {
  const campaign = useCampaign();
  const figures = useRate(campaign);
  const [step, setStep] = useState<Step>();
  const here = stages.indexOf(stageOf[campaign.phase]);
  const times: Partial<Record<Stage, string>> = { voting: campaign.votingOpensAt, closed: campaign.votingClosesAt };
  const close = () => setStep(undefined);
  return (
    <section class="box life" aria-labelledby="life">
      <header>
        <h2 id="life">{r().life}</h2>
        <Remaining campaign={campaign} />
      </header>
      <ol class="stages">
        {stages.map((stage, index) => (
          <li
            key={stage}
            class={index < here ? "past" : index === here ? "here" : "next"}
            aria-current={index === here ? "step" : undefined}
          >
            <strong>{r().stages[stage]}</strong>
            {times[stage] && <small>{timeOf(times[stage], campaign)}</small>}
            {stage === "voting" && campaign.phase === "PAUSED" && campaign.desk.pausedAt && (
              <small class="tag paused">{r().pausedSince(timeOf(campaign.desk.pausedAt, campaign))}</small>
            )}
          </li>
        ))}
      </ol>
      {figures && campaign.phase === "VOTING" && <p class="soft">{r().votesAMinute(figures.votesAMinute)}</p>}
      {canEdit && (
        <ul class="steps">
          {stepsOf[campaign.phase].map((name) => (
            <StepLine key={name} step={name} campaign={campaign} onChoose={() => setStep(name)} />
          ))}
          <NextElsewhere campaign={campaign} />
        </ul>
      )}
      {step === "extend" ? (
        <ExtendDialog onClose={close} />
      ) : (
        step && <StepDialog step={step} figures={figures} onClose={close} />
      )}
    </section>
  );
}

/** The time until voting opens or closes; then the campaign is read again. */
function Remaining({ campaign }: { campaign: Campaign }) {
  const time = useTick();
  const isUpcoming = campaign.phase === "UPCOMING";
  const isRunning = isUpcoming || campaign.phase === "VOTING" || campaign.phase === "PAUSED";
  const endMs = Date.parse(isUpcoming ? campaign.votingOpensAt : campaign.votingClosesAt);
  useAlarm(isRunning ? endMs : undefined, () => void reloadCampaign());
  if (campaign.phase === "ENDED") return <p class="soft">{r().closedSince}</p>;
  if (!isRunning) return null;
  // A minute that has begun is a minute: nothing closes in zero minutes.
  const duration = r().duration(Math.max(1, Math.ceil((endMs - time) / minuteMs)) * minuteMs);
  return <p class="soft">{isUpcoming ? r().opensIn(duration) : r().closesIn(duration)}</p>;
}

const remainingMs = ({ votingClosesAt }: Campaign) => Date.parse(votingClosesAt) - now();
const pausedMs = ({ desk }: Campaign) => (desk.pausedAt ? now() - Date.parse(desk.pausedAt) : 0);

function effectOf(step: Step, campaign: Campaign): string {
  const { steps, duration } = r();
  switch (step) {
    case "announce":
      return steps.announceEffect(campaign.desk.nomineeCounts.active, campaign.categories.length, `/c/${campaign.slug}`);
    case "pause":
      return steps.pauseEffect;
    case "resume":
      return steps.resumeEffect(duration(pausedMs(campaign)));
    case "extend":
      return steps.extendEffect(timeOf(campaign.votingClosesAt, campaign));
    case "close":
      return steps.closeEffect(duration(remainingMs(campaign)));
  }
}

const looks: Partial<Record<Step, string>> = { announce: "primary", resume: "primary", close: "danger" };

function StepLine({ step, campaign, onChoose }: { step: Step; campaign: Campaign; onChoose: () => void }) {
  const { steps } = r();
  const isEmpty = step === "announce" && campaign.desk.nomineeCounts.active === 0;
  return (
    <li>
      <div>
        <strong>{steps[step]}</strong>
        <p class="soft">{effectOf(step, campaign)}</p>
      </div>
      <div class="row">
        {step === "announce" && <a href={campaignPath(campaign.slug, "overview")}>{steps.guide}</a>}
        <button type="button" class={looks[step]} disabled={isEmpty} onClick={onChoose}>
          {step === "close" ? steps.closeShort : steps[step]}…
        </button>
      </div>
    </li>
  );
}

/** What comes next where nothing is to be done here. */
function NextElsewhere({ campaign }: { campaign: Campaign }) {
  const { steps } = r();
  const { phase, slug } = campaign;
  if (phase === "UPCOMING") {
    return (
      <li>
        <div>
          <strong>{steps.waiting}</strong>
          <p class="soft">{steps.waitingHint}</p>
        </div>
      </li>
    );
  }
  const effect = { ENDED: steps.resultEffect, PUBLISHED: steps.publishedEffect, ARCHIVED: steps.archivedEffect };
  if (!(phase in effect)) return null;
  return (
    <li>
      <p class="soft">{effect[phase as keyof typeof effect]}</p>
      <a class="button" href={campaignPath(slug, "result")}>
        {steps.result}
      </a>
    </li>
  );
}

type PlainStep = Exclude<Step, "extend">;

const operations: Record<PlainStep, Operation<Changed, { input: CampaignStepInput }>> = {
  announce: AnnounceCampaign,
  pause: PauseVoting,
  resume: ResumeVoting,
  close: CloseVoting,
};

/** Whether a campaign is where a step leads. */
const isMade: Record<PlainStep, (campaign: Campaign) => boolean> = {
  announce: ({ phase }) => phase !== "DRAFT",
  pause: ({ phase }) => phase === "PAUSED",
  resume: ({ phase }) => phase === "VOTING",
  close: ({ phase }) => phase === "ENDED",
};

/** The refusals of a step as one text; a phase that has moved on is told as such. */
function refusalOf(errors: readonly UserError[]): string | undefined {
  if (errors.length === 0) return undefined;
  const messages = errors.map(({ code, message }) => (code === "WRONG_PHASE" ? `${message} ${r().phaseMoved}` : message));
  return messages.join(" ");
}

function StepDialog({ step, figures, onClose }: { step: PlainStep; figures: Figures | undefined; onClose: () => void }) {
  const campaign = useCampaign();
  const { steps, done } = r();
  const title = {
    announce: steps.announceTitle,
    pause: steps.pauseTitle,
    resume: steps.resumeTitle,
    close: steps.closeTitle,
  };
  const confirm = async (reason: string) => {
    const input = { campaignId: campaign.id, expectedRevision: campaign.desk.editRevision, reason: reason || null };
    const refusal = refusalOf(await change(operations[step], { input }, isMade[step]));
    if (refusal === undefined) tell(done[step]);
    return refusal;
  };
  return (
    <Confirm
      title={title[step]}
      action={step === "close" ? steps.closeShort : steps[step]}
      {...(step === "close" && { word: campaign.slug })}
      {...(step !== "announce" && { reason: "optional" as const })}
      onClose={onClose}
      onConfirm={confirm}
    >
      <ul class="effects">
        {effectsOf(step, campaign, figures).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Confirm>
  );
}

/** What a step does, in numbers and time. */
function effectsOf(step: PlainStep, campaign: Campaign, figures: Figures | undefined): string[] {
  const { steps, votesAMinute, duration, closesIn } = r();
  const closes = timeOf(campaign.votingClosesAt, campaign);
  const rate = figures && campaign.phase === "VOTING" ? [votesAMinute(figures.votesAMinute)] : [];
  switch (step) {
    case "announce":
      return [
        effectOf(step, campaign),
        steps.announceTimes(timeOf(campaign.votingOpensAt, campaign), closes),
        steps.announceFixed,
      ];
    case "pause":
      return [...rate, effectOf(step, campaign), steps.pauseVoters];
    case "resume":
      return [effectOf(step, campaign), closesIn(duration(remainingMs(campaign)))];
    case "close":
      return [
        ...rate,
        ...(figures ? [steps.closeVotes(figures.votes, figures.voters)] : []),
        steps.closeTime(duration(remainingMs(campaign)), closes),
        steps.closeFinal,
      ];
  }
}

function ExtendDialog({ onClose }: { onClose: () => void }) {
  const campaign = useCampaign();
  const { timeZone, votingClosesAt } = campaign;
  const [local, setLocal] = useState(() => later(utcToZoned(votingClosesAt, timeZone), hourMs, timeZone));
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const { steps, done, duration } = r();
  const moment = zonedToUtc(local, timeZone);
  const longerMs = Date.parse(moment) - Date.parse(votingClosesAt);
  const isLater = longerMs > 0;
  const { hasVotes } = campaign.desk;
  const amendment = (reason: string) => ({
    at: new Date(now()).toISOString(),
    subjectLabel: campaign.title,
    changes: [{ field: "votingClosesAt", before: votingClosesAt, after: moment }],
    reason,
  });
  const set = (value: string) => {
    setErrors([]);
    setLocal(value);
  };
  const confirm = async (reason: string) => {
    // The field says it.
    if (!isLater) return "";
    const input = {
      campaignId: campaign.id,
      expectedRevision: campaign.desk.editRevision,
      votingClosesAt: moment,
      reason: reason || null,
    };
    const isDone = (after: Campaign) => Date.parse(after.votingClosesAt) === Date.parse(moment);
    const refusals = await change(ExtendVoting, { input }, isDone);
    setErrors(refusals);
    if (refusals.length === 0) tell(done.extend);
    return errorOf(refusals, "votingClosesAt") ? "" : refusalOf(refusals);
  };
  return (
    <Confirm title={steps.extendTitle} action={steps.extend} reason={hasVotes ? "public" : "optional"} onClose={onClose} onConfirm={confirm}>
      {(reason) => (
        <>
          <p>{steps.extendEffect(timeOf(votingClosesAt, campaign))}</p>
          <TextField
            type="datetime-local"
            label={r().closes}
            value={local}
            onInput={set}
            isNeeded
            hint={`${allTimes(timeZone)} · ${steps.extendBy(duration(Math.ceil(longerMs / minuteMs) * minuteMs))}`}
            error={errorOf(errors, "votingClosesAt") ?? (moment === "" ? r().timeMissing : isLater ? undefined : steps.notLater)}
          />
          <div class="row">
            <button type="button" onClick={() => set(later(local || utcToZoned(votingClosesAt, timeZone), hourMs, timeZone))}>
              {steps.hour}
            </button>
            <button type="button" onClick={() => set(later(local || utcToZoned(votingClosesAt, timeZone), 24 * hourMs, timeZone))}>
              {steps.day}
            </button>
          </div>
          {hasVotes ? (
            <PublicSentences campaign={campaign} amendments={isLater ? [amendment(reason || r().reasonHolder)] : []} />
          ) : (
            <p class="soft">{steps.extendNote}</p>
          )}
        </>
      )}
    </Confirm>
  );
}

/** A time of day so much later. */
const later = (local: string, ms: number, timeZone: string) =>
  utcToZoned(new Date(Date.parse(zonedToUtc(local, timeZone)) + ms).toISOString(), timeZone);
