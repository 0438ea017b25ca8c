// A member's own account: name, organisations, password and second factor.
import "./account.css";
import { useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { type Viewer, viewer } from "../campaign";
import { type UserError, Refusals, errorOf, otherErrors } from "../parts/form";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { pathOf } from "../route";
import { resume, signIn, staff } from "../session";
import { t as shared } from "../texts";
import { ChangePassword } from "./operations";
import { PasswordField, passwordCharsMin } from "./password";
import { SecondFactor } from "./second_factor";
import { t } from "./texts";

export function AccountView() {
  const member = viewer.use()!;
  return (
    <div class="account">
      <header class="head">
        <h1>{shared().account}</h1>
      </header>
      <div class="stack">
        <section class="box">
          <h2>{t().you}</h2>
          <p>
            <strong>{member.name}</strong>
          </p>
          <p class="soft">{member.email}</p>
        </section>
        <Organisations member={member} />
        <SecondFactor member={member} />
        <section class="box">
          <h2>{t().changePassword}</h2>
          <PasswordForm email={member.email ?? ""} />
        </section>
      </div>
    </div>
  );
}

function Organisations({ member: { memberships } }: { member: Viewer }) {
  return (
    <section class="box">
      <h2>{t().organisations}</h2>
      {memberships.length === 0 && <p class="soft">{t().noOrganisations}</p>}
      <ul class="lines">
        {memberships.map(({ organisation: { id, slug, name }, role, lacksSecondFactor }) => (
          <li key={id}>
            <a href={pathOf({ view: "organisation", slug, part: "campaigns" })}>{name}</a>
            <span>
              <span class="tag">{shared().roles[role]}</span> <small>{t().roleDoes[role]}</small>
              {" "}
              {lacksSecondFactor && <span class="tag warning">{t().lacksFactor}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The path of a field of the input, told in the words of this page. */
const inWords = (errors: readonly UserError[]) =>
  errors.map((error) =>
    error.code === "INVALID_CREDENTIALS"
      ? { ...error, message: t().wrongPassword }
      : error.code === "TOO_MANY_ATTEMPTS"
        ? { ...error, path: null, message: t().refusals.TOO_MANY_ATTEMPTS ?? error.message }
        : error,
  );

function PasswordForm({ email }: { email: string }) {
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const change = async () => {
    const { changePassword } = await execute(ChangePassword, { currentPassword, newPassword }, { as: staff, once: true });
    setErrors(inWords(changePassword.userErrors));
    if (!changePassword.changed) return;
    setCurrent("");
    setNew("");
    tell(t().passwordChanged);
    // This session has ended, too: a new one begins, by a code where there is a second factor.
    if (await signIn(email, newPassword)) await resume();
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    await change().catch((error) => setErrors([{ code: "", message: explain(error) }]));
    setIsBusy(false);
  };
  return (
    <form class="narrow" onSubmit={(event) => void submit(event)}>
      <p class="soft">{t().changePasswordHint}</p>
      <input class="unseen" type="email" autocomplete="username" value={email} readOnly tabIndex={-1} aria-hidden="true" />
      <PasswordField
        label={t().currentPassword}
        value={currentPassword}
        onInput={setCurrent}
        error={errorOf(errors, "currentPassword")}
      />
      <PasswordField
        label={t().nextPassword}
        value={newPassword}
        onInput={setNew}
        isNew
        hint={t().passwordRule}
        error={errorOf(errors, "newPassword")}
      />
      <Refusals errors={otherErrors(errors, ["currentPassword", "newPassword"])} />
      <div>
        <button class="primary" type="submit" disabled={isBusy || !currentPassword || [...newPassword].length < passwordCharsMin}>
          {t().changePassword}
        </button>
      </div>
    </form>
  );
}
