// Amendments: what changes after the first vote, with the sentence that the public reads.
import { useState } from "preact/hooks";
import { amendmentSentence } from "../../shared/amendment";
import { now } from "../../shared/clock";
import { utcToZoned, zonedToUtc } from "../../shared/zoned";
import { type Campaign, campaign as currentCampaign, useCampaign } from "../campaign";
import { Dialog } from "../parts/dialog";
import { type Draft, useDraft } from "../parts/draft";
import { Choice, Conflict, Refusals, TextField, type UserError, errorOf, otherErrors } from "../parts/form";
import { tell } from "../parts/notice";
import { allTimes } from "../parts/zone";
import { t } from "../texts";
import { change } from "./change";
import { type CampaignFields, labelOf, quotaOf, valueOf } from "./fields";
import { AmendRules } from "./operations";
import { ChallengeChoice, PublicSentences } from "./parts";
import { r } from "./texts";

/** A type, not an interface: drafts are of types with an index. */
type AmendmentFields = Pick<CampaignFields, "votesPerPeriod" | "tallyVisibility" | "challenge" | "closesAt"> & { reason: string };

const inputFields = ["votesPerPeriod", "votingClosesAt", "reason"];

const fieldsOf = ({ rules, votingClosesAt, timeZone }: Campaign): AmendmentFields => ({
  votesPerPeriod: String(rules.votesPerPeriod),
  tallyVisibility: rules.tallyVisibility,
  challenge: rules.challenge,
  closesAt: utcToZoned(votingClosesAt, timeZone),
  reason: "",
});

/** What a draft would change, as the public will read it. */
function changesOf(campaign: Campaign, { changes }: Draft<AmendmentFields>) {
  const { rules, votingClosesAt, timeZone } = campaign;
  const found: { field: string; before: string; after: string }[] = [];
  const add = (field: string, before: string, after: string | undefined) => {
    if (after && after !== before) found.push({ field, before, after });
  };
  // In the order in which the server has them.
  if (changes.closesAt !== undefined) add("votingClosesAt", votingClosesAt, zonedToUtc(changes.closesAt, timeZone));
  add("rules.votesPerPeriod", String(rules.votesPerPeriod), changes.votesPerPeriod?.trim());
  add("rules.tallyVisibility", rules.tallyVisibility, changes.tallyVisibility);
  add("rules.challenge", rules.challenge, changes.challenge);
  return found;
}

function faultsOf(campaign: Campaign, { changes }: Draft<AmendmentFields>): UserError[] {
  const faults: UserError[] = [];
  const { votesPerPeriod } = campaign.rules;
  const votes = changes.votesPerPeriod === undefined ? votesPerPeriod : quotaOf(changes.votesPerPeriod);
  const path = ["votesPerPeriod"];
  if (votes === undefined || votes > 1_000) faults.push({ code: "INVALID_QUOTA", message: r().quotaBounds, path });
  else if (votes < votesPerPeriod) faults.push({ code: "QUOTA_LOWERED", message: r().notLowered(votesPerPeriod), path });
  if (changes.closesAt === "") faults.push({ code: "TIME", message: r().timeMissing, path: ["votingClosesAt"] });
  return faults;
}

