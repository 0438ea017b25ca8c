// Values in the storage of a platform. Private windows and full phones store nothing: then memory must do, for as long
// as the program is open.
import type { Storage } from "./platform.js";

export interface Stored<Value> {
  read(): Value | undefined;
  write(value: Value | undefined): void;
}

/** The values that a storage did not take, by key; undefined for one that was removed. */
export type Untaken = Map<string, unknown>;

/** A value that JSON can hold. `untaken` is shared by all who use the same storage. */
export function storedValue<Value>(storage: Storage, key: string, untaken: Untaken): Stored<Value> {
  return {
    read() {
      // What is in memory goes before what is stored, which is older.
      if (untaken.has(key)) return untaken.get(key) as Value | undefined;
      try {
        return storage.read(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(value) {
      untaken.set(key, value);
      try {
        // Removed first: where nothing can be added, an old value must not come back with the next start.
        storage.remove(key);
        if (value !== undefined) storage.write(key, value);
        untaken.delete(key);
      } catch {
        // Memory has it.
      }
    },
  };
}
