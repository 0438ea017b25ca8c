// The steps of a story's life, and the way from one story in review to the next.
import { useEffect, useState } from "preact/hooks";
import { count } from "../../shared/format";
import { execute } from "../../shared/server";
import { mayHere, reloadCampaign, useCampaign } from "../campaign";
import { Confirm, Dialog } from "../parts/dialog";
import { Refusals, TextField, type UserError } from "../parts/form";
import { Icon } from "../parts/icon";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { campaignPath } from "../route";
import { staff } from "../session";
import { t } from "../texts";
import { type Story, isApproved } from "./facts";
import { ApproveStory, ListStories, PublishStory, RejectStory, RetractStory, SubmitStory } from "./operations";
import { s } from "./texts";
import { TimeDialog } from "./time_dialog";

interface StepsProps {
  story: Story;
  onStory: (story: Story) => void;
  /** Whether its texts were changed here and not saved. */
  isChanged: boolean;
  /** Saves the texts before they are handed in; gives the revision that they stand in, none where they are not saved. */
  onSubmit: () => Promise<number | undefined>;
}

interface Answer {
  story: unknown;
  userErrors: readonly UserError[];
}

type Asked = "reject" | "publish" | "retract" | "time";

/** What can be done with a story now, and why what somebody may look for is not there. */
export function Steps({ story, onStory, isChanged, onSubmit }: StepsProps) {
  const [asked, setAsked] = useState<Asked>();
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const { state, isOwn, check, rejection, author } = story.desk;
  const mayReview = mayHere("REVIEW_STORIES");
  const step = { storyId: story.id, expectedRevision: story.desk.editRevision };
  /** Makes a step; gives the refusal. */
  const make = async (execution: () => Promise<Answer>, told: string): Promise<string | undefined> => {
    setIsBusy(true);
    try {
      const { story: now, userErrors } = await execution();
      if (now) onStory(now as Story);
      setErrors(userErrors);
      if (userErrors[0]) return userErrors[0].message;
      tell(told);
      void reloadCampaign();
      return undefined;
    } catch (error) {
      const message = explain(error);
      setErrors([{ code: "INTERNAL", message }]);
      return message;
    } finally {
      setIsBusy(false);
    }
  };
  const submit = async () => {
    // What is handed in is what was seen here: somebody else's edit meanwhile is shown first.
    const expectedRevision = await onSubmit();
    if (expectedRevision === undefined) return;
    const wish = { storyId: story.id, expectedRevision };
    await make(async () => (await execute(SubmitStory, { input: wish }, { as: staff })).submitStory, s().submitted);
  };
  const approve = () =>
    make(
      async () => (await execute(ApproveStory, { input: step }, { as: staff })).approveStory,
      story.desk.scheduledFor ? s().approvedTimed : s().approved,
    );
  const isReviewable = mayReview && !isOwn;
  const isTimed = state === "APPROVED" || state === "SCHEDULED";
  const isOwnToReview = mayReview && isOwn;
  const note = isOwnToReview && state === "IN_REVIEW" ? s().ownWaits : isOwnToReview && isTimed ? s().ownText : undefined;
  const isCheckShown = state === "IN_REVIEW" || check === "REVIEW" || check === "RISKY";
  const blocked = isReviewable && isChanged && (state === "IN_REVIEW" || isTimed) ? s().saveFirst : undefined;
  const buttons = (
    <>
      {state === "DRAFT" && mayHere("WRITE_STORIES") && (
        <button type="button" class="primary" disabled={isBusy} onClick={() => void submit()}>
          {s().submit}
        </button>
      )}
      {state === "IN_REVIEW" && isReviewable && (
        <button type="button" class="primary" disabled={isBusy || isChanged} onClick={() => void approve()}>
          <Icon name="check" />
          {s().approve}
        </button>
      )}
      {state === "IN_REVIEW" && isReviewable && (
        <button type="button" disabled={isBusy || isChanged} onClick={() => setAsked("reject")}>
          {s().reject}
        </button>
      )}
      {isTimed && isReviewable && (
        <>
          <button
            type="button"
            class={state === "APPROVED" ? "primary" : undefined}
            disabled={isBusy || isChanged}
            onClick={() => setAsked("time")}
          >
            <Icon name="calendar" />
            {state === "SCHEDULED" ? s().reschedule : s().schedule}
          </button>
          <button type="button" disabled={isBusy || isChanged} onClick={() => setAsked("publish")}>
            {s().publish}
          </button>
        </>
      )}
      {isApproved(state) && mayReview && (
        <button type="button" class="danger" disabled={isBusy} onClick={() => setAsked("retract")}>
          {s().retract}
        </button>
      )}
    </>
  );
  return (
    <section class="box steps" aria-label={s().state}>
      {rejection && (
        <p class="refusal">
          <b>{s().rejectedNote}</b> {rejection}
        </p>
      )}
      {state === "RETRACTED" && <p class="soft">{s().retractedNote}</p>}
      {isCheckShown && <p class={`check-note ${check}`}>{s().checkNotes[check]}</p>}
      {(note ?? blocked) && <p class="soft">{note ?? blocked}</p>}
      <div class="row">{buttons}</div>
      <Refusals errors={asked ? [] : errors} />
      {asked === "reject" && (
        <RejectDialog
          name={author?.name ?? s().itsAuthor}
          onClose={() => setAsked(undefined)}
          onReject={(reason) =>
            make(
              async () => (await execute(RejectStory, { input: { ...step, reason } }, { as: staff })).rejectStory,
              s().rejected,
            )
          }
        />
      )}
      {asked === "publish" && (
        <Confirm
          title={s().publishTitle}
          action={s().publishAction}
          onClose={() => setAsked(undefined)}
          onConfirm={() =>
            make(async () => (await execute(PublishStory, { input: step }, { as: staff })).publishStory, s().published)
          }
        >
          <p>{s().publishNote}</p>
        </Confirm>
      )}
      {asked === "retract" && (
        <Confirm
          title={s().retractTitle}
          action={s().retractAction}
          word={s().retractWord}
          reason="optional"
          onClose={() => setAsked(undefined)}
          onConfirm={(reason) =>
            make(
              async () =>
                (await execute(RetractStory, { input: { ...step, ...(reason && { reason }) } }, { as: staff })).retractStory,
              s().retracted,
            )
          }
        >
          <p>
            {state === "PUBLISHED" || story.viewCount > 0
              ? s().retractNote(count(story.likeCount), count(story.viewCount))
              : s().retractUnseen}
          </p>
        </Confirm>
      )}
      {asked === "time" && (
        <TimeDialog
          story={story}
          onClose={() => setAsked(undefined)}
          onPlaced={(at, placed) => onStory({ ...story, publishedAt: at, desk: { ...story.desk, ...placed } })}
        />
      )}
    </section>
  );
}

