// The language of the page: as chosen, else as the browser has it.
import { storedValue } from "./storage";

export type Language = "en" | "zh";

const chosen = storedValue<Language>("language");

// Asked for with every text, so the storage is not.
let current: Language | undefined;

/** The language in force. */
export function language(): Language {
  const supported = (tag: string): Language | undefined =>
    tag.startsWith("zh") ? "zh" : tag.startsWith("en") ? "en" : undefined;
  current ??= chosen.read() ?? navigator.languages.map(supported).find((tag) => tag !== undefined) ?? "en";
  return current;
}

/** Chooses a language from now on. */
export function chooseLanguage(tag: Language): void {
  current = tag;
  chosen.write(tag);
}
