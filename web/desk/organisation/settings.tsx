// The settings of an organisation, for its owners.
import { useEffect, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { loadViewer, viewer } from "../campaign";
import { Dialog } from "../parts/dialog";
import { useDraft } from "../parts/draft";
import { type UserError, Conflict, Refusals, TextField, errorOf, otherErrors } from "../parts/form";
import { tell } from "../parts/notice";
import { Empty, Failed, explain } from "../parts/states";
import { staff } from "../session";
import { t as shared } from "../texts";
import { FindOrganisation, type OrganisationSettingsFragment, UpdateOrganisation } from "./operations";
import { t } from "./texts";

export function OrganisationSettings({ slug, onClose }: { slug: string; onClose: () => void }) {
  const [found, setFound] = useState<OrganisationSettingsFragment>();
  const [error, setError] = useState<unknown>();
  const load = () => {
    setError(undefined);
    execute(FindOrganisation, { slug }, { as: staff }).then(({ organisation }) => setFound(organisation ?? undefined), setError);
  };
  useEffect(load, [slug]);
  return (
    <Dialog title={t().settingsOf} onClose={onClose}>
      {found ? (
        <SettingsForm organisation={found} onChange={setFound} onClose={onClose} />
      ) : error ? (
        <Failed error={error} retry={load} />
      ) : (
        <Empty isLoading />
      )}
    </Dialog>
  );
}

interface SettingsFormProps {
  organisation: OrganisationSettingsFragment;
  onChange: (organisation: OrganisationSettingsFragment) => void;
  onClose: () => void;
}

function SettingsForm({ organisation, onChange, onClose }: SettingsFormProps) {
  const { id, name, requiresSecondFactor, editRevision } = organisation;
  const draft = useDraft(`organisation.${id}`, { name, requiresSecondFactor }, editRevision);
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const save = async () => {
    const unchanged = { name: null, requiresSecondFactor: null };
    const variables = { organisationId: id, expectedRevision: draft.revision, ...unchanged, ...draft.changes };
    const { updateOrganisation } = await execute(UpdateOrganisation, variables, { as: staff, once: true });
    const { organisation: now, userErrors } = updateOrganisation;
    // Somebody else's version stands beside this one, and says so itself.
    setErrors(userErrors.filter(({ code }) => code !== "STALE_OBJECT"));
    if (userErrors.length === 0) {
      draft.discard();
      tell(shared().saved);
      await loadViewer().catch(() => undefined);
      return onClose();
    }
    if (now) onChange(now);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    await save().catch((error) => setErrors([{ code: "", message: explain(error) }]));
    setIsBusy(false);
  };
  const hasConflict = Object.keys(draft.conflicts).length > 0;
  const { fields } = draft;
  const warnsOwn = fields.requiresSecondFactor && !requiresSecondFactor && !viewer.value?.hasSecondFactor;
  return (
    <form onSubmit={(event) => void submit(event)}>
      {draft.isFound && <p class="soft">{shared().keptDraft}</p>}
      <Conflict
        draft={draft}
        label={(field) => (field === "name" ? t().organisationName : t().requiresSecondFactor)}
        show={(_, value) => (typeof value === "boolean" ? (value ? t().yes : t().no) : String(value))}
      />
      <TextField
        label={t().organisationName}
        value={fields.name}
        onInput={(value) => draft.set({ name: value })}
        maxLength={200}
        isNeeded
        error={errorOf(errors, "name")}
      />
      <div>
        <label class="check">
          <input
            type="checkbox"
            checked={fields.requiresSecondFactor}
            onChange={(event) => draft.set({ requiresSecondFactor: event.currentTarget.checked })}
          />
          {t().requiresSecondFactor}
        </label>
        <small>{t().requiresHint}</small>
        {warnsOwn && <p class="refusal">{t().ownFactorMissing}</p>}
      </div>
      <Refusals errors={otherErrors(errors, ["name"])} />
      <footer>
        <button
          type="button"
          onClick={() => {
            draft.discard();
            onClose();
          }}
        >
          {shared().cancel}
        </button>
        <button type="submit" class="primary" disabled={!draft.isChanged || hasConflict || isBusy}>
          {shared().save}
        </button>
      </footer>
    </form>
  );
}
