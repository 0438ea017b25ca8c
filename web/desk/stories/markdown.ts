// Edits of a text in Markdown, as the tool bar makes them: what is replaced by what, and what is selected then.

/** A part of a text; an empty one is the cursor. */
export interface Span {
  start: number;
  end: number;
}

/** A replacement of a part of a text. */
export interface Replacement extends Span {
  text: string;
  /** What is selected in the new text. */
  selection: Span;
}

const linkPlace = "https://";

/** Puts marks around what is selected, or takes them away. */
function around(text: string, { start, end }: Span, mark: string): Replacement {
  const inside = text.slice(start, end);
  const size = mark.length;
  if (text.slice(start - size, start) === mark && text.slice(end, end + size) === mark) {
    return { start: start - size, end: end + size, text: inside, selection: { start: start - size, end: end - size } };
  }
  return { start, end, text: mark + inside + mark, selection: { start: start + size, end: end + size } };
}

/** Puts a mark before every line that is selected, or takes it away where all have it. */
function before(text: string, { start, end }: Span, mark: string): Replacement {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", end);
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split("\n");
  const areMarked = lines.every((line) => line.startsWith(mark));
  const changed = lines.map((line) => (areMarked ? line.slice(mark.length) : mark + line)).join("\n");
  return { start: from, end: to, text: changed, selection: { start: from + changed.length, end: from + changed.length } };
}

function link(text: string, { start, end }: Span): Replacement {
  const inside = text.slice(start, end);
  const place = start + inside.length + 3;
  const address = { start: place, end: place + linkPlace.length };
  const selection = inside ? address : { start: start + 1, end: start + 1 };
  return { start, end, text: `[${inside}](${linkPlace})`, selection };
}

/** The tools of the bar that change the text alone. */
export const tools = {
  bold: (text: string, span: Span) => around(text, span, "**"),
  heading: (text: string, span: Span) => before(text, span, "## "),
  quote: (text: string, span: Span) => before(text, span, "> "),
  list: (text: string, span: Span) => before(text, span, "- "),
  link,
};

export type Tool = keyof typeof tools;

/** A picture in Markdown; brackets would end its title. */
export const pictureText = (title: string, path: string) => `![${title.replace(/[[\]\s]+/g, " ").trim()}](${path})`;

/** A text as a block of its own at the cursor: blank lines before and after it where there is text. */
export function asBlock(text: string, { start, end }: Span, block: string): string {
  const above = text.slice(0, start).trimEnd() === "" ? "" : "\n".repeat(Math.max(0, 2 - trailing(text.slice(0, start))));
  const below = text.slice(end).trimStart() === "" ? "\n" : "\n".repeat(Math.max(0, 2 - leading(text.slice(end))));
  return above + block + below;
}

/** A text that was pasted: a block of its own where it has several lines or begins as a block does. */
export const pastedText = (text: string, span: Span, pasted: string) =>
  /\n|^(#|>|[-*] |\d+\. )/.test(pasted.trim()) ? asBlock(text, span, pasted.trim()) : pasted.trim();

const trailing = (text: string) => /\n*$/.exec(text)![0].length;
const leading = (text: string) => /^\n*/.exec(text)![0].length;

/** The text without the pictures at an address. */
export function withoutPicture(text: string, path: string): string {
  const address = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`!\\[[^\\]\\n]*\\]\\(${address}\\)\\n{0,2}`, "g"), "");
}

/** The minutes that reading takes: 400 Chinese characters or 220 words each. */
export function minutesToRead(text: string): number {
  const characters = text.match(/[\u3400-\u9fff]/g)?.length ?? 0;
  const words = text.replace(/[\u3400-\u9fff]/g, " ").match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  return Math.max(1, Math.round(characters / 400 + words / 220));
}

/** The lines of a text that are not another's, with one that both have before and after. */
export function linesApart(text: string, other: string): string {
  const [lines, others] = [text.split("\n"), other.split("\n")];
  const most = Math.min(lines.length, others.length);
  let above = 0;
  while (above < most && lines[above] === others[above]) above++;
  let below = 0;
  while (below < most - above && lines.at(-1 - below) === others.at(-1 - below)) below++;
  const [from, to] = [Math.max(0, above - 1), Math.min(lines.length, lines.length - below + 1)];
  return [from > 0 && "…", ...lines.slice(from, to), to < lines.length && "…"].filter((line) => line !== false).join("\n");
}
