// Which portrait belongs to which nominee, by the name of its file.
import { type Nominee, folded } from "./roster";

/** How the nominee of a file was found, or why none was. */
export type Finding = "number" | "name" | "both" | "none" | "unclear" | "apart";

export interface Match {
  nominee: Nominee | undefined;
  finding: Finding;
}

const chinese = /\p{Script=Han}/u;

/** What in a file's name is neither number nor name: separators, and the marks of copies. */
const bare = (text: string) => folded(text.replace(/\(\d+\)|（\d+）|副本|copy/giu, "").replace(/[\s_\-.·,，、()（）#]+/gu, ""));

/** The number that a file's name begins with or is marked by, such as 037, No.37 or 37号. */
function numberIn(stem: string): number | undefined {
  const found = /^\s*(?:no\.?|nr\.?|#|第)?\s*0*(\d{1,6})(?!\d)/iu.exec(stem) ?? /(?:no\.?|#)\s*0*(\d{1,6})(?!\d)/iu.exec(stem);
  return found ? Number(found[1]) : undefined;
}

/** The nominees of a campaign by their names and numbers. */
export class NameIndex {
  readonly #byNumber = new Map<number, Nominee>();
  readonly #byName = new Map<string, Nominee[]>();

  constructor(nominees: readonly Nominee[]) {
    for (const nominee of nominees) {
      this.#byNumber.set(nominee.number, nominee);
      const name = bare(nominee.name);
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), nominee]);
    }
  }

  /** The nominee of a file. */
  match(fileName: string): Match {
    const stem = fileName.normalize("NFKC").replace(/\.[^.]+$/u, "");
    const number = numberIn(stem);
    const numbered = number === undefined ? undefined : this.#byNumber.get(number);
    const named = this.#named(stem);
    if (numbered && named.includes(numbered)) return { nominee: numbered, finding: "both" };
    const [only, ...others] = named;
    if (only && numbered) return { nominee: undefined, finding: "apart" };
    if (only && others.length > 0) return { nominee: undefined, finding: "unclear" };
    if (only) return { nominee: only, finding: "name" };
    return numbered ? { nominee: numbered, finding: "number" } : { nominee: undefined, finding: "none" };
  }

  /** The nominees whose name a file has: all of it, or Chinese within it, of which the longest counts. */
  #named(stem: string): Nominee[] {
    const text = bare(stem);
    const whole = this.#byName.get(text) ?? this.#byName.get(text.replace(/^(?:no|第)?\d+号?|\d+$/gu, ""));
    if (whole) return whole;
    let longest = "";
    for (const name of this.#byName.keys()) {
      if (name.length > Math.max(1, longest.length) && chinese.test(name) && text.includes(name)) longest = name;
    }
    return this.#byName.get(longest) ?? [];
  }

  /** The nominee that somebody has typed: a number, a number and a name, or a name that is one nominee's alone. */
  typed(text: string): Nominee | undefined {
    const { nominee } = this.match(`${text}.jpg`);
    return nominee;
  }
}
