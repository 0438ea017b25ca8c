// One story: its texts with a preview beside them, its pictures, and the steps of its life.
import { useEffect, useRef, useState } from "preact/hooks";
import { count } from "../../shared/format";
import { execute } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import { storedValue } from "../../shared/storage";
import { type Campaign, mayHere, reloadCampaign, useCampaign } from "../campaign";
import { Confirm } from "../parts/dialog";
import { type Draft, handOver, useDraft } from "../parts/draft";
import { Conflict, Refusals, TextField, type UserError, errorOf, otherErrors } from "../parts/form";
import { Icon } from "../parts/icon";
import { complain, tell } from "../parts/notice";
import { explain } from "../parts/states";
import { campaignPath, go } from "../route";
import { staff } from "../session";
import { t } from "../texts";
import { type Composer, TextComposer } from "./composer";
import { Check, State, type Story, isApproved, isOpen, when } from "./facts";
import { linesApart, withoutPicture } from "./markdown";
import { NomineeChoice } from "./nominee_choice";
import { CreateStory, type CreateStoryMutation, UpdateStory } from "./operations";
import { Cover, MediaBox, NewPicture } from "./pictures";
import { Preview } from "./preview";
import { Queue, Steps } from "./review";
import { s } from "./texts";

const titleMax = 200;
const summaryMax = 500;
const fieldNames = ["title", "summary", "body", "bodyHtml", "nomineeId"];

/** The fields of a story that are typed. */
type Fields = { title: string; summary: string; body: string; nomineeId: string | null };

const noFields: Fields = { title: "", summary: "", body: "", nomineeId: null };

const fieldsOf = ({ title, summary, body, nominee }: Story): Fields => ({ title, summary, body, nomineeId: nominee?.id ?? null });

const draftKey = (id: string) => `story.${id}`;

interface EditorProps {
  /** None for one that is begun. */
  story?: Story;
  onStory: (story: Story) => void;
}

type Answer = CreateStoryMutation["createStory"];

/** Sends a draft that is made a story; a repetition whose first answer was lost is brought up to what was typed. */
async function create(campaign: Campaign, key: string, fields: Fields): Promise<Answer> {
  const input = { campaignId: campaign.id, idempotencyKey: key, ...fields };
  const { createStory } = await execute(CreateStory, { input }, { as: staff });
  const made = createStory.story as Story | null;
  if (!made) return createStory;
  const stands = fieldsOf(made);
  const isSame = (Object.keys(fields) as (keyof Fields)[]).every((name) => stands[name]?.trim() === fields[name]?.trim());
  return isSame ? createStory : update(made.id, made.desk.editRevision, fields);
}

async function update(storyId: string, expectedRevision: number, changes: Partial<Fields>): Promise<Answer> {
  return (await execute(UpdateStory, { input: { storyId, expectedRevision, ...changes } }, { as: staff })).updateStory;
}

