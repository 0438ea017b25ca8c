// What is being edited: kept through a reload and a session's end, and put together with what somebody else has saved
// meanwhile, so that nothing is lost.
import { useEffect, useState } from "preact/hooks";
import { storedValue } from "../../shared/storage";

type Fields = Record<string, unknown>;

interface Kept<Of extends Fields> {
  /** The object as it was when the editing began. */
  base: Of;
  revision: number;
  fields: Of;
}

/** An object that is being edited. */
export interface Draft<Of extends Fields> {
  /** The fields as they stand here. */
  fields: Of;
  /** The revision that the next save rests on. */
  revision: number;
  /** The fields that differ from the object's, with their values here. */
  changes: Partial<Of>;
  isChanged: boolean;
  /** Whether it was found from before: a reload, or a session that had ended. */
  isFound: boolean;
  /** The fields that were changed here and elsewhere, each with the value elsewhere. */
  conflicts: Partial<Of>;
  set(change: Partial<Of>): void;
  /** Chooses the value of a field in conflict. */
  resolve(field: keyof Of, value: Of[keyof Of]): void;
  /** Takes over the object as it was saved; what was typed since `sent` went out stays changed. */
  saved(sent: Partial<Of>, object: Of, revision: number): void;
  /** Forgets the changes: after saving, or because they are not wanted. */
  discard(): void;
}

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * The draft of an object, kept under `key` as long as the window is open. `current` is the object as it was read last
 * (all fields that are edited) at `revision`; where that moves while something was changed here, what only one side has
 * changed is taken over, and the rest are conflicts.
 */
export function useDraft<Of extends Fields>(key: string, current: Of, revision: number): Draft<Of> {
  const store = storedValue<Kept<Of>>(`draft.${key}`, () => sessionStorage);
  const [state, setState] = useState(() => {
    const kept = store.read();
    return { kept: kept ?? { base: current, revision, fields: current }, isFound: kept !== undefined };
  });
  const [unresolved, setUnresolved] = useState<(keyof Of)[]>([]);
  const { kept } = state;
  const keep = (next: Kept<Of>) => {
    const isSame = isEqual(next.fields, next.base);
    store.write(isSame ? undefined : next);
    setState({ kept: next, isFound: state.isFound && !isSame });
  };
  useEffect(() => {
    if (revision === kept.revision && isEqual(current, kept.base)) return;
    const names = Object.keys(current) as (keyof Of)[];
    const isMine = (name: keyof Of) => !isEqual(kept.fields[name], kept.base[name]);
    const isTheirs = (name: keyof Of) => !isEqual(current[name], kept.base[name]);
    const both = names.filter((name) => isMine(name) && isTheirs(name) && !isEqual(kept.fields[name], current[name]));
    const fields = { ...current };
    for (const name of names) if (isMine(name)) fields[name] = kept.fields[name];
    setUnresolved((before) => [...new Set([...before, ...both])].filter((name) => isMine(name)));
    keep({ base: current, revision, fields });
  }, [revision, JSON.stringify(current)]);
  const changed = (Object.keys(kept.fields) as (keyof Of)[]).filter((name) => !isEqual(kept.fields[name], kept.base[name]));
  const pick = (names: (keyof Of)[], from: Of) => Object.fromEntries(names.map((name) => [name, from[name]])) as Partial<Of>;
  return {
    fields: kept.fields,
    revision: kept.revision,
    changes: pick(changed, kept.fields),
    isChanged: changed.length > 0,
    isFound: state.isFound,
    conflicts: pick(unresolved, kept.base),
    set: (change) => keep({ ...kept, fields: { ...kept.fields, ...change } }),
    resolve: (field, value) => {
      setUnresolved(unresolved.filter((name) => name !== field));
      keep({ ...kept, fields: { ...kept.fields, [field]: value } });
    },
    saved: (sent, object, revision) =>
      setState(({ kept: { fields: latest } }) => {
        const names = Object.keys(object) as (keyof Of)[];
        const isLater = (name: keyof Of) => name in sent && !isEqual(latest[name], sent[name]);
        const fields = { ...object };
        for (const name of names) if (isLater(name)) fields[name] = latest[name];
        const next = { base: object, revision, fields };
        store.write(isEqual(fields, object) ? undefined : next);
        return { kept: next, isFound: false };
      }),
    discard: () => {
      store.write(undefined);
      setUnresolved([]);
      setState({ kept: { base: current, revision, fields: current }, isFound: false });
    },
  };
}
