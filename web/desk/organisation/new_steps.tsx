// The steps of the way to a new campaign: their fields, and what is wrong with them.
import { now } from "../../shared/clock";
import { locale } from "../../shared/format";
import { zonedToUtc } from "../../shared/zoned";
import type { IdentityKind, QuotaPeriod, QuotaScope, TallyVisibility } from "../operations";
import { Choice, TextField, type UserError, errorOf } from "../parts/form";
import { Icon } from "../parts/icon";
import { WaysChoice, wayNames, waysAtFirst, waysProblem } from "../parts/ways";
import { allTimes } from "../parts/zone";
import { ZoneChoice } from "../parts/zone_choice";
import { rulesSentence } from "./rules_sentence";
import { SlugField, isSlug, slugOf } from "./slug";
import { t } from "./texts";
import { TimesFields, timesProblem } from "./times";

export const steps = ["what", "when", "who", "rules", "categories", "check"] as const;
export type Step = (typeof steps)[number];

const votesMax = 1_000;
const shortlistMax = 10_000;

/** A campaign as it is being filled in. */
export type NewCampaign = {
  title: string;
  /** Empty for the one that the title gives. */
  slug: string;
  summary: string;
  timeZone: string;
  opens: string;
  closes: string;
  /** None as long as nothing was chosen: every account that the server has. */
  admits: readonly IdentityKind[] | null;
  period: QuotaPeriod;
  scope: QuotaScope;
  votes: string;
  visibility: TallyVisibility;
  categories: { name: string; size: string }[];
  idempotencyKey: string;
  /** The number of the farthest step that was looked at. */
  reached: number;
};

/** The name in addresses that the title gives. */
export const derivedSlug = ({ title, opens }: NewCampaign) =>
  slugOf(title, Number(opens.slice(0, 4)) || new Date(now()).getFullYear());

/** The ways in that are admitted, as they stand. */
const admitsOf = ({ admits }: NewCampaign) => admits ?? waysAtFirst();

/** The rules as the API takes them. */
export function rulesOf(campaign: NewCampaign) {
  const { period, scope, votes, visibility } = campaign;
  return { period, scope, votesPerPeriod: Number(votes), tallyVisibility: visibility, admits: [...admitsOf(campaign)] };
}

const isWithin = (text: string, max: number) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= max;

/** The steps that cannot be gone on from, each with what is wrong. */
export function problemsOf(campaign: NewCampaign): Partial<Record<Step, string>> {
  const { title, slug, timeZone, votes, categories } = campaign;
  const problems: Partial<Record<Step, string>> = {};
  if (!title.trim()) problems.what = t().isNeeded;
  else if (!isSlug(slug || derivedSlug(campaign))) problems.what = t().slugInvalid;
  const times = timesProblem(campaign, timeZone);
  if (times) problems.when = times.text;
  const ways = waysProblem(admitsOf(campaign));
  if (ways) problems.who = ways;
  if (!isWithin(votes, votesMax)) problems.rules = `1 – ${votesMax.toLocaleString(locale())}`;
  const isWrong = categories.some(({ name, size }) => !name.trim() || !isWithin(size, shortlistMax));
  if (isWrong) problems.categories = t().isNeeded;
  return problems;
}

interface StepProps {
  campaign: NewCampaign;
  errors: readonly UserError[];
  /** What is wrong with the step, once somebody wants to go on. */
  problem: string | undefined;
  onChange: (change: Partial<NewCampaign>) => void;
  onGo: (step: Step) => void;
}

/** The fields of a step. */
export function StepFields({ step, ...props }: StepProps & { step: Step }) {
  const Fields = { what: What, when: When, who: Who, rules: Rules, categories: Categories, check: Check }[step];
  return <Fields {...props} />;
}

function What({ campaign, errors, problem, onChange }: StepProps) {
  const { title, slug, summary } = campaign;
  return (
    <>
      <TextField
        label={t().title}
        value={title}
        onInput={(value) => onChange({ title: value })}
        hint={t().titleHint}
        error={errorOf(errors, "title") ?? (title.trim() ? undefined : problem)}
        maxLength={200}
        isNeeded
      />
      <SlugField
        value={slug}
        derived={derivedSlug(campaign)}
        onInput={(value) => onChange({ slug: value })}
        error={errorOf(errors, "slug")}
      />
      <TextField
        label={t().summary}
        value={summary}
        onInput={(value) => onChange({ summary: value })}
        hint={t().summaryHint}
        error={errorOf(errors, "summary")}
        maxLength={2_000}
        rows={4}
      />
    </>
  );
}

function When({ campaign, errors, problem, onChange }: StepProps) {
  const { timeZone, opens, closes } = campaign;
  const found = problem ? timesProblem(campaign, timeZone) : undefined;
  return (
    <>
      <ZoneChoice
        value={timeZone}
        hint={t().timeZoneHint}
        error={errorOf(errors, "timeZone")}
        onChange={(timeZone) => onChange({ timeZone })}
      />
      <TimesFields
        times={{ opens, closes }}
        timeZone={timeZone}
        onChange={onChange}
        opensError={errorOf(errors, "votingOpensAt") ?? (found?.field === "opens" ? found.text : undefined)}
        closesError={errorOf(errors, "votingClosesAt") ?? (found?.field === "closes" ? found.text : undefined)}
      />
    </>
  );
}

