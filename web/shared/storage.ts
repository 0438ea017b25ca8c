// Values in the browser's storage. Private windows and some web views store nothing: then memory must do.

const memory = new Map<string, string>();

/** A value that JSON can hold, stored under `name` in the browser's `area`. */
export function storedValue<Value>(name: string, area: () => Storage = () => localStorage) {
  const key = `acclaim.${name}`;
  return {
    read(): Value | undefined {
      try {
        const text = area().getItem(key) ?? memory.get(key);
        return text === undefined ? undefined : (JSON.parse(text) as Value);
      } catch {
        return undefined;
      }
    },
    write(value: Value | undefined): void {
      const text = value === undefined ? undefined : JSON.stringify(value);
      try {
        if (text === undefined) area().removeItem(key);
        else area().setItem(key, text);
      } catch {
        if (text === undefined) memory.delete(key);
        else memory.set(key, text);
      }
    },
  };
}
