// What is being edited: kept through a reload and a session's end, and put together with what somebody else has saved
// meanwhile, so that nothing is lost.
import { useEffect, useRef, useState } from "preact/hooks";
import { storedValue } from "../../shared/storage";

type Fields = Record<string, unknown>;

interface Kept<Of extends Fields> {
  /** The object as it was when the editing began. */
  base: Of;
  revision: number;
  fields: Of;
  /** The fields in conflict, of which none was chosen yet. */
  unresolved?: (keyof Of)[];
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
  /**
   * Takes over the object as it was saved; what was typed since `sent` went out stays changed. Gives these fields, so
   * that a sheet is closed only where there are none.
   */
  saved(sent: Partial<Of>, object: Of, revision: number): Partial<Of>;
  /** Forgets the changes: after saving, or because they are not wanted. */
  discard(): void;
}

/** The member whose drafts this window has. */
const owner = storedValue<string>("drafts.owner", () => sessionStorage);
/** The beginnings of the names of what somebody types or sends, and of the keys by which it is sent. */
const kinds = ["draft", "wish", "story.key", "sheet"];

/** Forgets what was being edited in this window. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (kinds.some((kind) => key.startsWith(`acclaim.${kind}.`))) sessionStorage.removeItem(key);
    }
  } catch {
    // There is no storage: what memory has goes with the page.
  }
}

/** Hands what was typed of a new object while it was being made as `object` over to the draft of what it has become. */
export function handOver<Of extends Fields>(key: string, object: Of, revision: number, typed: Of): void {
  const draft = storedValue<Kept<Of>>(`draft.${key}`, () => sessionStorage);
  draft.write({ base: object, revision, fields: typed });
}

/** Makes the drafts of this window a member's: those of another are forgotten. */
export function claimDrafts(memberId: string): void {
  if (owner.read() !== memberId) forgetDrafts();
  owner.write(memberId);
}

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** What was kept, with the fields that the object has now: an older page may have known others. */
function asNow<Of extends Fields>(kept: Kept<Of>, current: Of): Kept<Of> {
  const names = Object.keys(current) as (keyof Of)[];
  const pick = (from: Of) => Object.fromEntries(names.map((name) => [name, name in from ? from[name] : current[name]])) as Of;
  const unresolved = (kept.unresolved ?? []).filter((name) => names.includes(name));
  return { ...kept, base: pick(kept.base), fields: pick(kept.fields), unresolved };
}

/**
 * The draft of an object, kept under `key` as long as the window is open. `current` is the object as it was read last
 * (all fields that are edited) at `revision`; where that moves while something was changed here, what only one side has
 * changed is taken over, and the rest are conflicts.
 */
export function useDraft<Of extends Fields>(key: string, current: Of, revision: number): Draft<Of> {
  const store = storedValue<Kept<Of>>(`draft.${key}`, () => sessionStorage);
  const [state, setState] = useState(() => {
    const kept = store.read();
    return { kept: kept ? asNow(kept, current) : { base: current, revision, fields: current }, isFound: kept !== undefined };
  });
  const { kept } = state;
  // Several changes may come between two drawings, and after an answer that was waited for.
  const latest = useRef(kept);
  const given = useRef({ current, revision });
  given.current = { current, revision };
  const keep = (next: Kept<Of>) => {
    const isSame = isEqual(next.fields, next.base);
    store.write(isSame ? undefined : next);
    latest.current = next;
    setState(({ isFound }) => ({ kept: next, isFound: isFound && !isSame }));
  };
  useEffect(() => {
    const kept = latest.current;
    if (revision === kept.revision && isEqual(current, kept.base)) return;
    const names = Object.keys(current) as (keyof Of)[];
    const isMine = (name: keyof Of) => !isEqual(kept.fields[name], kept.base[name]);
    const isTheirs = (name: keyof Of) => !isEqual(current[name], kept.base[name]);
    const both = names.filter((name) => isMine(name) && isTheirs(name) && !isEqual(kept.fields[name], current[name]));
    const fields = { ...current };
    for (const name of names) if (isMine(name)) fields[name] = kept.fields[name];
    const unresolved = [...new Set([...(kept.unresolved ?? []), ...both])].filter(isMine);
    keep({ base: current, revision, fields, unresolved });
  }, [revision, JSON.stringify(current)]);
  const changed = (Object.keys(kept.fields) as (keyof Of)[]).filter((name) => !isEqual(kept.fields[name], kept.base[name]));
  const pick = (names: (keyof Of)[], from: Of) => Object.fromEntries(names.map((name) => [name, from[name]])) as Partial<Of>;
  return {
    fields: kept.fields,
    revision: kept.revision,
    changes: pick(changed, kept.fields),
    isChanged: changed.length > 0,
    isFound: state.isFound,
    conflicts: pick(changed.filter((name) => kept.unresolved?.includes(name)), kept.base),
    set: (change) => keep({ ...latest.current, fields: { ...latest.current.fields, ...change } }),
    resolve: (field, value) => {
      const { fields, unresolved = [] } = latest.current;
      keep({ ...latest.current, fields: { ...fields, [field]: value }, unresolved: unresolved.filter((name) => name !== field) });
    },
    saved: (sent, object, revision) => {
      const { base, fields: typed } = latest.current;
      // A field that was not sent, too, may have been typed in since.
      const stood = { ...base, ...sent };
      const fields = { ...object };
      const left = (Object.keys(object) as (keyof Of)[]).filter((name) => !isEqual(typed[name], stood[name]));
      for (const name of left) fields[name] = typed[name];
      keep({ base: object, revision, fields });
      setState(({ kept }) => ({ kept, isFound: false }));
      return pick(left, fields);
    },
    discard: () => {
      const { current, revision } = given.current;
      keep({ base: current, revision, fields: current });
      setState(({ kept }) => ({ kept, isFound: false }));
    },
  };
}
