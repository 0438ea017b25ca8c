// The editing of one cell of the list, and the question for a reason where the public reads of the change.
import { useEffect, useRef, useState } from "preact/hooks";
import { storedValue } from "../../shared/storage";
import { type Campaign, reloadCampaign, useCampaign } from "../campaign";
import { Dialog } from "../parts/dialog";
import { TextField } from "../parts/form";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { t as shared } from "../texts";
import { PublicSentence } from "./editor";
import { type CellField, charsMax, isPublic, publicSentence, save } from "./fields";
import { type Nominee, type Roster, revisionOf } from "./roster";
import { t } from "./texts";

/** A cell that is being edited. */
interface Editing {
  id: string;
  field: CellField;
  value: string;
  /** The revision that the edit rests on. */
  revision: number;
  /** The value that was there when the editing began. */
  before: string;
  refusal?: string | undefined;
  isBusy?: boolean;
  /** Set while the reason is asked for. */
  needsReason?: boolean;
}

export interface CellEditing {
  editing: Editing | undefined;
  begin: (nominee: Nominee, field: CellField) => void;
  type: (value: string) => void;
  leave: () => void;
  /** Goes back from the question for the reason. */
  unask: () => void;
  /** Saves it; `reason` once it was asked for. */
  submit: (reason?: string) => Promise<void>;
}

const valueOf = (nominee: Nominee, field: CellField) => nominee[field] ?? "";

/** The cell of the list that is being edited: it outlasts its row's leaving the screen, and a reload. */
export function useCellEditing(roster: Roster, campaign: Campaign, onDone: (id: string, field: CellField) => void): CellEditing {
  const kept = storedValue<Editing>(`draft.cell.${roster.campaignId}`, () => sessionStorage);
  const [editing, setEditing] = useState<Editing | undefined>(() => kept.read());
  const change = (next: Editing | undefined) => {
    kept.write(next && { ...next, isBusy: false, needsReason: false });
    setEditing(next);
  };
  const leave = () => {
    if (editing) onDone(editing.id, editing.field);
    change(undefined);
  };
  const submit = async (reason?: string) => {
    if (!editing || editing.isBusy) return;
    const { id, field, before, revision } = editing;
    const value = editing.value.trim();
    const nominee = roster.find(id);
    if (value === before || !nominee) return leave();
    if (!value && (field === "name" || field === "employer")) return change({ ...editing, refusal: t().isNeeded });
    const changes = { [field]: value };
    if (isPublic(campaign, changes) && !reason) return change({ ...editing, refusal: undefined, needsReason: true });
    change({ ...editing, isBusy: true, refusal: undefined });
    const refuse = (refusal: string, now: Partial<Editing> = {}) =>
      change({ ...editing, isBusy: false, needsReason: false, refusal, ...now });
    try {
      let { nominee: saved, userErrors } = await save(roster, id, revision, changes, reason);
      // Somebody's edit of another cell is no matter.
      const isElsewhere = userErrors[0]?.code === "STALE_OBJECT" && saved && valueOf(saved, field) === before;
      if (isElsewhere) ({ nominee: saved, userErrors } = await save(roster, id, revisionOf(saved!), changes, reason));
      const error = userErrors[0];
      if (error?.code === "STALE_OBJECT" && saved) {
        const theirs = valueOf(saved, field);
        return refuse(t().cellStale(theirs), { revision: revisionOf(saved), before: theirs });
      }
      if (error?.code === "REASON_REQUIRED") return change({ ...editing, isBusy: false, needsReason: true });
      if (error) return refuse(error.message);
      change(undefined);
      onDone(id, field);
      tell(shared().saved);
      void reloadCampaign();
    } catch (error) {
      refuse(explain(error));
    }
  };
  return {
    editing,
    begin: (nominee, field) => {
      const value = valueOf(nominee, field);
      change({ id: nominee.id, field, value, before: value, revision: revisionOf(nominee) });
    },
    type: (value) => editing && change({ ...editing, value, refusal: undefined }),
    leave,
    unask: () => editing && change({ ...editing, needsReason: false }),
    submit,
  };
}

/** The input in a cell. */
export function CellInput({ cell: { editing, type, leave, submit } }: { cell: CellEditing }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current!.focus({ preventScroll: true });
    input.current!.select();
  }, []);
  const { field, value, before, refusal, isBusy, needsReason } = editing!;
  return (
    <span class="cell-input">
      <input
        ref={input}
        value={value}
        maxLength={charsMax[field]}
        aria-label={t().fields[field]}
        aria-invalid={refusal !== undefined}
        aria-describedby="cell-note"
        readOnly={isBusy}
        onInput={(event) => type(event.currentTarget.value)}
        onBlur={() => !needsReason && value.trim() === before && leave()}
        onKeyDown={(event) => {
          // The keys of the table are not for those who type, and Enter ends the choice of a Chinese word first.
          event.stopPropagation();
          if (event.isComposing) return;
          if (event.key === "Enter") void submit();
          if (event.key === "Escape") leave();
        }}
      />
      <small id="cell-note" class={refusal ? "error" : ""} role={refusal ? "alert" : undefined}>
        {isBusy ? shared().saving : (refusal ?? t().saveKeys)}
      </small>
    </span>
  );
}

/** Asks for the reason of a change that the public reads. */
export function CellReason({ cell: { editing, submit, unask }, nominee }: { cell: CellEditing; nominee: Nominee }) {
  const campaign = useCampaign();
  const [reason, setReason] = useState("");
  const changes = { [editing!.field]: editing!.value };
  return (
    <Dialog title={t().saveChange} onClose={unask}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) void submit(reason.trim());
        }}
      >
        <p>{t().publicChange}</p>
        <TextField label={shared().publicReason} value={reason} rows={3} isNeeded onInput={setReason} />
        <PublicSentence text={publicSentence(campaign, nominee, changes, reason)} />
        <footer>
          <button type="button" onClick={unask}>
            {shared().cancel}
          </button>
          <button type="submit" class="primary" disabled={!reason.trim() || editing!.isBusy}>
            {shared().save}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
