// The sign-in of staff on a board: they see figures that the rules hide from everybody else.
import { useState } from "preact/hooks";
import { SignInRefused, signInStaff, staff } from "../../shared/session";
import { t } from "../texts";
import { b } from "./texts";

export function StaffAccount({ isOpen, onChange }: { isOpen: boolean; onChange: () => void }) {
  const [isFormOpen, setFormOpen] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const submit = async (event: preact.TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    try {
      await signInStaff(String(data.get("email")), String(data.get("password")));
      setFormOpen(false);
      onChange();
    } catch (error) {
      setRefusal(error instanceof SignInRefused ? error.message : t().failed);
    }
  };
  if (isOpen) {
    const leave = () => void staff.close().finally(onChange);
    return (
      <button class="quiet" type="button" onClick={leave}>
        {b().staffSignOut}
      </button>
    );
  }
  if (!isFormOpen) {
    return (
      <button class="quiet" type="button" onClick={() => setFormOpen(true)}>
        {b().staffSignIn}
      </button>
    );
  }
  return (
    <form class="sign-in" aria-label={b().staffSignIn} onSubmit={(event) => void submit(event)}>
      <input name="email" type="email" required autocomplete="username" placeholder={b().email} aria-label={b().email} />
      <input
        name="password"
        type="password"
        required
        autocomplete="current-password"
        placeholder={b().password}
        aria-label={b().password}
      />
      <button class="primary" type="submit">
        {b().signIn}
      </button>
      <button class="quiet" type="button" onClick={() => setFormOpen(false)}>
        {b().cancel}
      </button>
      {refusal && <p role="alert">{refusal}</p>}
    </form>
  );
}
