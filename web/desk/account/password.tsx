// A password to type, which can be shown, and how hard it is to guess.
import { useState } from "preact/hooks";
import { Field } from "../parts/form";
import { t } from "./texts";

/** Characters of a password at least. */
export const passwordCharsMin = 12;

interface PasswordFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** A new one is not filled in from what the browser keeps, and its strength is told. */
  isNew?: boolean;
  /** Has the keyboard where it appears. */
  isFirst?: boolean;
  hint?: string | undefined;
  error?: string | undefined;
}

/** A password to type. */
export function PasswordField({ label, value, onInput, isNew, isFirst, hint, error }: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <>
          <span class="password">
            <input
              {...attributes}
              name={isNew ? "new-password" : "password"}
              type={(isShown ? "text" : "password") as "text"}
              autocomplete={isNew ? "new-password" : "current-password"}
              autocapitalize="off"
              spellcheck={false}
              required
              autoFocus={isFirst}
              value={value}
              onInput={(event) => onInput(event.currentTarget.value)}
            />
            <button
              type="button"
              class="quiet"
              aria-pressed={isShown}
              aria-label={`${t().showPassword}: ${label}`}
              onClick={() => setIsShown(!isShown)}
            >
              {isShown ? t().hidePassword : t().showPassword}
            </button>
          </span>
          {isNew && value && <Strength password={value} />}
        </>
      )}
    </Field>
  );
}

type StrengthLevel = 1 | 2 | 3 | 4;

/** How hard a password is to guess: 1 too short, 2 long and plain, 3 good, 4 very good. */
export function strengthOf(password: string): StrengthLevel {
  const characters = [...password];
  if (characters.length < passwordCharsMin) return 1;
  const distinct = new Set(characters).size;
  const steps = characters.slice(1).filter((character, index) => {
    const step = character.codePointAt(0)! - characters[index]!.codePointAt(0)!;
    return Math.abs(step) <= 1;
  }).length;
  if (distinct < 7 || steps > characters.length / 2) return 2;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /\p{Lo}/u, /[^\p{L}\d]/u].filter((kind) => kind.test(password)).length;
  return characters.length >= 18 || (characters.length >= 14 && kinds >= 3) ? 4 : 3;
}

function Strength({ password }: { password: string }) {
  const level = strengthOf(password);
  const text = {
    1: t().strengthTooShort(passwordCharsMin - [...password].length),
    2: t().strengthPlain,
    3: t().strengthGood,
    4: t().strengthVeryGood,
  }[level];
  return (
    <span class={`strength of-${level}`} role="status">
      <span aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </span>
      <small>{text}</small>
    </span>
  );
}
