// The way to a new campaign, in steps: kept as a draft until the campaign is made.
import "./organisation.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import { zonedToUtc } from "../../shared/zoned";
import type { Membership } from "../campaign";
import { useDraft } from "../parts/draft";
import { type UserError, Refusals } from "../parts/form";
import { Icon } from "../parts/icon";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { campaignPath, go, parameter } from "../route";
import { staff } from "../session";
import { type NewCampaign, type Step, StepFields, derivedSlug, problemsOf, rulesOf, steps } from "./new_steps";
import { CreateCampaign, type CreateCampaignMutationVariables } from "./operations";
import { t } from "./texts";

const emptyCampaign: NewCampaign = {
  title: "",
  slug: "",
  summary: "",
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Shanghai",
  opens: "",
  closes: "",
  admits: null,
  period: "DAY",
  scope: "CATEGORY",
  votes: "1",
  visibility: "LIVE",
  categories: [],
  idempotencyKey: "",
  reached: 0,
};

/** The step in which a field of the API's input is filled in. */
const stepOfField: Record<string, Step> = {
  title: "what",
  slug: "what",
  summary: "what",
  timeZone: "when",
  votingOpensAt: "when",
  votingClosesAt: "when",
  admits: "who",
  rules: "rules",
  categories: "categories",
};

/** The keys of categories: short names for programs, from their names where these are Latin. */
function keysOf(names: readonly string[]): string[] {
  const keys: string[] = [];
  names.forEach((name, index) => {
    const latin = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 40)
      .replace(/^-+|-+$/g, "");
    keys.push(latin && !keys.includes(latin) ? latin : `category-${index + 1}`);
  });
  return keys;
}

function inputOf(campaign: NewCampaign, organisationId: string): CreateCampaignMutationVariables["input"] {
  const { title, summary, timeZone, opens, closes, idempotencyKey } = campaign;
  const categories = campaign.categories.filter(({ name }) => name.trim());
  const keys = keysOf(categories.map(({ name }) => name));
  return {
    organisationId,
    idempotencyKey,
    slug: campaign.slug || derivedSlug(campaign),
    title,
    summary,
    timeZone,
    votingOpensAt: zonedToUtc(opens, timeZone),
    votingClosesAt: zonedToUtc(closes, timeZone),
    rules: rulesOf(campaign),
    categories: categories.map(({ name, size }, index) => ({ key: keys[index]!, name, shortlistSize: Number(size) })),
  };
}

export function NewCampaignView({ membership: { organisation } }: { membership: Membership }) {
  const draft = useDraft<NewCampaign>(`newCampaign.${organisation.id}`, emptyCampaign, 0);
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const [showsProblems, setShowsProblems] = useState(false);
  const [wasKept, setWasKept] = useState(draft.isFound);
  const { fields } = draft;
  const step = steps.find((name) => name === parameter("step")) ?? "what";
  const index = steps.indexOf(step);
  const goTo = (next: Step) => {
    setShowsProblems(false);
    setWasKept(false);
    const reached = steps.indexOf(next);
    if (reached > fields.reached) draft.set({ reached });
    go(`${location.pathname}?step=${next}`);
  };
  const problems = problemsOf(fields);
  const open = steps.filter((name) => problems[name]);
  const create = async () => {
    // The key is made once for this wish, and outlives a reload.
    const wish = { ...fields, idempotencyKey: fields.idempotencyKey || randomUuid() };
    draft.set({ idempotencyKey: wish.idempotencyKey });
    const { createCampaign } = await execute(CreateCampaign, { input: inputOf(wish, organisation.id) }, { as: staff });
    const { campaign, userErrors } = createCampaign;
    setErrors(userErrors);
    const field = userErrors[0]?.path?.find((name) => stepOfField[name]);
    if (field) return goTo(stepOfField[field]!);
    if (!campaign || userErrors.length > 0) return;
    draft.discard();
    tell(t().created);
    go(campaignPath(campaign.slug, "overview"));
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (step !== "check") {
      if (problems[step]) return setShowsProblems(true);
      return goTo(steps[index + 1]!);
    }
    if (isBusy || open.length > 0) return;
    setIsBusy(true);
    await create().catch((error) => setErrors([{ code: "", message: explain(error) }]));
    setIsBusy(false);
  };
  const title = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) title.current?.focus();
    isFirst.current = false;
  }, [step]);
  return (
    <div class="guided">
      <header class="head">
        <h1>{t().newTitle}</h1>
      </header>
      <p class="soft below">{t().newHint}</p>
      {wasKept && draft.isChanged && (
        <p class="kept" role="status">
          {t().kept}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              draft.discard();
              setErrors([]);
              setWasKept(false);
              go(location.pathname);
            }}
          >
            {t().beginAnew}
          </button>
        </p>
      )}
      <StepList here={step} isDone={(name) => !problems[name] && steps.indexOf(name) < fields.reached} onGo={goTo} />
      <section class="box">
        <h2 ref={title} tabIndex={-1}>
          <small>{t().stepOf(index + 1, steps.length)}</small>
          {t().stepTitles[step]}
        </h2>
        <form noValidate onSubmit={(event) => void submit(event)}>
          <StepFields
            step={step}
            campaign={fields}
            errors={errors}
            problem={showsProblems ? problems[step] : undefined}
            onChange={(change) => {
              setErrors([]);
              draft.set(change);
            }}
            onGo={goTo}
          />
          <Refusals errors={errors.filter(({ path }) => !path?.some((name) => stepOfField[name] === step))} />
          {step === "check" && open.length > 0 && (
            <div class="refusal" role="status">
              {t().fixFirst}{" "}
              {open.map((name) => (
                <button key={name} type="button" class="quiet" onClick={() => goTo(name)}>
                  {t().steps[name]}
                </button>
              ))}
            </div>
          )}
          <footer class="row between">
            {index > 0 ? (
              <button type="button" onClick={() => goTo(steps[index - 1]!)}>
                <Icon name="left" />
                {t().back}
              </button>
            ) : (
              <span />
            )}
            <button type="submit" class="primary" disabled={isBusy || (step === "check" && open.length > 0)}>
              {step === "check" ? (isBusy ? t().creating : t().create) : t().next}
              {step !== "check" && <Icon name="right" />}
            </button>
          </footer>
        </form>
      </section>
    </div>
  );
}

interface StepListProps {
  here: Step;
  isDone: (step: Step) => boolean;
  onGo: (step: Step) => void;
}

function StepList({ here, isDone, onGo }: StepListProps) {
  return (
    <nav aria-label={t().newTitle}>
      <ol class="wizard-steps">
        {steps.map((name, index) => (
          <li key={name}>
            <button type="button" class="quiet" aria-current={name === here ? "step" : undefined} onClick={() => onGo(name)}>
              <i class={isDone(name) && name !== "check" ? "done" : ""}>
                {isDone(name) && name !== "check" && name !== here ? <Icon name="check" /> : index + 1}
              </i>
              <span>{t().steps[name]}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