/** The sheet in which rules are amended. */
export function AmendSheet({ onClose }: { onClose: () => void }) {
  const campaign = useCampaign();
  const { timeZone, phase, desk, rules } = campaign;
  const draft = useDraft<AmendmentFields>(`amendment.${campaign.id}`, fieldsOf(campaign), desk.editRevision);
  const [refusals, setRefusals] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const hasEnded = phase === "ENDED" || phase === "PUBLISHED";
  const faults = faultsOf(campaign, draft);
  const errors = refusals.length > 0 ? refusals : faults;
  const changes = changesOf(campaign, draft);
  const reason = draft.fields.reason.trim();
  const isReady = changes.length > 0 && faults.length === 0 && reason !== "" && Object.keys(draft.conflicts).length === 0;
  const set = (change: Partial<AmendmentFields>) => {
    setRefusals([]);
    draft.set(change);
  };
  const amend = async (event: Event) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    setIsBusy(true);
    const sent = draft.changes;
    const { votesPerPeriod, tallyVisibility, challenge, closesAt } = sent;
    const input = {
      campaignId: campaign.id,
      expectedRevision: draft.revision,
      reason,
      votesPerPeriod: votesPerPeriod === undefined ? null : Number(votesPerPeriod),
      tallyVisibility: tallyVisibility ?? null,
      challenge: challenge ?? null,
      votingClosesAt: closesAt === undefined ? null : zonedToUtc(closesAt, timeZone),
    };
    const isDone = ({ amendments }: Campaign) =>
      amendments.length > campaign.amendments.length && amendments[0]!.reason === reason;
    const refused = await change(AmendRules, { input }, isDone);
    setIsBusy(false);
    setRefusals(refused);
    if (refused.length > 0) return;
    const after = currentCampaign.value as Campaign;
    const left = draft.saved(sent, fieldsOf(after), after.desk.editRevision);
    if (Object.keys(left).length > 0) return tell(t().savedBefore);
    tell(r().amended);
    onClose();
  };
  const shown = { at: new Date(now()).toISOString(), subjectLabel: campaign.title, changes, reason: reason || r().reasonHolder };
  return (
    <Dialog title={r().amend} isSheet onClose={onClose}>
      <form onSubmit={(event) => void amend(event)} noValidate>
        <p class="soft">{hasEnded ? r().amendOver : r().amendHint}</p>
        {draft.isFound && <p class="soft">{t().keptDraft}</p>}
        <Conflict
          draft={draft}
          label={(field) => (field === "reason" ? t().publicReason : labelOf(field))}
          show={(field, value) => (field === "reason" ? String(value) : valueOf(field, value))}
        />
        {!hasEnded && (
          <TextField
            label={r().quotaOf(r().periods[rules.period])}
            inputMode="numeric"
            value={draft.fields.votesPerPeriod}
            onInput={(votesPerPeriod) => set({ votesPerPeriod })}
            error={errorOf(errors, "votesPerPeriod")}
          />
        )}
        <Choice
          label={r().visibility}
          value={draft.fields.tallyVisibility}
          options={(["LIVE", "AFTER_CLOSE", "STAFF_ONLY"] as const).map((value) => [value, r().visibilities[value]] as const)}
          onChange={(tallyVisibility) => set({ tallyVisibility })}
        />
        {!hasEnded && <ChallengeChoice value={draft.fields.challenge} onChange={(challenge) => set({ challenge })} />}
        {!hasEnded && (
          <TextField
            type="datetime-local"
            label={r().closes}
            value={draft.fields.closesAt}
            onInput={(closesAt) => set({ closesAt })}
            hint={allTimes(timeZone)}
            error={errorOf(errors, "votingClosesAt")}
          />
        )}
        <TextField
          label={t().publicReason}
          value={draft.fields.reason}
          onInput={(text) => set({ reason: text })}
          hint={r().reasonHint}
          error={errorOf(errors, "reason")}
          rows={3}
          maxLength={500}
          isNeeded
        />
        <PublicSentences campaign={campaign} amendments={changes.length > 0 && faults.length === 0 ? [shown] : []} />
        <p class="soft">{r().publicStays}</p>
        {Object.keys(draft.conflicts).length === 0 && <Refusals errors={otherErrors(errors, inputFields)} />}
        <footer>
          <button type="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="primary" disabled={!isReady || isBusy}>
            {r().amendAction}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** The amendments so far, newest first. */
export function Amendments({ campaign }: { campaign: Campaign }) {
  return (
    <section class="box" aria-labelledby="amendments">
      <h2 id="amendments">{r().amendments}</h2>
      {campaign.amendments.length === 0 ? (
        <p class="soft">{r().amendmentsEmpty}</p>
      ) : (
        <ol class="amendments">
          {campaign.amendments.map((amendment) => (
            <li key={amendment.at + amendment.subjectLabel}>{amendmentSentence(amendment, campaign)}</li>
          ))}
        </ol>
      )}
    </section>
  );
}
