// A nominee in a sheet at the side: all of its fields, its portrait, its place on the list; and the making of one.
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import { storedValue } from "../../shared/storage";
import { mayHere, reloadCampaign, useCampaign } from "../campaign";
import { Confirm, Dialog } from "../parts/dialog";
import { type Draft, handOver, useDraft } from "../parts/draft";
import { Choice, Conflict, Refusals, TextField, type UserError, errorOf, otherErrors } from "../parts/form";
import { tell } from "../parts/notice";
import { Portrait } from "../parts/portrait";
import { Empty, Failed, explain } from "../parts/states";
import { staff } from "../session";
import { t as shared } from "../texts";
import { type Fields, charsMax, faultsOf, fieldNames, fieldsOf, inputOf, isPublic, publicSentence, save } from "./fields";
import { CreateNominee, FindNomineeDetails } from "./operations";
import { pictureTypes, faultOf, givePortrait, sendPortrait } from "./picture";
import type { NomineeDetails, Roster } from "./roster";
import { Steps } from "./steps";
import { t } from "./texts";

interface SheetProps {
  roster: Roster;
  onClose: () => void;
}

interface FieldsProps {
  draft: Draft<Fields>;
  errors: UserError[];
  isNew: boolean;
  isFixed?: boolean;
  hasVotes?: boolean;
}

/** The fields of a nominee, with what was refused of each. */
function NomineeFields({ draft, errors, isNew, isFixed, hasVotes }: FieldsProps) {
  const { categories } = useCampaign();
  const names = t().fields;
  const text = (field: Exclude<keyof Fields, "categoryId">) => ({
    label: names[field],
    value: draft.fields[field],
    error: errorOf(errors, field),
    isFixed: isFixed ?? false,
    onInput: (value: string) => draft.set({ [field]: value }),
  });
  const options = categories.map(({ id, name }) => [id, name] as const);
  return (
    <>
      <TextField {...text("name")} isNeeded={!isFixed} maxLength={charsMax.name} />
      <div class="columns pair">
        <TextField {...text("number")} inputMode="numeric" hint={isNew ? t().nextNumber : undefined} />
        <Choice
          label={names.categoryId}
          value={draft.fields.categoryId}
          options={options}
          error={errorOf(errors, "categoryId")}
          hint={isNew || isFixed ? undefined : t().categoryFixed}
          isFixed={isFixed || hasVotes || false}
          onChange={(categoryId) => draft.set({ categoryId })}
        />
      </div>
      <TextField {...text("employer")} isNeeded={!isFixed} maxLength={charsMax.employer} />
      <div class="columns pair">
        <TextField {...text("title")} maxLength={charsMax.title} />
        <TextField {...text("city")} maxLength={charsMax.city} />
      </div>
      <TextField {...text("summary")} rows={5} maxLength={charsMax.summary} hint={isFixed ? undefined : t().summaryHint} />
    </>
  );
}

interface NewNomineeProps extends SheetProps {
  /** Opens the nominee that was made: something was typed meanwhile. */
  onOpen: (id: string) => void;
}

