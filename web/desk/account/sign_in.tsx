// Signing in: with e-mail address and password, then with the code of the second factor where there is one.
import "./account.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../shared/server";
import { viewer } from "../campaign";
import { Dialog } from "../parts/dialog";
import { Field, Refusals } from "../parts/form";
import { explain } from "../parts/states";
import { type Refusal, signIn } from "../session";
import { Gate } from "./gate";
import { PasswordField } from "./password";
import { beginAnew } from "./tabs";
import { t } from "./texts";

interface SignInProps {
  /** Set where somebody was signed in on this page: the view below stays as it is. */
  isAgain?: boolean;
  onSwitchLanguage: () => void;
}

export function SignIn({ isAgain, onSwitchLanguage }: SignInProps) {
  if (isAgain) return <SignInAgain />;
  return <FirstSignIn onSwitchLanguage={onSwitchLanguage} />;
}

function FirstSignIn({ onSwitchLanguage }: { onSwitchLanguage: () => void }) {
  const [isCodeStep, setIsCodeStep] = useState(false);
  return (
    <Gate
      title={isCodeStep ? t().codeTitle : t().signIn}
      hint={isCodeStep ? undefined : t().signInHint}
      onSwitchLanguage={onSwitchLanguage}
    >
      <SignInForm onStep={setIsCodeStep} onSignedIn={() => undefined} />
    </Gate>
  );
}

function SignInAgain() {
  // The member's own address, as long as the page below is the member's.
  const [own] = useState(viewer.value?.email ?? "");
  return (
    <Dialog title={t().sessionEnded} isFixed onClose={() => undefined}>
      <p class="soft below">{t().sessionEndedHint}</p>
      <SignInForm email={own} own={own} onSignedIn={(email) => own && !isSame(email, own) && beginAnew()} />
    </Dialog>
  );
}

const isSame = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase();

interface SignInFormProps {
  email?: string;
  password?: string;
  /** Begins with the second step, where the server has asked for it. */
  isSecondStep?: boolean;
  /** The address of the member whose page is open below. */
  own?: string;
  /** Called with whether the code is asked for. */
  onStep?: (isCodeStep: boolean) => void;
  onSignedIn: (email: string) => void;
}

/** Both steps of signing in. */
export function SignInForm(props: SignInFormProps) {
  const { email: firstEmail = "", password: firstPassword = "", isSecondStep, own, onStep, onSignedIn } = props;
  const [email, setEmail] = useState(firstEmail);
  const [password, setPassword] = useState(firstPassword);
  const [isCodeStep, setIsCodeStep] = useState(isSecondStep ?? false);
  useEffect(() => onStep?.(isCodeStep), [isCodeStep]);
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setIsBusy] = useState(false);
  const send = async (code?: string) => {
    if (isBusy) return;
    setIsBusy(true);
    try {
      const refused = await signIn(email.trim(), password, code);
      if (!refused) return onSignedIn(email);
      const asksForCode = refused.code === "SECOND_FACTOR_REQUIRED";
      if (asksForCode) setIsCodeStep(true);
      if (refused.code === "INVALID_CREDENTIALS") setIsCodeStep(false);
      setRefusal(asksForCode ? undefined : refused);
    } catch (error) {
      // The server says why it refuses pages of this address.
      const isForeign = error instanceof ApiError && error.code === "FOREIGN_ORIGIN";
      setRefusal({ code: "", message: isForeign ? error.message : explain(error) });
    } finally {
      setIsBusy(false);
    }
  };
  if (isCodeStep) {
    const forget = () => setRefusal(undefined);
    const back = () => {
      forget();
      setIsCodeStep(false);
    };
    const take = (code: string) => void send(code);
    return <CodeForm refusal={refusal} isBusy={isBusy} onCode={take} onBack={back} onChange={forget} />;
  }
  const submit = (event: Event) => {
    event.preventDefault();
    void send();
  };
  return (
    <form onSubmit={submit}>
      <Field label={t().email}>
        {(attributes) => (
          <input
            {...attributes}
            name="username"
            type="email"
            inputMode="email"
            autocomplete="username"
            autocapitalize="off"
            required
            value={email}
            autoFocus={!email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        )}
      </Field>
      <PasswordField label={t().password} value={password} onInput={setPassword} isFirst={firstEmail !== ""} />
      {own && email && !isSame(email, own) && <small class="warning">{t().otherMember}</small>}
      <Refused refusal={refusal} />
      <button type="submit" class="primary" disabled={isBusy}>
        {isBusy ? t().signingIn : t().signIn}
      </button>
      <small>{t().forgotten}</small>
    </form>
  );
}

function Refused({ refusal, isRecovery }: { refusal: Refusal | undefined; isRecovery?: boolean }) {
  if (!refusal) return null;
  const code = isRecovery && refusal.code === "INVALID_SECOND_FACTOR" ? "WRONG_RECOVERY_CODE" : refusal.code;
  return <Refusals errors={[{ code, message: t().refusals[code] ?? refusal.message }]} />;
}

interface CodeFormProps {
  refusal: Refusal | undefined;
  isBusy: boolean;
  onCode: (code: string) => void;
  onBack: () => void;
  onChange: () => void;
}

/** The second step: the authenticator's code, or a recovery code. */
function CodeForm({ refusal, isBusy, onCode, onBack, onChange }: CodeFormProps) {
  const [code, setCode] = useState("");
  const [isRecovery, setIsRecovery] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), [isRecovery]);
  useEffect(() => {
    if (!refusal) return;
    setCode("");
    input.current?.focus();
  }, [refusal]);
  const take = (text: string) => {
    if (refusal) onChange();
    const next = isRecovery ? text : text.replace(/[^\d０-９]/g, "").normalize("NFKC").slice(0, 6);
    setCode(next);
    if (!isRecovery && next.length === 6) onCode(next);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    onCode(code.trim());
  };
  return (
    <form onSubmit={submit}>
      <Field label={isRecovery ? t().recoveryCode : t().code} hint={isRecovery ? t().recoveryHint : t().codeHint}>
        {(attributes) => (
          <input
            {...attributes}
            key={String(isRecovery)}
            ref={input}
            class="code"
            name={isRecovery ? "recovery-code" : "one-time-code"}
            autocomplete={isRecovery ? "off" : "one-time-code"}
            inputMode={isRecovery ? "text" : "numeric"}
            autocapitalize="off"
            spellcheck={false}
            required
            value={code}
            onInput={(event) => take(event.currentTarget.value)}
          />
        )}
      </Field>
      <Refused refusal={refusal} isRecovery={isRecovery} />
      <button type="submit" class="primary" disabled={isBusy || !code.trim()}>
        {isBusy ? t().signingIn : t().goOn}
      </button>
      <div class="row between">
        <button type="button" class="quiet" onClick={onBack}>
          {t().back}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            setCode("");
            onChange();
            setIsRecovery(!isRecovery);
          }}
        >
          {isRecovery ? t().useAuthenticator : t().useRecovery}
        </button>
      </div>
    </form>
  );
}
