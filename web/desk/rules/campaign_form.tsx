// What the campaign is, when it is, and its rules: edited until they are fixed, read from then on.
import { useEffect, useRef, useState } from "preact/hooks";
import { zonedToUtc } from "../../shared/zoned";
import { type Campaign, campaign as currentCampaign, useCampaign } from "../campaign";
import { useDraft } from "../parts/draft";
import { Choice, Conflict, Field, Refusals, TextField, type UserError, errorOf, otherErrors } from "../parts/form";
import { tell } from "../parts/notice";
import { WaysChoice, guestsWarning, wayName } from "../parts/ways";
import { allTimes, zoneName } from "../parts/zone";
import { ZoneChoice } from "../parts/zone_choice";
import { campaignPath, go } from "../route";
import { t } from "../texts";
import { change, timeOf } from "./change";
import { Cover } from "./cover";
import {
  type CampaignFields,
  type FieldName,
  type Fixed,
  faultsOf,
  fieldsOf,
  fixedOf,
  inputFields,
  inputOf,
  isFixed,
  isSame,
  labelOf,
  quotaOf,
  valueOf,
} from "./fields";
import { UpdateCampaign } from "./operations";
import { ChallengeChoice, Fact, Lock } from "./parts";
import { r } from "./texts";

interface PartProps {
  campaign: Campaign;
  fields: CampaignFields;
  set: (change: Partial<CampaignFields>) => void;
  errors: readonly UserError[];
  fixed: Fixed;
}

export function CampaignForm({ onAmend }: { onAmend: () => void }) {
  const campaign = useCampaign();
  const draft = useDraft<CampaignFields>(`rules.${campaign.id}`, fieldsOf(campaign), campaign.desk.editRevision);
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const fixed = fixedOf(campaign);
  const all = Object.keys(draft.changes) as FieldName[];
  const changed = all.filter((field) => !isFixed(field, fixed));
  const lost = all.filter((field) => isFixed(field, fixed));
  const isInConflict = Object.keys(draft.conflicts).length > 0;
  const conflict = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isInConflict) conflict.current!.scrollIntoView({ block: "center" });
  }, [isInConflict]);
  const { fields } = draft;
  const set = (change: Partial<CampaignFields>) => {
    setErrors([]);
    draft.set(change);
  };
  const save = async (event: Event) => {
    event.preventDefault();
    if (changed.length === 0 || isBusy || isInConflict) return;
    const faults = faultsOf(fields);
    setErrors(faults);
    if (faults.length > 0) return;
    setIsBusy(true);
    const isDone = (after: Campaign) => changed.every((field) => isSame(fieldsOf(after)[field], fields[field]));
    const refusals = await change(UpdateCampaign, { input: inputOf(campaign, draft.revision, fields, changed) }, isDone);
    setIsBusy(false);
    setErrors(refusals);
    if (refusals.length > 0) return;
    const after = currentCampaign.value as Campaign;
    const sent = Object.fromEntries(changed.map((field) => [field, fields[field]]));
    const left = draft.saved(sent, fieldsOf(after), after.desk.editRevision);
    tell(Object.keys(left).length > 0 ? t().savedBefore : t().saved);
    if (changed.includes("slug")) go(campaignPath(fields.slug.trim(), "rules"));
  };
  const part: PartProps = { campaign, fields, set, errors, fixed };
  return (
    <form class="rules-form" onSubmit={(event) => void save(event)} noValidate>
      <div ref={conflict}>
        <Conflict draft={draft} label={labelOf} show={valueOf} />
      </div>
      <div class="halves">
        <What {...part} />
        <div class="stack">
          <When {...part} />
          <Rules {...part} onAmend={onAmend} />
        </div>
      </div>
      {!isInConflict && <Refusals errors={otherErrors(errors, inputFields)} />}
      {lost.length > 0 && (
        <div class="refusal lost" role="alert">
          <p>{r().lostChange(lost.map(labelOf).join(", "))}</p>
          <button type="button" onClick={draft.discard}>
            {t().discard}
          </button>
        </div>
      )}
      {changed.length > 0 && (
        <div class="save-bar" role="status">
          <p>
            {draft.isFound && <strong>{t().keptDraft} </strong>}
            {r().unsaved(changed.map(labelOf).join(", "))}
          </p>
          <button type="button" onClick={() => (setErrors([]), draft.discard())}>
            {t().discard}
          </button>
          <button type="submit" class="primary" disabled={isBusy || isInConflict}>
            {isBusy ? t().saving : t().save}
          </button>
        </div>
      )}
    </form>
  );
}