/** A new nominee. */
export function NewNominee({ roster, onClose, onOpen }: NewNomineeProps) {
  const campaign = useCampaign();
  const empty: Fields = {
    name: "",
    number: "",
    employer: "",
    city: "",
    title: "",
    categoryId: campaign.categories[0]?.id ?? "",
    summary: "",
  };
  const draft = useDraft<Fields>(`nominee.new.${campaign.id}`, empty, 0);
  const typed = useRef(draft.fields);
  typed.current = draft.fields;
  const [errors, setErrors] = useState<UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  // An answer that got lost must not make the same nominee twice.
  const wish = storedValue<{ key: string; fields: string }>(`wish.nominee.${campaign.id}`, () => sessionStorage);
  const keyOf = (fields: string) => {
    const kept = wish.read();
    if (kept?.fields === fields) return kept.key;
    const key = randomUuid();
    wish.write({ key, fields });
    return key;
  };
  const create = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    const faults = faultsOf(draft.fields, true);
    setErrors(faults);
    if (faults.length > 0) return;
    setIsBusy(true);
    const sent = JSON.stringify(draft.fields);
    try {
      const { number, ...texts } = draft.fields;
      const idempotencyKey = keyOf(sent);
      const input = { campaignId: campaign.id, idempotencyKey, ...texts, ...inputOf({ number }) };
      const { createNominee } = await execute(CreateNominee, { input }, { as: staff });
      const { nominee, userErrors } = createNominee;
      setErrors(userErrors);
      if (!nominee || userErrors.length > 0) return;
      wish.write(undefined);
      roster.put(nominee);
      const later = { ...typed.current, number: typed.current.number || String(nominee.number) };
      const isAll = JSON.stringify(typed.current) === sent;
      if (!isAll) handOver(draftKey(nominee.id), fieldsOf(nominee), nominee.desk?.editRevision ?? 0, later);
      draft.discard();
      tell(isAll ? t().created(nominee.name) : t().createdBefore(nominee.name));
      void reloadCampaign();
      if (isAll) onClose();
      else onOpen(nominee.id);
    } catch (error) {
      setErrors([{ code: "ERROR", message: explain(error) }]);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog title={t().create} onClose={onClose} isSheet>
      <form noValidate onSubmit={(event) => void create(event)}>
        <Found draft={draft} />
        <NomineeFields draft={draft} errors={errors} isNew />
        <Refusals errors={otherErrors(errors, fieldNames)} />
        <footer>
          <button type="button" onClick={onClose}>
            {shared().cancel}
          </button>
          <button type="submit" class="primary" disabled={isBusy}>
            {isBusy ? shared().saving : shared().add}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Says that what is typed is from before, and lets go of it. */
function Found({ draft }: { draft: Draft<Fields> }) {
  if (!draft.isFound) return null;
  return (
    <p class="found" role="status">
      <span>{t().foundDraft}</span>
      <button type="button" class="quiet" onClick={draft.discard}>
        {shared().discard}
      </button>
    </p>
  );
}

const draftKey = (id: string) => `nominee.${id}`;

/** The nominee of an address. */
export function NomineeSheet({ id, roster, onClose }: SheetProps & { id: string }) {
  const [nominee, setNominee] = useState<NomineeDetails | null>();
  const [failure, setFailure] = useState<unknown>();
  const load = () => {
    setFailure(undefined);
    execute(FindNomineeDetails, { id }, { as: staff }).then(({ node }) => {
      const found = node && "summary" in node && node.campaign.id === roster.campaignId ? node : null;
      setNominee(found);
      if (found) roster.put(found);
    }, setFailure);
  };
  useEffect(load, [id]);
  roster.changed.use();
  const revision = nominee?.desk?.editRevision ?? 0;
  const known = roster.find(id)?.desk?.editRevision ?? 0;
  // The list has heard of an edit: it does not have all fields.
  useEffect(() => void (revision > 0 && known > revision && load()), [known, revision]);
  const title = nominee?.name ?? roster.find(id)?.name ?? "";
  return (
    <Dialog title={title || t().fields.name} onClose={onClose} isSheet>
      {failure !== undefined ? (
        <Failed error={failure} retry={load} />
      ) : nominee === undefined ? (
        <Empty isLoading />
      ) : nominee === null ? (
        <Empty text={shared().notFound} />
      ) : (
        <NomineeForm nominee={nominee} roster={roster} onClose={onClose} onRead={setNominee} />
      )}
    </Dialog>
  );
}

interface NomineeFormProps extends SheetProps {
  nominee: NomineeDetails;
  /** Takes over the nominee as it stands now. */
  onRead: (nominee: NomineeDetails) => void;
}

function NomineeForm({ nominee, roster, onClose, onRead }: NomineeFormProps) {
  const campaign = useCampaign();
  const draft = useDraft<Fields>(draftKey(nominee.id), fieldsOf(nominee), nominee.desk?.editRevision ?? 0);
  const reasonKept = storedValue<string>(`draft.nominee.${nominee.id}.reason`, () => sessionStorage);
  const [reason, setReason] = useState(() => reasonKept.read() ?? "");
  const [errors, setErrors] = useState<UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const mayEdit = mayHere("EDIT_CAMPAIGNS");
  const isRead = isPublic(campaign, draft.changes);
  const hasConflicts = Object.keys(draft.conflicts).length > 0;
  const typedReason = useRef(reason);
  const keepReason = (text: string) => {
    reasonKept.write(text || undefined);
    typedReason.current = text;
    setReason(text);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy || !draft.isChanged) return;
    const faults = faultsOf(draft.fields, false);
    if (isRead && !reason.trim()) faults.push({ code: "REASON_REQUIRED", message: t().reasonMissing, path: ["reason"] });
    setErrors(faults);
    if (faults.length > 0) return;
    setIsBusy(true);
    try {
      const { changes } = draft;
      const publicReason = isRead ? reason : undefined;
      const { nominee: saved, userErrors } = await save(roster, nominee.id, draft.revision, changes, publicReason);
      if (saved) onRead(saved);
      // What stands there now is shown beside what is typed here.
      setErrors(userErrors.filter(({ code }) => code !== "STALE_OBJECT"));
      if (!saved || userErrors.length > 0) return;
      const left = draft.saved(changes, fieldsOf(saved), saved.desk?.editRevision ?? 0);
      if (typedReason.current === reason) keepReason("");
      void reloadCampaign();
      if (Object.keys(left).length > 0) return tell(shared().savedBefore);
      tell(shared().saved);
      onClose();
    } catch (error) {
      setErrors([{ code: "ERROR", message: explain(error) }]);
    } finally {
      setIsBusy(false);
    }
  };
  const showValue = (field: keyof Fields & string, value: unknown) =>
    field === "categoryId" ? (campaign.categories.find(({ id }) => id === value)?.name ?? "") : String(value ?? "");
  const discard = () => {
    draft.discard();
    keepReason("");
    setErrors([]);
  };
  return (
    <div class="stack">
      <div class="nominee-top">
        <PortraitEdit nominee={nominee} roster={roster} mayEdit={mayEdit} />
        <section class="stack tight" aria-label={t().state}>
          <div class="row">
            <Status nominee={nominee} />
            {nominee.votes !== null && <strong>{t().votesNow(nominee.votes)}</strong>}
          </div>
          <small>{t().stateHints[nominee.status]}</small>
          {mayEdit && <Steps roster={roster} nominee={nominee} />}
          {campaign.phase !== "DRAFT" && nominee.status !== "WITHDRAWN" && (
            <a href={`/c/${encodeURIComponent(campaign.slug)}/n/${nominee.number}`} target="_blank" rel="noreferrer">
              {t().publicPage}
            </a>
          )}
        </section>
      </div>
      <form noValidate onSubmit={(event) => void submit(event)}>
        {mayEdit && <Found draft={draft} />}
        <Conflict draft={draft} label={(field) => t().fields[field]} show={showValue} />
        <NomineeFields draft={draft} errors={errors} isNew={false} isFixed={!mayEdit} hasVotes={(nominee.votes ?? 0) > 0} />
        {isRead && (
          <section class="public-sentence stack">
            <p>{t().publicChange}</p>
            <TextField
              label={shared().publicReason}
              value={reason}
              rows={2}
              isNeeded
              error={errorOf(errors, "reason")}
              onInput={keepReason}
            />
            <PublicSentence text={publicSentence(campaign, nominee, draft.changes, reason)} />
          </section>
        )}
        <Refusals errors={otherErrors(errors, [...fieldNames, "reason"])} />
        {mayEdit && (
          <footer>
            {draft.isChanged && (
              <button type="button" class="quiet" onClick={discard}>
                {shared().discard}
              </button>
            )}
            <button type="button" onClick={onClose}>
              {shared().close}
            </button>
            <button type="submit" class="primary" disabled={isBusy || !draft.isChanged || hasConflicts}>
              {isBusy ? shared().saving : shared().save}
            </button>
          </footer>
        )}
      </form>
    </div>
  );
}

/** A sentence as the public will read it. */
export function PublicSentence({ text }: { text: string }) {
  return (
    <figure class="sentence">
      <figcaption>
        <small>{t().publicReads}</small>
      </figcaption>
      <blockquote>{text}</blockquote>
    </figure>
  );
}

const statusTags = { ACTIVE: "good", FROZEN: "warning", WITHDRAWN: "" };

/** Where a nominee stands, by a word and a colour. */
export const Status = ({ nominee: { status } }: { nominee: Pick<NomineeDetails, "status"> }) => (
  <span class={`tag ${statusTags[status]}`}>{t().statuses[status]}</span>
);

interface PortraitEditProps {
  nominee: NomineeDetails;
  roster: Roster;
  mayEdit: boolean;
}

/** The portrait, with another one to choose or to drop on it, and its removal. */
function PortraitEdit({ nominee, roster, mayEdit }: PortraitEditProps) {
  const campaign = useCampaign();
  const input = useRef<HTMLInputElement>(null);
  const [part, setPart] = useState<number>();
  const [refusal, setRefusal] = useState<string>();
  const [isRemoving, setIsRemoving] = useState(false);
  const give = async (file: File | undefined) => {
    if (!file) return;
    const fault = faultOf(file);
    setRefusal(fault);
    if (fault !== undefined) return;
    setPart(0);
    const organisationId = campaign.desk.organisation.id;
    const { refusal: refused } = await sendPortrait({ organisationId, roster, nomineeId: nominee.id, file, onProgress: setPart });
    setPart(undefined);
    setRefusal(refused);
    if (refused !== undefined) return;
    tell(t().portraitSaved(nominee.name));
    void reloadCampaign();
  };
  const remove = async () => {
    try {
      const { refusal: refused } = await givePortrait(roster, nominee.id, null);
      if (refused !== undefined) return refused;
    } catch (error) {
      return explain(error);
    }
    tell(t().portraitRemoved(nominee.name));
    void reloadCampaign();
    return undefined;
  };
  return (
    <section
      class="portrait-edit"
      aria-label={t().portrait}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (mayEdit) void give(event.dataTransfer?.files[0]);
      }}
    >
      <Portrait nominee={nominee} />
      {mayEdit && (
        <div class="stack tight">
          <button type="button" disabled={part !== undefined} onClick={() => input.current?.click()}>
            {nominee.portraitUrl ? t().otherPicture : t().choosePicture}
          </button>
          {nominee.portraitUrl && (
            <button type="button" class="quiet" onClick={() => setIsRemoving(true)}>
              {t().removePortrait}…
            </button>
          )}
          <input
            ref={input}
            class="unseen"
            type="file"
            accept={pictureTypes}
            tabIndex={-1}
            aria-label={t().choosePicture}
            onChange={({ currentTarget }) => {
              void give(currentTarget.files?.[0]);
              currentTarget.value = "";
            }}
          />
        </div>
      )}
      {isRemoving && (
        <Confirm title={t().removePortrait} action={shared().remove} onClose={() => setIsRemoving(false)} onConfirm={remove}>
          <p>{t().removePortraitEffect(nominee.name)}</p>
        </Confirm>
      )}
      {part !== undefined && <progress value={part} max={1} aria-label={t().sendingPicture} />}
      {refusal && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </section>
  );
}