/** The draft with its saving: one at a time, and what is typed meanwhile stays. */
function useSaving(draft: Draft<Fields>, { story, onStory }: EditorProps) {
  const campaign = useCampaign();
  const [errors, setErrors] = useState<UserError[]>([]);
  const [isSaving, setIsSaving] = useState(false);
  const latest = useRef(draft);
  latest.current = draft;
  const key = useRef(storedValue<string>(`story.key.${campaign.id}`, () => sessionStorage));
  const isBusy = useRef(false);
  const begin = async (fields: Fields) => {
    const wish = key.current.read() ?? randomUuid();
    key.current.write(wish);
    const answer = await create(campaign, wish, fields);
    const made = answer.story as Story | null;
    if (!made || answer.userErrors.length > 0) return answer;
    key.current.write(undefined);
    const typed = latest.current.fields;
    if (JSON.stringify(typed) !== JSON.stringify(fields)) {
      handOver(draftKey(made.id), fieldsOf(made), made.desk.editRevision, typed);
    }
    latest.current.discard();
    tell(s().created);
    go(campaignPath(campaign.slug, "stories", made.id));
    return answer;
  };
  const change = async (current: Story) => {
    const { changes, revision } = latest.current;
    const answer = await update(current.id, revision, changes);
    const now = answer.story as Story | null;
    if (now && answer.userErrors.length === 0) {
      const left = latest.current.saved(changes, fieldsOf(now), now.desk.editRevision);
      tell(Object.keys(left).length > 0 ? t().savedBefore : t().saved);
    }
    if (now) onStory(now);
    return answer;
  };
  /** Saves; gives the revision that stands then, none where it is not saved. */
  const save = async (): Promise<number | undefined> => {
    if (isBusy.current) return undefined;
    if (story && !latest.current.isChanged) return story.desk.editRevision;
    if (Object.keys(latest.current.conflicts).length > 0) {
      document.querySelector<HTMLElement>(".conflict button")?.focus();
      return undefined;
    }
    isBusy.current = true;
    setIsSaving(true);
    try {
      const { story: now, userErrors } = story ? await change(story) : await begin(latest.current.fields);
      const isStale = userErrors.some(({ code }) => code === "STALE_OBJECT");
      setErrors(isStale ? [{ code: "STALE_OBJECT", message: s().mergedElsewhere }] : [...userErrors]);
      if (userErrors.length > 0) return undefined;
      void reloadCampaign();
      return now?.desk?.editRevision;
    } catch (error) {
      setErrors([{ code: "INTERNAL", message: explain(error) }]);
      return undefined;
    } finally {
      isBusy.current = false;
      setIsSaving(false);
    }
  };
  /** Lets go of what is typed; the next story that is begun is another wish. */
  const discard = () => {
    if (!story) key.current.write(undefined);
    latest.current.discard();
    setErrors([]);
  };
  return { errors, isSaving, save, discard };
}

/** Saves by Ctrl+S, and asks before a window with changes is closed. */
function useKeys(save: () => void, isChanged: boolean): void {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      // A dialog above the page has the keyboard.
      if (!document.querySelector("dialog[open]")) latest.current();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  useEffect(() => {
    if (!isChanged) return;
    const leave = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", leave);
    return () => removeEventListener("beforeunload", leave);
  }, [isChanged]);
}

