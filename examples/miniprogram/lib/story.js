// A story's text as `rich-text` takes it, and the time that reading it takes.
const { wholeAddress } = require('./page.js');

/** Characters of Chinese, and words of other languages, that are read in a minute. */
const CHARACTERS_A_MINUTE = 400;
const WORDS_A_MINUTE = 220;

/** Tags that `rich-text` does not know. */
const STAND_INS = /** @type {Record<string, string>} */ ({ figure: 'div', figcaption: 'div' });

/**
 * The HTML of the API for `rich-text`: style sheets do not reach its tags by name, so each has the class `s-` and its
 * name; figures are blocks; addresses are whole; what stands for a picture is its caption.
 * @param {string} html
 */
function richText(html) {
  return html
    .replace(/<figure>(<img [^>]*>)<\/figure>/g, (_, img) => `<figure>${img}${captionOf(img)}</figure>`)
    .replace(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g, (_, slash, name, rest) => {
      const tag = STAND_INS[name] || name;
      if (slash) return `</${tag}>`;
      const kept = rest
        .replace(/ loading="[^"]*"/, '')
        .replace(/ src="([^"]*)"/, (/** @type {string} */ _, /** @type {string} */ src) => ` src="${wholeAddress(src)}"`);
      return `<${tag} class="s-${name}"${kept}>`;
    });
}

/** @param {string} img */
function captionOf(img) {
  const alt = / alt="([^"]*)"/.exec(img);
  return alt && alt[1] ? `<figcaption>${alt[1]}</figcaption>` : '';
}

/**
 * The minutes that a text takes to read, at least one.
 * @param {string} html
 */
function readingMinutes(html) {
  const text = html.replace(/<[^>]*>/g, ' ');
  const characters = (text.match(/[\u3400-\u9fff]/g) || []).length;
  const others = (text.match(/[A-Za-z\u00c0-\u024f]+/g) || []).length;
  return Math.max(1, Math.round(characters / CHARACTERS_A_MINUTE + others / WORDS_A_MINUTE));
}

module.exports = { richText, readingMinutes };
