// The nominee that a story is about: chosen by typing a part of the name, employer or number.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { Field } from "../parts/form";
import { explain } from "../parts/states";
import { staff } from "../session";
import { t } from "../texts";
import { ListNominees, type ListNomineesQuery } from "./operations";
import { s } from "./texts";

type Nominee = NonNullable<NonNullable<ListNomineesQuery["campaign"]>["desk"]>["nominees"]["nodes"][number];

const shownMax = 50;
/** Nominees come and are renamed: a list that is older is read again. */
const freshMs = 60_000;

let latest: { slug: string; readMs: number; nominees: Promise<Nominee[]> } | undefined;

/** All nominees of a campaign, as they were a moment ago; read again after a failure. */
function rosterOf(slug: string): Promise<Nominee[]> {
  if (latest?.slug === slug && Date.now() - latest.readMs < freshMs) return latest.nominees;
  const made = { slug, readMs: Date.now(), nominees: readRoster(slug) };
  latest = made;
  made.nominees.catch(() => {
    if (latest === made) latest = undefined;
  });
  return made.nominees;
}

async function readRoster(slug: string): Promise<Nominee[]> {
  const found: Nominee[] = [];
  for (let after: string | null = null; ; ) {
    const answer: ListNomineesQuery = await execute(ListNominees, { slug, after }, { as: staff });
    const page = answer.campaign?.desk?.nominees;
    found.push(...(page?.nodes ?? []));
    if (!page?.pageInfo.hasNextPage) return found;
    after = page.pageInfo.endCursor;
  }
}

const folded = (text: string) => text.normalize("NFKC").toLowerCase();

function matches({ number, name, employer }: Nominee, words: string[]): boolean {
  const text = folded(`${number} ${name} ${employer}`);
  return words.every((word) => text.includes(word));
}

interface NomineeChoiceProps {
  slug: string;
  value: string | null;
  /** Its name as far as the story knows it, until the list is there. */
  known: { id: string; number: number; name: string } | null | undefined;
  error: string | undefined;
  isFixed: boolean;
  onChange: (id: string | null) => void;
}

/** The choice of a nominee. */
export function NomineeChoice({ slug, value, known, error, isFixed, onChange }: NomineeChoiceProps) {
  const [roster, setRoster] = useState<Nominee[]>([]);
  const [failure, setFailure] = useState<string>();
  const [typed, setTyped] = useState<string>();
  // None until a key or a letter has chosen one: Enter alone must not change what is there.
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const load = () => {
    setFailure(undefined);
    rosterOf(slug).then(setRoster, (reason) => setFailure(explain(reason)));
  };
  useEffect(() => {
    if (value !== null && value !== known?.id) load();
  }, [value]);
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [active, typed]);
  const chosen = roster.find((one) => one.id === value) ?? (known?.id === value ? known : undefined);
  const name = chosen ? s().nominee(chosen.number, chosen.name) : "";
  const words = folded(typed ?? "").split(/\s+/).filter(Boolean);
  const found = roster.filter((one) => matches(one, words)).slice(0, shownMax);
  const options: (Nominee | null)[] = words.length === 0 ? [null, ...found] : found;
  const isListed = typed !== undefined;
  const choose = (option: Nominee | null | undefined) => {
    if (option !== undefined) onChange(option?.id ?? null);
    setTyped(undefined);
  };
  const open = () => {
    load();
    setTyped("");
    setActive(-1);
  };
  const press = (event: KeyboardEvent) => {
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
  const isNobody = isListed && options.length === 0 && roster.length > 0;
  const isLoading = isListed && roster.length === 0 && !failure;
  return (
    <Field label={s().person} error={error ?? failure}>
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
            value={typed ?? name}
            placeholder={isListed ? s().findNominee : s().campaignsOwn}
            onClick={() => !isListed && open()}
            onKeyDown={press}
            onInput={(event) => {
              if (!isListed) load();
              setTyped(event.currentTarget.value);
              setActive(0);
            }}
          />
          <ul id={`${id}-list`} ref={list} role="listbox" aria-label={s().person} hidden={!isListed || options.length === 0}>
            {options.map((option, index) => (
              <li
                key={option?.id ?? "none"}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                // The field must not lose the keyboard before the click is heard.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose(option)}
              >
                {option ? (
                  <>
                    <span>{s().nominee(option.number, option.name)}</span> <small>{option.employer}</small>
                  </>
                ) : (
                  s().campaignsOwn
                )}
              </li>
            ))}
          </ul>
          {(isNobody || isLoading) && (
            <p class="combo-note" role="status">
              {isNobody ? s().noNominee : t().loading}
            </p>
          )}
        </div>
      )}
    </Field>
  );
}
