// The language of the page: as chosen, else as the browser has it.
import { kept } from "./storage";

export type Language = "en" | "zh";

const chosen = kept<Language>("language");

/** The language in force. */
export function language(): Language {
  const known = (tag: string): Language | undefined =>
    tag.startsWith("zh") ? "zh" : tag.startsWith("en") ? "en" : undefined;
  return chosen.read() ?? navigator.languages.map(known).find((tag) => tag !== undefined) ?? "en";
}

/** Chooses a language from now on. */
export function choose(tag: Language): void {
  chosen.write(tag);
}
