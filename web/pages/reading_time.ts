// The time that a text takes to read.

/** Characters of Chinese, and words of other languages, that people read in a minute. */
const charactersAMinute = 400;
const wordsAMinute = 220;

/** Minutes to read a text in HTML, at least one. */
export function minutesToRead(html: string): number {
  const text = html.replace(/<[^>]*>|&\w+;/g, " ");
  const characters = text.match(/[\u3400-\u9fff]/g)?.length ?? 0;
  const words = text.match(/[\p{L}\p{N}]+/gu)?.filter((word) => !/[\u3400-\u9fff]/.test(word)).length ?? 0;
  return Math.max(1, Math.round(characters / charactersAMinute + words / wordsAMinute));
}
