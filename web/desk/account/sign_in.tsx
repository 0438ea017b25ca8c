// Signing in: with e-mail address and password, then with the code of the second factor where there is one.
import { useState } from "preact/hooks";
import { Refusals, TextField } from "../parts/form";
import { explain } from "../parts/states";
import { signIn } from "../session";

interface SignInProps {
  /** Set where somebody was signed in on this page: the view below stays as it is. */
  isAgain?: boolean;
  onSwitchLanguage: () => void;
}

export function SignIn(_: SignInProps) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      setRefusal((await signIn(email, password))?.message);
    } catch (error) {
      setRefusal(explain(error));
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <TextField label="E-mail" type="email" value={email} onInput={setEmail} />
      <TextField label="Password" type="password" value={password} onInput={setPassword} />
      <Refusals errors={refusal ? [{ code: "", message: refusal }] : []} />
      <button class="primary">Sign in</button>
    </form>
  );
}
