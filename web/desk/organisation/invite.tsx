// Inviting somebody: the link is shown once.
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { copyText } from "../parts/copy";
import { Dialog } from "../parts/dialog";
import { type UserError, Refusals, TextField, errorOf, otherErrors } from "../parts/form";
import { explain } from "../parts/states";
import { staff } from "../session";
import { t as shared } from "../texts";
import { InviteStaff, type StaffRole } from "./operations";
import { roleDoes, roles } from "./roles";
import { t } from "./texts";

interface Invited {
  email: string;
  link: string;
  isMailed: boolean;
}

interface InviteDialogProps {
  organisationId: string;
  onInvited: () => void;
  onClose: () => void;
}

export function InviteDialog({ organisationId, onInvited, onClose }: InviteDialogProps) {
  const [invited, setInvited] = useState<Invited>();
  return (
    <Dialog title={invited ? t().linkTitle : t().inviteTitle} onClose={onClose} isFixed={invited !== undefined}>
      {invited ? (
        <LinkToPassOn {...invited} onClose={onClose} />
      ) : (
        <InviteForm
          organisationId={organisationId}
          onInvited={(made) => {
            setInvited(made);
            onInvited();
          }}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface InviteFormProps {
  organisationId: string;
  onInvited: (invited: Invited) => void;
  onClose: () => void;
}

function InviteForm({ organisationId, onInvited, onClose }: InviteFormProps) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<StaffRole>("ORGANISER");
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const invite = async () => {
    const { inviteStaff } = await execute(InviteStaff, { organisationId, email, role }, { as: staff, once: true });
    const { invitation, token, isMailed, userErrors } = inviteStaff;
    setErrors(userErrors);
    if (!invitation || !token) return;
    onInvited({ email: invitation.email, link: `${location.origin}/desk/invitation#${token}`, isMailed });
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    await invite().catch((error) => setErrors([{ code: "", message: explain(error) }]));
    setIsBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <p class="soft">{t().inviteHint}</p>
      <TextField
        label={t().email}
        type="email"
        value={email}
        onInput={setEmail}
        hint={t().emailHint}
        error={errorOf(errors, "email")}
        isNeeded
      />
      <fieldset class="options">
        <legend>{t().role}</legend>
        {roles.map((option) => (
          <label class="option" key={option}>
            <input type="radio" name="role" checked={role === option} onChange={() => setRole(option)} />
            <span>
              <strong>{shared().roles[option]}</strong>
              <small>{roleDoes(option)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <Refusals errors={otherErrors(errors, ["email"])} />
      <footer>
        <button type="button" onClick={onClose}>
          {shared().cancel}
        </button>
        <button type="submit" class="primary" disabled={isBusy || !email.trim()}>
          {t().makeLink}
        </button>
      </footer>
    </form>
  );
}

function LinkToPassOn({ email, link, isMailed, onClose }: Invited & { onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <div class="stack">
      <p>{isMailed ? t().mailedHint(email) : t().linkHint(email)}</p>
      <div class="link-line">
        <input ref={input} readOnly aria-label={t().link} value={link} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" class="primary" onClick={() => void copyText(link)}>
          {t().copy}
        </button>
      </div>
      {!isMailed && <p class="soft">{t().passOn}</p>}
      <footer>
        <button type="button" onClick={onClose}>
          {t().finished}
        </button>
      </footer>
    </div>
  );
}