/** The editor of a story. */
export function Editor(props: EditorProps) {
  const { story, onStory } = props;
  const campaign = useCampaign();
  const current = story ? fieldsOf(story) : noFields;
  const revision = story?.desk.editRevision ?? 0;
  const draft = useDraft<Fields>(draftKey(story?.id ?? `new.${campaign.id}`), current, revision);
  const { errors, isSaving, save, discard } = useSaving(draft, props);
  const [consent, setConsent] = useState<() => void>();
  const [files, setFiles] = useState<File[]>([]);
  const [tab, setTab] = useState<"write" | "preview">("write");
  const composer = useRef<Composer | undefined>(undefined);
  const state = story?.desk.state;
  const isFixed = !mayHere("WRITE_STORIES") || (state !== undefined && !isOpen(state));
  const ask = (change: () => void) => (state && isApproved(state) ? setConsent(() => change) : change());
  const wishToSave = () => (draft.isChanged && !isFixed ? ask(() => void save()) : undefined);
  useKeys(wishToSave, draft.isChanged);
  useEffect(() => {
    document.title = story?.title ?? s().newStory;
    return () => void (document.title = "Acclaim");
  }, [story?.title]);
  const { fields } = draft;
  const hasConflicts = Object.keys(draft.conflicts).length > 0;
  const person = story?.nominee?.id === fields.nomineeId ? story?.nominee : undefined;
  useEffect(() => {
    // One that is met in saving is shown; one that comes while somebody types does not take the page away.
    if (hasConflicts && errors.length > 0) document.querySelector(".conflict")?.scrollIntoView({ block: "center" });
  }, [hasConflicts, errors]);
  const takePictures = (taken: File[]) => {
    if (story) ask(() => setFiles(taken));
    else complain(s().saveBeforePictures);
  };
  const pictures = story && { organisationId: campaign.desk.organisation.id, story, onStory, ask, isFixed };
  const [file] = files;
  return (
    <div class={`story-editor ${tab}`}>
      <header class="head">
        <a class="plain back" href={campaignPath(campaign.slug, "stories")} aria-label={s().back} title={s().back}>
          <Icon name="left" />
        </a>
        <h1>{story ? story.title : s().newStory}</h1>
        {story && <State state={story.desk.state} />}
        {story && <Check check={story.desk.check} />}
        <div class="actions">
          {story && <Queue story={story} />}
          {state === "PUBLISHED" && (
            <a class="button quiet" href={`/c/${campaign.slug}/stories/${story!.id}`} target="_blank" rel="noopener">
              <Icon name="link" />
              {t().publicPage}
            </a>
          )}
          {!isFixed && <SaveButtons {...{ draft, isSaving, state }} isNew={!story} onSave={wishToSave} onDiscard={discard} />}
        </div>
      </header>
      {story && <Facts campaign={campaign} story={story} />}
      {story && <Steps story={story} onStory={onStory} isChanged={draft.isChanged} onSubmit={save} />}
      {draft.isFound && <p class="hint-line">{story ? t().keptDraft : s().keptNew}</p>}
      {draft.isChanged && state && isApproved(state) && (
        <p class="stuck" role="status">
          {s().backToReview[state]}
        </p>
      )}
      <Conflict draft={draft} label={labelOf} show={(field, value) => showValue(field, value, story, draft)} />
      {/* Where both have changed a field, the choice says all that there is to say. */}
      <Refusals errors={hasConflicts ? [] : otherErrors(errors, fieldNames)} />
      <div class="tabs" role="group" aria-label={s().preview}>
        <button type="button" class="chip" aria-pressed={tab === "write"} onClick={() => setTab("write")}>
          {s().write}
        </button>
        <button type="button" class="chip" aria-pressed={tab === "preview"} onClick={() => setTab("preview")}>
          {s().preview}
        </button>
      </div>
      <div class="desks">
        <form
          class="box writing"
          onSubmit={(event) => {
            event.preventDefault();
            wishToSave();
          }}
        >
          <TextField
            label={s().headline}
            value={fields.title}
            maxLength={titleMax}
            isNeeded
            isFixed={isFixed}
            hint={fields.title.length > titleMax - 40 ? s().titleHint(titleMax - fields.title.length) : undefined}
            error={errorOf(errors, "title")}
            onInput={(title) => draft.set({ title })}
          />
          <TextField
            label={s().summary}
            hint={s().summaryHint}
            rows={2}
            value={fields.summary}
            maxLength={summaryMax}
            isFixed={isFixed}
            error={errorOf(errors, "summary")}
            onInput={(summary) => draft.set({ summary })}
          />
          <NomineeChoice
            value={fields.nomineeId}
            known={story?.nominee}
            error={errorOf(errors, "nomineeId")}
            isFixed={isFixed}
            onChange={(nomineeId) => draft.set({ nomineeId })}
          />
          <TextComposer
            slug={campaign.slug}
            value={fields.body}
            onInput={(body) => draft.set({ body })}
            error={errorOf(errors, "body")}
            isFixed={isFixed}
            onPictures={takePictures}
            handle={composer}
          />
          <div class="field">
            <span class="label">{s().cover}</span>
            {pictures ? <Cover {...pictures} /> : <small>{s().saveBeforePictures}</small>}
          </div>
          {pictures && (
            <MediaBox
              {...pictures}
              onInsert={(path, title) => composer.current?.insertPicture(path, title)}
              onRemoved={(path) => draft.set({ body: withoutPicture(fields.body, path) })}
            />
          )}
        </form>
        <section class="box previewing" aria-label={s().preview}>
          <h2>{s().preview}</h2>
          <Preview
            slug={campaign.slug}
            title={fields.title}
            summary={fields.summary}
            body={fields.body}
            coverUrl={story?.coverUrl ?? null}
            person={person?.name}
            saved={story}
          />
        </section>
      </div>
      {file && story && (
        <NewPicture
          key={`${file.name} ${file.lastModified} ${files.length}`}
          organisationId={campaign.desk.organisation.id}
          story={story}
          onStory={onStory}
          file={file}
          onAdded={(path, title) => composer.current?.insertPicture(path, title)}
          onClose={() => setFiles((before) => before.slice(1))}
        />
      )}
      {consent && state && isApproved(state) && (
        <Confirm
          title={s().changeTitle}
          action={s().changeAction}
          onClose={() => setConsent(undefined)}
          onConfirm={async () => {
            consent();
            return undefined;
          }}
        >
          <p>{s().backToReview[state]}</p>
          {state === "PUBLISHED" && (
            <p class="soft">
              {s().views} {count(story!.viewCount)} · {s().likes} {count(story!.likeCount)}
            </p>
          )}
        </Confirm>
      )}
    </div>
  );
}