function Who({ campaign, errors, onChange }: StepProps) {
  const error = errorOf(errors, "admits");
  return <WaysChoice legend={t().whoVotes} admits={admitsOf(campaign)} error={error} onChange={(admits) => onChange({ admits })} />;
}

const optionsOf = <Value extends string>(words: Record<Value, string>) => Object.entries(words) as [Value, string][];

function Rules({ campaign, errors, problem, onChange }: StepProps) {
  const { votes, period, scope, visibility } = campaign;
  const refused = errorOf(errors, "votesPerPeriod") ?? errorOf(errors, "rules");
  return (
    <>
      <div class="columns three">
        <TextField
          label={t().votesPerPeriod}
          type="number"
          inputMode="numeric"
          value={votes}
          onInput={(value) => onChange({ votes: value })}
          error={refused ?? (isWithin(votes, votesMax) ? undefined : problem)}
        />
        <Choice
          label={t().period}
          value={period}
          options={optionsOf(t().periods)}
          onChange={(value) => onChange({ period: value })}
        />
        <Choice
          label={t().scope}
          value={scope}
          options={optionsOf(t().scopes)}
          onChange={(value) => onChange({ scope: value })}
        />
      </div>
      <Choice
        label={t().visibility}
        value={visibility}
        options={optionsOf(t().visibilities)}
        onChange={(value) => onChange({ visibility: value })}
        hint={t().visibilityHints[visibility]}
      />
      <Sentence campaign={campaign} />
    </>
  );
}

function Sentence({ campaign }: { campaign: NewCampaign }) {
  return (
    <blockquote class="voters">
      <small>{t().voterReads}</small>
      <p>{rulesSentence(rulesOf(campaign))}</p>
    </blockquote>
  );
}

function Categories({ campaign: { categories }, errors, problem, onChange }: StepProps) {
  const set = (index: number, change: Partial<NewCampaign["categories"][number]>) =>
    onChange({ categories: categories.map((category, at) => (at === index ? { ...category, ...change } : category)) });
  const first = categories.length === 0 ? t().suggestion : "";
  const add = () => onChange({ categories: [...categories, { name: first, size: "10" }] });
  const error = errorOf(errors, "categories");
  return (
    <>
      <p class="soft">{categories.length === 0 ? t().noCategories : t().categoriesHint}</p>
      {categories.map(({ name, size }, index) => (
        <div class="category-row" key={index}>
          <TextField
            label={t().categoryName}
            value={name}
            maxLength={100}
            onInput={(value) => set(index, { name: value })}
            error={name.trim() ? undefined : problem}
          />
          <TextField
            label={t().shortlist}
            type="number"
            inputMode="numeric"
            value={size}
            onInput={(value) => set(index, { size: value })}
            error={isWithin(size, shortlistMax) ? undefined : `1 – ${shortlistMax.toLocaleString(locale())}`}
          />
          <button
            type="button"
            class="quiet icon"
            aria-label={t().removeCategory(name)}
            onClick={() => onChange({ categories: categories.filter((_, at) => at !== index) })}
          >
            <Icon name="trash" />
          </button>
        </div>
      ))}
      {error && (
        <p class="refusal" role="alert">
          {error}
        </p>
      )}
      <div>
        <button type="button" onClick={add}>
          <Icon name="add" />
          {t().addCategory}
        </button>
      </div>
    </>
  );
}

function Check({ campaign, onGo }: StepProps) {
  const { title, slug, summary, timeZone, opens, closes, categories } = campaign;
  const long = new Intl.DateTimeFormat(locale(), { timeZone, dateStyle: "full", timeStyle: "short", hourCycle: "h23" });
  const at = (local: string) => (local ? long.format(new Date(zonedToUtc(local, timeZone))) : t().none);
  const rows: [Exclude<Step, "check">, string[]][] = [
    ["what", [title || t().none, `${location.host}/c/${slug || derivedSlug(campaign)}`, ...(summary ? [summary] : [])]],
    ["when", [`${at(opens)} – ${at(closes)}`, allTimes(timeZone)]],
    ["who", [wayNames(admitsOf(campaign)) || t().none]],
    ["rules", [rulesSentence(rulesOf(campaign))]],
    ["categories", categories.length ? categories.map(({ name, size }) => `${name} · ${t().places(Number(size))}`) : [t().none]],
  ];
  return (
    <>
      <p class="soft">{t().checkHint}</p>
      <dl class="summary">
        {rows.map(([step, lines]) => (
          <div key={step}>
            <dt>{t().steps[step]}</dt>
            <dd>
              {lines.map((line) => (
                <p key={line}>{line}</p>
              ))}
            </dd>
            <dd>
              <button type="button" class="quiet" aria-label={`${t().change}: ${t().steps[step]}`} onClick={() => onGo(step)}>
                {t().change}
              </button>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