function What({ campaign, fields, set, errors, fixed }: PartProps) {
  const prefix = `${location.host}/c/`;
  return (
    <section class="box" aria-labelledby="what">
      <h2 id="what">{r().what}</h2>
      <div class="stack">
        <TextField
          label={r().title}
          value={fields.title}
          onInput={(title) => set({ title })}
          error={errorOf(errors, "title")}
          maxLength={200}
          isNeeded
        />
        <TextField
          label={r().summary}
          value={fields.summary}
          onInput={(summary) => set({ summary })}
          error={errorOf(errors, "summary")}
          hint={r().summaryHint}
          maxLength={2_000}
          rows={5}
        />
        {fixed.slug ? (
          <dl>
            <Fact label={r().address}>
              {prefix}
              <b>{campaign.slug}</b>
              <Lock>{fixed.slug}</Lock>
            </Fact>
          </dl>
        ) : (
          <Field label={r().address} hint={r().addressHint} error={errorOf(errors, "slug")}>
            {(attributes) => (
              <div class="prefixed">
                <span aria-hidden="true">{prefix}</span>
                <input
                  {...attributes}
                  value={fields.slug}
                  maxLength={64}
                  autocomplete="off"
                  autocapitalize="none"
                  spellcheck={false}
                  onInput={(event) => set({ slug: event.currentTarget.value })}
                />
              </div>
            )}
          </Field>
        )}
        <Cover />
      </div>
    </section>
  );
}

function When({ campaign, fields, set, errors, fixed }: PartProps) {
  const msOf = (local: string) => Date.parse(zonedToUtc(local, fields.timeZone));
  const openMs = msOf(fields.closesAt) - msOf(fields.opensAt);
  return (
    <section class="box" aria-labelledby="when">
      <h2 id="when">{r().when}</h2>
      {fixed.times ? (
        <TimesRead campaign={campaign} why={fixed.times} />
      ) : (
        <div class="stack">
          <ZoneChoice
            value={fields.timeZone}
            onChange={(timeZone) => set({ timeZone })}
            hint={r().timeZoneHint}
            error={errorOf(errors, "timeZone")}
          />
          <div class="columns">
            <TextField
              type="datetime-local"
              label={r().opens}
              value={fields.opensAt}
              onInput={(opensAt) => set({ opensAt })}
              hint={allTimes(fields.timeZone)}
              error={errorOf(errors, "votingOpensAt")}
              isNeeded
            />
            <TextField
              type="datetime-local"
              label={r().closes}
              value={fields.closesAt}
              onInput={(closesAt) => set({ closesAt })}
              hint={openMs > 0 ? r().lasts(r().duration(openMs)) : allTimes(fields.timeZone)}
              error={errorOf(errors, "votingClosesAt")}
              isNeeded
            />
          </div>
          <p class="soft">{r().fixesSoon}</p>
        </div>
      )}
    </section>
  );
}

/** The times of a campaign, to read. */
export function TimesRead({ campaign, why }: { campaign: Campaign; why?: string | undefined }) {
  const { votingOpensAt, votingClosesAt, timeZone } = campaign;
  return (
    <>
      {why && <Lock>{why}</Lock>}
      <dl class="facts">
        <Fact label={r().opens}>{timeOf(votingOpensAt, campaign)}</Fact>
        <Fact label={r().closes}>
          {timeOf(votingClosesAt, campaign)}
          <small>{r().lasts(r().duration(Date.parse(votingClosesAt) - Date.parse(votingOpensAt)))}</small>
        </Fact>
        <Fact label={r().timeZone}>{zoneName(timeZone)}</Fact>
      </dl>
    </>
  );
}

