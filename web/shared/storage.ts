// Values in the browser's storage. Private windows and some web views store nothing, some without a word: then memory
// must do, for as long as the page is open.

/** The texts that the storage did not take, by key; undefined for a value that was removed. */
const untaken = new Map<string, string | undefined>();

/** A value that JSON can hold, stored under `name` in the browser's `area`. */
export function storedValue<Value>(name: string, area: () => Storage = () => localStorage) {
  const key = `acclaim.${name}`;
  const readText = () => (untaken.has(key) ? untaken.get(key) : (area().getItem(key) ?? undefined));
  return {
    read(): Value | undefined {
      try {
        const text = readText();
        return text === undefined ? undefined : (JSON.parse(text) as Value);
      } catch {
        return undefined;
      }
    },
    write(value: Value | undefined): void {
      const text = value === undefined ? undefined : JSON.stringify(value);
      // What is in memory goes before what is stored, which is older.
      untaken.set(key, text);
      try {
        // Removed first: where nothing can be added, an old value must not come back with the next page.
        area().removeItem(key);
        if (text !== undefined) area().setItem(key, text);
        if ((area().getItem(key) ?? undefined) === text) untaken.delete(key);
      } catch {
        // There is no storage: memory has it.
      }
    },
  };
}
