// Signing in by a telephone number: asks for a code by text message, and votes once that is right.
import { documents } from "@acclaim/client/browser";
import { useRef, useState } from "preact/hooks";
import { now } from "../shared/clock";
import { remainingTime } from "../shared/format";
import { ApiError, execute } from "../shared/server";
import { lateSessions, voter } from "../shared/session";
import { useTick } from "../shared/store";
import { type Votable, vote } from "./campaign";
import { Icon } from "./parts";
import { p } from "./phone_texts";
import { wanted } from "./sign_in";

/** Below this a countdown is in seconds; above, somebody comes back later. */
const secondsMaxMs = 100_000;
/** The digits of a code, those of Chinese keyboards too. */
const codePattern = /^\s*([0-9０-９]\s*){6}$/;

interface Fault {
  field: "phone" | "code";
  text: string;
}

type Busy = "code" | "sign-in" | undefined;

/** The words for what went wrong on the way; the server's own where it has some for the user. */
const failureText = (error: unknown) =>
  error instanceof ApiError && error.code === "RATE_LIMITED" ? error.message : p().failed;

export function PhoneForm({ nominee, hasOthers }: { nominee: Votable; hasOthers: boolean }) {
  const [phone, setPhone] = useState("");
  const [code, setCode] = useState("");
  const [retryAtMs, setRetryAtMs] = useState(0);
  const [isSent, setSent] = useState(false);
  const [busy, setBusy] = useState<Busy>();
  const [fault, setFault] = useState<Fault>();
  const form = useRef<HTMLFormElement>(null);
  const focus = (name: string) => form.current?.querySelector<HTMLInputElement>(`[name="${name}"]`)?.focus();
  const changePhone = (next: string) => {
    setPhone(next);
    // What was sent, and when more may be, is another number's.
    setSent(false);
    setRetryAtMs(0);
  };
  const fail = (field: Fault["field"], text: string) => {
    setFault({ field, text });
    focus(field);
  };

  const during = async (what: Busy, field: Fault["field"], act: () => Promise<void>) => {
    setBusy(what);
    setFault(undefined);
    await act().catch((error: unknown) => fail(field, failureText(error)));
    setBusy(undefined);
  };

  const requestCode = () =>
    during("code", "phone", async () => {
      setSent(false);
      // Not sent again where no answer came: the message may be on its way.
      const { requestPhoneCode: answer } = await execute(documents.RequestPhoneCode, { phone }, { once: true });
      if (answer.retryAt) setRetryAtMs(Date.parse(answer.retryAt));
      const refusal = answer.userErrors[0];
      if (refusal) return fail("phone", refusal.message);
      setSent(true);
      setCode("");
      focus("code");
    });

  const signIn = () =>
    during("sign-in", "code", async () => {
      const { signInPhone: answer } = await execute(documents.SignInPhone, { phone, code }, { as: voter, once: true });
      const refusal = answer.userErrors[0];
      if (refusal) {
        const isCode = refusal.code === "INVALID_CODE";
        return fail(refusal.code === "INVALID_PHONE" ? "phone" : "code", isCode ? p().wrongCode : refusal.message);
      }
      voter.signIn(answer);
      // Closed, it gives the keyboard back to the button of the vote, and says so itself.
      const dialog = form.current?.closest("dialog");
      if (dialog && "close" in dialog) dialog.close();
      else wanted.set(undefined);
      lateSessions.set(lateSessions.value + 1);
      void vote(nominee);
    });

  const submit = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (codePattern.test(code)) void signIn();
    else if (!isSent && code === "" && now() >= retryAtMs) void requestCode();
    else fail("code", p().codeMissing);
  };

  return (
    <form class="phone-form" ref={form} noValidate onSubmit={submit}>
      <h3>{p().head}</h3>
      <Field name="phone" label={p().phone} hint={p().phoneHint} fault={fault}>
        {(described) => (
          <input
            {...described}
            type="tel"
            autocomplete="tel"
            inputmode="tel"
            required
            value={phone}
            onInput={(event) => changePhone(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field name="code" label={p().code} fault={fault}>
        {(described) => (
          <div class="code-row">
            <input
              {...described}
              type="text"
              autocomplete="one-time-code"
              inputmode="numeric"
              maxLength={12}
              required
              value={code}
              onInput={(event) => setCode(event.currentTarget.value)}
            />
            <CodeButton retryAtMs={retryAtMs} isAgain={isSent} isBusy={busy === "code"} onPress={() => busy ?? void requestCode()} />
          </div>
        )}
      </Field>
      <p class="sent" role="status">
        {isSent && p().sent}
      </p>
      <button class={hasOthers ? "" : "primary"} type="submit" aria-disabled={busy !== undefined}>
        {busy === "sign-in" && <Icon sign="ring" />} {p().submit}
      </button>
    </form>
  );
}

interface CodeButtonProps {
  /** When another code may be asked for, by the server's clock. */
  retryAtMs: number;
  isAgain: boolean;
  isBusy: boolean;
  onPress: () => void;
}

/** The button of a code, with the time until there is another one. It keeps the keyboard's place meanwhile. */
function CodeButton({ retryAtMs, isAgain, isBusy, onPress }: CodeButtonProps) {
  // The moment of the last tick may be a second old.
  useTick();
  const restMs = retryAtMs - now();
  const isWaiting = restMs > 0;
  const rest = restMs < secondsMaxMs ? p().seconds(Math.ceil(restMs / 1_000)) : remainingTime(restMs);
  const text = isBusy ? p().sending : isWaiting ? p().another(rest) : isAgain ? p().getAnother : p().getCode;
  return (
    <button type="button" aria-disabled={isWaiting || isBusy} onClick={() => !isWaiting && onPress()}>
      {text}
    </button>
  );
}

interface FieldProps {
  name: Fault["field"];
  label: string;
  hint?: string;
  fault: Fault | undefined;
  children: (described: object) => preact.JSX.Element;
}

/** A field with its label, and below it what is wrong with it, or what to write. */
function Field({ name, label, hint, fault, children }: FieldProps) {
  const error = fault?.field === name ? fault.text : undefined;
  const id = `sign-in-${name}`;
  const note = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, name, "aria-invalid": error !== undefined, "aria-describedby": note && `${id}-note` })}
      {note && (
        <p class={error ? "error" : "hint"} role={error ? "alert" : undefined} id={`${id}-note`}>
          {note}
        </p>
      )}
    </div>
  );
}