interface RejectDialogProps {
  name: string;
  onClose: () => void;
  onReject: (reason: string) => Promise<string | undefined>;
}

function RejectDialog({ name, onClose, onReject }: RejectDialogProps) {
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isBusy || !reason.trim()) return;
    setIsBusy(true);
    const refused = await onReject(reason.trim());
    setIsBusy(false);
    if (refused === undefined) onClose();
    else setRefusal(refused);
  };
  return (
    <Dialog title={s().rejectTitle} onClose={onClose}>
      <form onSubmit={(event) => void send(event)}>
        <p>{s().rejectNote(name)}</p>
        <TextField label={t().reason} value={reason} rows={4} maxLength={500} isNeeded error={refusal} onInput={setReason} />
        <footer>
          <button type="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="primary" disabled={isBusy || !reason.trim()}>
            {s().rejectAction}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** The place of a story among those in review, with the ways to the ones beside it. */
export function Queue({ story }: { story: Story }) {
  const { slug } = useCampaign();
  const [ids, setIds] = useState<string[]>([]);
  const isWaiting = story.desk.state === "IN_REVIEW";
  useEffect(() => {
    if (!isWaiting || !mayHere("REVIEW_STORIES")) return;
    // The queue stays as it was when the story is approved: the next one is still beside it.
    execute(ListStories, { slug, first: 100, state: "IN_REVIEW" }, { as: staff, isBackground: true }).then(
      ({ campaign }) => setIds((campaign?.desk?.stories.nodes ?? []).map(({ id }) => id)),
      () => undefined,
    );
  }, [slug, isWaiting]);
  const at = ids.indexOf(story.id);
  if (at < 0 || ids.length < 2) return null;
  const way = (id: string | undefined, icon: "left" | "right", name: string) =>
    id ? (
      <a class="button quiet icon-link" href={campaignPath(slug, "stories", id)} aria-label={name} title={name}>
        <Icon name={icon} />
      </a>
    ) : (
      <span class="icon-link" />
    );
  return (
    <nav class="queue" aria-label={s().queue(at + 1, ids.length)}>
      {way(ids[at - 1], "left", s().previous)}
      <small>{s().queue(at + 1, ids.length)}</small>
      {way(ids[at + 1], "right", s().next)}
    </nav>
  );
}
