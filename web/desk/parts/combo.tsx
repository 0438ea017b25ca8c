// One of many: chosen from a list that shrinks to what is typed.
import "./combo.css";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Field } from "./form";

/** Something to choose. */
export interface Option {
  id: string;
  name: string;
  /** What tells it from others, beside its name. */
  note?: string;
}

interface ComboProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  isFixed?: boolean;
  /** The name of what is chosen; empty for nothing. */
  chosen: string;
  /** What stands in the empty field, closed and open. */
  placeholders: readonly [string, string];
  /** The options that have all of the words, which are folded as `wordsOf` does. */
  find: (words: readonly string[]) => readonly Option[];
  /** What is told where the list is empty. */
  note: string | undefined;
  onOpen: () => void;
  onChoose: (id: string) => void;
}

/** A text as it is searched: full-width and half-width, upper and lower case, with and without accents are the same. */
export const foldedText = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const wordsOf = (typed: string) => foldedText(typed).split(/\s+/).filter(Boolean);

/** A field to search in. Nothing is changed until an option is chosen. */
export function Combo({ label, hint, error, isFixed, chosen, placeholders, find, note, onOpen, onChoose }: ComboProps) {
  const [typed, setTyped] = useState<string>();
  // None until a key or a letter has chosen one: Enter alone must not change what is there.
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [active, typed]);
  const isListed = typed !== undefined;
  const options = isListed ? find(wordsOf(typed)) : [];
  const choose = (option: Option | undefined) => {
    if (option) onChoose(option.id);
    setTyped(undefined);
  };
  const open = () => {
    onOpen();
    setTyped("");
    setActive(-1);
  };
  const press = (event: KeyboardEvent) => {
    // Enter ends the choice of a Chinese word first.
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isListed) return open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = active < 0 && step < 0 ? 0 : active;
      setActive((from + step + options.length) % Math.max(1, options.length));
    } else if (event.key === "Enter" && isListed) {
      event.preventDefault();
      choose(options[active]);
    } else if (event.key === "Escape" && isListed) {
      event.preventDefault();
      event.stopPropagation();
      setTyped(undefined);
    }
  };
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <div
          class="combo"
          onFocusOut={(event) => !event.currentTarget.contains(event.relatedTarget as Node) && setTyped(undefined)}
        >
          <input
            {...attributes}
            role="combobox"
            aria-expanded={isListed}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={isListed && active >= 0 && active < options.length ? `${id}-${active}` : undefined}
            autocomplete="off"
            disabled={isFixed}
            value={typed ?? chosen}
            placeholder={placeholders[isListed ? 1 : 0]}
            onClick={() => !isListed && open()}
            onKeyDown={press}
            onInput={(event) => {
              if (!isListed) onOpen();
              setTyped(event.currentTarget.value);
              setActive(0);
            }}
          />
          <ul id={`${id}-list`} ref={list} role="listbox" aria-label={label} hidden={options.length === 0}>
            {options.map(({ id: key, name, note }, index) => (
              <li
                key={key}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                // The field must not lose the keyboard before the click is heard.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose({ id: key, name })}
              >
                <span>{name}</span> {note && <small>{note}</small>}
              </li>
            ))}
          </ul>
          {isListed && options.length === 0 && note && (
            <p class="combo-note" role="status">
              {note}
            </p>
          )}
        </div>
      )}
    </Field>
  );
}
