// What a browser keeps for a page. Private windows and some web views keep nothing: then memory must do.

const memory = new Map<string, string>();

/** A value that JSON can hold, kept under `name` in the browser's `area`. */
export function kept<Value>(name: string, area: () => Storage = () => localStorage) {
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
