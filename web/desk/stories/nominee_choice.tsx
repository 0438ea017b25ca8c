// The nominee that a story is about: chosen by typing a part of the name, employer or number.
import { useEffect, useRef } from "preact/hooks";
import { useCampaign } from "../campaign";
import { type Nominee, rosterOf } from "../nominees/roster";
import { Combo, foldedText } from "../parts/combo";
import { explain } from "../parts/states";
import { t } from "../texts";
import { s } from "./texts";

const shownMax = 50;
/** Nominees come and are renamed: a list that is older is read again. */
const freshMs = 60_000;
/** Stands for no nominee: no id is empty. */
const nobody = "";

function matches({ number, name, employer }: Nominee, words: readonly string[]): boolean {
  const text = foldedText(`${number} ${name} ${employer}`);
  return words.every((word) => text.includes(word));
}

interface NomineeChoiceProps {
  value: string | null;
  /** Its name as far as the story knows it, until the list is there. */
  known: { id: string; number: number; name: string } | null | undefined;
  error: string | undefined;
  isFixed: boolean;
  onChange: (id: string | null) => void;
}

/** The choice of a nominee. */
export function NomineeChoice({ value, known, error, isFixed, onChange }: NomineeChoiceProps) {
  const roster = rosterOf(useCampaign().id);
  roster.changed.use();
  const readMs = useRef(-Infinity);
  const load = () => {
    if (performance.now() - readMs.current < freshMs && roster.error === undefined) return;
    readMs.current = performance.now();
    void roster.readNow();
  };
  useEffect(() => {
    if (value !== null && value !== known?.id) load();
  }, [value]);
  const chosen = value === null ? undefined : (roster.find(value) ?? (known?.id === value ? known : undefined));
  const find = (words: readonly string[]) => {
    const found = roster.nodes.filter((one) => matches(one, words)).slice(0, shownMax);
    const options = found.map(({ id, number, name, employer }) => ({ id, name: s().nominee(number, name), note: employer }));
    return words.length === 0 ? [{ id: nobody, name: s().campaignsOwn }, ...options] : options;
  };
  return (
    <Combo
      label={s().person}
      error={error ?? (roster.error === undefined ? undefined : explain(roster.error))}
      isFixed={isFixed}
      chosen={chosen ? s().nominee(chosen.number, chosen.name) : ""}
      placeholders={[s().campaignsOwn, s().findNominee]}
      find={find}
      note={roster.isComplete ? s().noNominee : t().loading}
      onOpen={load}
      onChoose={(id) => onChange(id === nobody ? null : id)}
    />
  );
}
