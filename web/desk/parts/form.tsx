// Fields of forms, with what is wrong with each beside it.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../texts";
import type { Draft } from "./draft";

/** A refusal of a mutation. */
export interface UserError {
  code: string;
  message: string;
  path?: readonly string[] | null;
}

/** The refusal that is about this field of the input; none where there is none. */
export const errorOf = (errors: readonly UserError[], field: string): string | undefined =>
  errors.find(({ path }) => path?.includes(field))?.message;

/** The refusals that are about none of these fields. */
export const otherErrors = (errors: readonly UserError[], fields: readonly string[]) =>
  errors.filter(({ path }) => !path || !fields.some((field) => path.includes(field)));

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  isNeeded?: boolean;
  /** Draws the control, which takes these attributes. */
  children: (attributes: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined }) => ComponentChildren;
}

/** A labelled control. */
export function Field({ label, hint, error, isNeeded, children }: FieldProps) {
  const id = useId();
  const described = error || hint ? `${id}-note` : undefined;
  return (
    <div class={error ? "field wrong" : "field"}>
      <label for={id}>
        {label}
        {isNeeded && <small> · {t().required}</small>}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {(error || hint) && (
        <small id={described} class={error ? "error" : "hint"}>
          {error ?? hint}
        </small>
      )}
    </div>
  );
}

interface TextFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  isNeeded?: boolean;
  type?: "text" | "email" | "password" | "number" | "search" | "datetime-local";
  /** More than one makes it a text of several lines. */
  rows?: number;
  maxLength?: number;
  autocomplete?: string;
  isFixed?: boolean;
  inputMode?: "numeric" | "text";
}

/** A text to type. */
export function TextField(props: TextFieldProps) {
  const { label, value, onInput, hint, error, isNeeded, type = "text", rows = 1, maxLength, autocomplete, isFixed, inputMode } = props;
  return (
    <Field label={label} hint={hint} error={error} isNeeded={isNeeded ?? false}>
      {(attributes) =>
        rows > 1 ? (
          <textarea
            {...attributes}
            rows={rows}
            value={value}
            maxLength={maxLength}
            disabled={isFixed}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        ) : (
          <input
            {...attributes}
            // The types of elements know no input whose kind is a variable.
            type={type as "text"}
            value={value}
            maxLength={maxLength}
            required={isNeeded}
            autocomplete={autocomplete ?? "off"}
            inputMode={inputMode}
            disabled={isFixed}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
  hint?: string | undefined;
  error?: string | undefined;
  isFixed?: boolean;
}

/** One of a few values. */
export function Choice<Value extends string>({ label, value, options, onChange, hint, error, isFixed }: ChoiceProps<Value>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <select {...attributes} value={value} disabled={isFixed} onChange={(event) => onChange(event.currentTarget.value as Value)}>
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** The refusals that belong to no field. */
export function Refusals({ errors }: { errors: readonly UserError[] }) {
  if (errors.length === 0) return null;
  return (
    <div class="refusal" role="alert">
      {errors.map(({ message }) => (
        <p key={message}>{message}</p>
      ))}
    </div>
  );
}

interface ConflictProps<Of extends Record<string, unknown>> {
  draft: Draft<Of>;
  /** The name of a field for people. */
  label: (field: keyof Of & string) => string;
  /** Its value for people. */
  show?: (field: keyof Of & string, value: unknown) => string;
}

/** Both versions of the fields that somebody else has changed meanwhile, too, to choose from. */
export function Conflict<Of extends Record<string, unknown>>({ draft, label, show }: ConflictProps<Of>) {
  const fields = Object.keys(draft.conflicts) as (keyof Of & string)[];
  if (fields.length === 0) return null;
  const text = (field: keyof Of & string, value: unknown) => show?.(field, value) ?? String(value ?? "");
  return (
    <section class="conflict" role="alert">
      <h3>{t().staleTitle}</h3>
      <p>{t().staleHint}</p>
      {fields.map((field) => (
        <fieldset key={field}>
          <legend>{label(field)}</legend>
          <button type="button" onClick={() => draft.resolve(field, draft.fields[field]!)}>
            <small>{t().yours}</small>
            <span>{text(field, draft.fields[field])}</span>
          </button>
          <button type="button" onClick={() => draft.resolve(field, draft.conflicts[field] as Of[keyof Of])}>
            <small>{t().theirs}</small>
            <span>{text(field, draft.conflicts[field])}</span>
          </button>
        </fieldset>
      ))}
    </section>
  );
}
