// Setting up a second factor: the password, a code image for the authenticator, and the recovery codes, shown once.
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { type Viewer, loadViewer } from "../campaign";
import { copyText } from "../parts/copy";
import { type UserError, Field, Refusals } from "../parts/form";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { staff } from "../session";
import { ConfirmSecondFactor, EnrolSecondFactor } from "./operations";
import { PasswordField } from "./password";
import { t } from "./texts";

const steps = 3;

type Stage =
  | { at: "start" }
  | { at: "password" }
  | { at: "scan"; secret: string; codeImage: string | null }
  | { at: "codes"; codes: readonly string[] };

export function SecondFactor({ member }: { member: Viewer }) {
  const [stage, setStage] = useState<Stage>({ at: "start" });
  const cancel = () => setStage({ at: "start" });
  const finish = () => {
    setStage({ at: "start" });
    tell(t().factorDone);
    void loadViewer().catch(() => undefined);
  };
  // Recovery codes are given once it is on.
  const isOn = member.hasSecondFactor || stage.at === "codes";
  return (
    <section class={stage.at === "codes" ? "box factor printed" : "box factor"}>
      <h2>
        {t().secondFactor}
        <span class={isOn ? "tag good" : "tag warning"}>{isOn ? t().hasFactor : t().hasNoFactor}</span>
      </h2>
      {stage.at === "start" && <p class="soft">{isOn ? t().factorIsOn : t().factorWhat}</p>}
      {stage.at === "start" && !isOn && (
        <button type="button" class="primary" onClick={() => setStage({ at: "password" })}>
          {t().setUp}
        </button>
      )}
      {stage.at === "password" && <PasswordStep onCancel={cancel} onDone={setStage} />}
      {stage.at === "scan" && <ScanStep {...stage} onCancel={cancel} onDone={setStage} />}
      {stage.at === "codes" && <CodesStep codes={stage.codes} email={member.email ?? ""} onDone={finish} />}
    </section>
  );
}

function StepTitle({ step, title }: { step: number; title: string }) {
  return (
    <h3>
      <small>{t().stepOf(step, steps)}</small> {title}
    </h3>
  );
}

/** The refusals in the words of this page. */
const inWords = (errors: readonly UserError[]) => {
  const words: Record<string, string | undefined> = {
    INVALID_CREDENTIALS: t().wrongPassword,
    INVALID_CODE: t().wrongCode,
    TOO_MANY_ATTEMPTS: t().refusals.TOO_MANY_ATTEMPTS,
    ALREADY_ENROLLED: t().alreadyEnrolled,
  };
  return errors.map((error) => ({ ...error, message: words[error.code] ?? error.message }));
};

/** A submission that runs once at a time and tells what was refused. */
function useSubmission(action: () => Promise<readonly UserError[]>) {
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event?: Event) => {
    event?.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    try {
      setErrors(inWords(await action()));
    } catch (error) {
      setErrors([{ code: "", message: explain(error) }]);
    }
    setIsBusy(false);
  };
  return { errors, isBusy, submit: (event?: Event) => void submit(event) };
}

interface StepProps {
  onCancel: () => void;
  onDone: (stage: Stage) => void;
}

function PasswordStep({ onCancel, onDone }: StepProps) {
  const [password, setPassword] = useState("");
  const { errors, isBusy, submit } = useSubmission(async () => {
    const { enrolSecondFactor } = await execute(EnrolSecondFactor, { password }, { as: staff, once: true });
    const { secret, codeImage, userErrors } = enrolSecondFactor;
    if (secret) onDone({ at: "scan", secret, codeImage });
    return userErrors;
  });
  return (
    <form class="narrow" onSubmit={submit}>
      <StepTitle step={1} title={t().confirmPassword} />
      <PasswordField label={t().confirmPassword} value={password} onInput={setPassword} />
      <Refusals errors={errors} />
      <div class="row">
        <button type="submit" class="primary" disabled={isBusy || !password}>
          {t().goOn}
        </button>
        <button type="button" onClick={onCancel}>
          {t().cancelSetUp}
        </button>
      </div>
    </form>
  );
}

interface ScanStepProps extends StepProps {
  secret: string;
  codeImage: string | null;
}

function ScanStep({ secret, codeImage, onCancel, onDone }: ScanStepProps) {
  const [code, setCode] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const { errors, isBusy, submit } = useSubmission(async () => {
    const { confirmSecondFactor } = await execute(ConfirmSecondFactor, { code }, { as: staff, once: true });
    const { recoveryCodes, userErrors } = confirmSecondFactor;
    if (recoveryCodes) onDone({ at: "codes", codes: recoveryCodes });
    return userErrors;
  });
  const take = (text: string) => setCode(text.normalize("NFKC").replace(/\D/g, "").slice(0, 6));
  return (
    <form onSubmit={submit}>
      <StepTitle step={2} title={t().scanTitle} />
      <div class="scan">
        {codeImage && (
          <img src={`data:image/svg+xml,${encodeURIComponent(codeImage)}`} alt={t().scanAlt} width="200" height="200" />
        )}
        <div class="stack">
          <div class="field">
            <strong>{t().secretLabel}</strong>
            <span class="row">
              <code class="secret">{secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
              <button type="button" onClick={() => void copyText(secret)}>
                {t().copy}
              </button>
            </span>
          </div>
          <Field label={t().confirmCode} hint={t().codeHint}>
            {(attributes) => (
              <input
                {...attributes}
                ref={input}
                class="code"
                name="one-time-code"
                autocomplete="one-time-code"
                inputMode="numeric"
                required
                value={code}
                onInput={(event) => take(event.currentTarget.value)}
              />
            )}
          </Field>
          <Refusals errors={errors} />
          <div class="row">
            <button type="submit" class="primary" disabled={isBusy || code.length < 6}>
              {t().confirm}
            </button>
            <button type="button" onClick={onCancel}>
              {t().cancelSetUp}
            </button>
          </div>
        </div>
      </div>
    </form>
  );
}

interface CodesStepProps {
  codes: readonly string[];
  email: string;
  onDone: () => void;
}

function CodesStep({ codes, email, onDone }: CodesStepProps) {
  const [isKept, setIsKept] = useState(false);
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);
  const file = `${t().codesFile(email)}\n\n${codes.join("\n")}\n`;
  return (
    <div class="stack">
      <div ref={heading} tabIndex={-1} class="stack plain-focus">
        <StepTitle step={3} title={t().codesTitle} />
        <p class="soft">{t().codesHint}</p>
      </div>
      <ol class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="row">
        <button type="button" onClick={() => void copyText(file)}>
          {t().copy}
        </button>
        <button type="button" onClick={() => print()}>
          {t().print}
        </button>
        <a
          class="button"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
          download="acclaim-recovery-codes.txt"
        >
          {t().download}
        </a>
      </div>
      <label class="check">
        <input type="checkbox" checked={isKept} onChange={(event) => setIsKept(event.currentTarget.checked)} />
        {t().codesKept}
      </label>
      <div>
        <button type="button" class="primary" disabled={!isKept} onClick={onDone}>
          {t().done}
        </button>
      </div>
    </div>
  );
}