function Rules({ campaign, fields, set, errors, fixed, onAmend }: PartProps & { onAmend: () => void }) {
  const { periods, scopes, visibilities } = r();
  return (
    <section class="box" aria-labelledby="vote-rules">
      <header>
        <h2 id="vote-rules">{r().rules}</h2>
        {fixed.rules && (
          <button type="button" onClick={onAmend}>
            {r().amendEllipsis}
          </button>
        )}
      </header>
      {fixed.rules ? (
        <RulesRead campaign={campaign} why={fixed.rules} />
      ) : (
        <div class="stack">
          <div class="columns">
            <TextField
              label={r().quota}
              inputMode="numeric"
              value={fields.votesPerPeriod}
              onInput={(votesPerPeriod) => set({ votesPerPeriod })}
              error={errorOf(errors, "rules")}
              hint={r().quotaBounds}
              isNeeded
            />
            <Choice
              label={r().period}
              value={fields.period}
              options={[["DAY", periods.DAY] as const, ["CAMPAIGN", periods.CAMPAIGN] as const]}
              onChange={(period) => set({ period })}
            />
            <Choice
              label={r().scope}
              value={fields.scope}
              options={[["CATEGORY", scopes.CATEGORY] as const, ["CAMPAIGN", scopes.CAMPAIGN] as const]}
              onChange={(scope) => set({ scope })}
            />
            <Choice
              label={r().visibility}
              value={fields.tallyVisibility}
              options={(["LIVE", "AFTER_CLOSE", "STAFF_ONLY"] as const).map((value) => [value, visibilities[value]] as const)}
              onChange={(tallyVisibility) => set({ tallyVisibility })}
            />
          </div>
          <WaysChoice
            legend={r().admits}
            admits={fields.admits}
            kept={campaign.rules.admits}
            error={errorOf(errors, "admits")}
            onChange={(admits) => set({ admits })}
          />
          <ChallengeChoice value={fields.challenge} onChange={(challenge) => set({ challenge })} />
          <InWords
            votes={quotaOf(fields.votesPerPeriod) ?? campaign.rules.votesPerPeriod}
            period={fields.period}
            scope={fields.scope}
            tallyVisibility={fields.tallyVisibility}
          />
        </div>
      )}
    </section>
  );
}

type InWordsProps = Pick<CampaignFields, "period" | "scope" | "tallyVisibility"> & { votes: number };

/** The rules as one would say them. */
const InWords = ({ votes, period, scope, tallyVisibility }: InWordsProps) => (
  <p class="in-words">
    {r().inWords({ votes, isDaily: period === "DAY", isEach: scope === "CATEGORY", tallyVisibility })}
  </p>
);

/** The rules of a campaign, to read. */
export function RulesRead({ campaign: { rules }, why }: { campaign: Campaign; why?: string | undefined }) {
  const hasGuests = rules.admits.includes("GUEST");
  return (
    <>
      {why && <Lock>{why}</Lock>}
      <InWords {...rules} votes={rules.votesPerPeriod} />
      <dl class="facts">
        <Fact label={r().quota}>
          {r().votesFor(rules.votesPerPeriod, r().periods[rules.period])}
        </Fact>
        <Fact label={r().scope}>{r().scopes[rules.scope]}</Fact>
        <Fact label={r().visibility}>{r().visibilities[rules.tallyVisibility]}</Fact>
        <Fact label={r().admits}>
          {rules.admits.map((kind) => (
            <span key={kind}>{wayName(kind)}</span>
          ))}
        </Fact>
        <Fact label={r().challenge}>{r().challenges[rules.challenge]}</Fact>
      </dl>
      {hasGuests && <p class="warned">{guestsWarning()}</p>}
    </>
  );
}
