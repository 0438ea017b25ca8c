// Accepting an invitation: a name and a password, then straight on to the desk.
import "./account.css";
import { useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { storedValue } from "../../shared/storage";
import { loadViewer } from "../campaign";
import { type UserError, Refusals, TextField, errorOf, otherErrors } from "../parts/form";
import { explain } from "../parts/states";
import { go } from "../route";
import { signIn } from "../session";
import { Gate, switchLanguage } from "./gate";
import { AcceptInvitation } from "./operations";
import { PasswordField, passwordCharsMin } from "./password";
import { SignInForm } from "./sign_in";
import { t } from "./texts";

/** The secret of the invitation, until it is used: a reload must find it, and the address bar must not show it. */
const secret = storedValue<string>("invitation", () => sessionStorage);

/** Takes the secret out of the address. */
function takeSecret(): string | undefined {
  const found = location.hash.slice(1);
  if (found) {
    secret.write(found);
    history.replaceState(history.state, "", location.pathname);
  }
  return secret.read();
}

/** What is known of the new member's way to the desk. */
type Stage = { at: "form" } | { at: "over" } | { at: "signIn"; email: string; password: string; isSecondStep: boolean };

async function enter(): Promise<void> {
  await loadViewer().catch(() => undefined);
  go("/desk");
}

export function InvitationView() {
  const [, redraw] = useState({});
  const [token] = useState(takeSecret);
  const [stage, setStage] = useState<Stage>({ at: "form" });
  const gate = {
    onSwitchLanguage: () => {
      switchLanguage();
      redraw({});
    },
  };
  if (stage.at === "signIn") {
    const { email, password, isSecondStep } = stage;
    return (
      <Gate title={isSecondStep ? t().codeTitle : t().signIn} hint={t().accepted} {...gate}>
        <SignInForm email={email} password={password} isSecondStep={isSecondStep} onSignedIn={() => void enter()} />
      </Gate>
    );
  }
  if (!token || stage.at === "over") {
    return (
      <Gate
        title={token ? t().invitationOver : t().noInvitation}
        hint={token ? t().invitationOverHint : t().noInvitationHint}
        {...gate}
      >
        <a class="button" href="/desk">
          {t().toSignIn}
        </a>
      </Gate>
    );
  }
  return (
    <Gate title={t().invitationTitle} hint={t().invitationHint} {...gate}>
      <InvitationForm token={token} onStage={setStage} />
    </Gate>
  );
}

function InvitationForm({ token, onStage }: { token: string; onStage: (stage: Stage) => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const signInAs = async (email: string) => {
    const refusal = email ? await signIn(email, password).catch(() => ({ code: "" })) : { code: "" };
    if (!refusal) return enter();
    onStage({ at: "signIn", email, password, isSecondStep: refusal.code === "SECOND_FACTOR_REQUIRED" });
  };
  const accept = async () => {
    const { acceptInvitation } = await execute(AcceptInvitation, { token, name, password }, { once: true });
    const { accepted, email, userErrors } = acceptInvitation;
    if (accepted) {
      secret.write(undefined);
      return signInAs(email ?? "");
    }
    const codes = userErrors.map(({ code }) => code);
    if (codes.includes("INVITATION_INVALID")) {
      secret.write(undefined);
      return onStage({ at: "over" });
    }
    setErrors(
      userErrors.map((error) =>
        error.code === "INVALID_CREDENTIALS"
          ? { ...error, message: t().wrongPasswordOfAccount }
          : error.code === "ALREADY_MEMBER"
            ? { ...error, message: t().alreadyMember }
            : error,
      ),
    );
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    try {
      await accept();
    } catch (error) {
      setErrors([{ code: "", message: explain(error) }]);
    }
    setIsBusy(false);
  };
  const isReady = name.trim() !== "" && [...password].length >= passwordCharsMin;
  return (
    <form onSubmit={(event) => void submit(event)}>
      <TextField
        label={t().name}
        value={name}
        onInput={setName}
        hint={t().nameHint}
        error={errorOf(errors, "name")}
        maxLength={200}
        autocomplete="name"
      />
      <PasswordField
        label={t().newPassword}
        value={password}
        onInput={setPassword}
        isNew
        hint={t().passwordRule}
        error={errorOf(errors, "password")}
      />
      <small>{t().accountExists}</small>
      <Refusals errors={otherErrors(errors, ["name", "password"])} />
      <button type="submit" class="primary" disabled={isBusy || !isReady}>
        {isBusy ? t().accepting : t().accept}
      </button>
    </form>
  );
}