const labelOf = (field: keyof Fields) =>
  ({ title: s().headline, summary: s().summary, body: s().text, nomineeId: s().person })[field];

function showValue(field: keyof Fields, value: unknown, story: Story | undefined, draft: Draft<Fields>): string {
  if (field === "body") {
    const { body: mine } = draft.fields;
    const theirs = draft.conflicts.body ?? "";
    return value === mine ? linesApart(mine, theirs) : linesApart(theirs, mine);
  }
  if (field !== "nomineeId") return String(value ?? "");
  if (value === null) return s().campaignsOwn;
  const nominee = story?.nominee;
  return nominee && nominee.id === value ? s().nominee(nominee.number, nominee.name) : s().otherPerson;
}

interface SaveButtonsProps {
  draft: Draft<Fields>;
  isNew: boolean;
  isSaving: boolean;
  state: Story["desk"]["state"] | undefined;
  onSave: () => void;
  onDiscard: () => void;
}

function SaveButtons({ draft, isNew, isSaving, state, onSave, onDiscard }: SaveButtonsProps) {
  return (
    <>
      <small class="save-state" role="status">
        {isSaving ? t().saving : draft.isChanged ? s().unsaved : isNew ? "" : s().isSaved}
      </small>
      {draft.isChanged && (
        <button type="button" class="quiet" disabled={isSaving} onClick={onDiscard}>
          {t().discard}
        </button>
      )}
      <button type="button" class="primary" disabled={!draft.isChanged || isSaving} title={s().saveKeys} onClick={onSave}>
        {state && isApproved(state) && draft.isChanged ? s().saveAndReview : t().save}
      </button>
    </>
  );
}

/** Who wrote, changed and approved it, and when it comes out. */
function Facts({ campaign, story }: { campaign: Campaign; story: Story }) {
  const { author, editor, approver, scheduledFor, state } = story.desk;
  const timeName = state === "PUBLISHED" ? s().cameOut : state === "SCHEDULED" ? s().comesOut : s().hadTime;
  const fact = (name: string, value: string | undefined) =>
    value && (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    );
  return (
    <dl class="facts-line">
      {fact(s().wrote, author?.name ?? s().byCommand)}
      {fact(s().edited, editor && editor.id !== author?.id ? editor.name : undefined)}
      {fact(s().approvedBy, approver?.name)}
      {fact(timeName, scheduledFor ? when(scheduledFor, campaign) : undefined)}
      {(story.viewCount > 0 || story.likeCount > 0) && fact(s().views, count(story.viewCount))}
      {(story.viewCount > 0 || story.likeCount > 0) && fact(s().likes, count(story.likeCount))}
    </dl>
  );
}
