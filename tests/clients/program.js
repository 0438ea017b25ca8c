// The pages of the sample mini-program, as the platform makes them of their files.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { elementsOf, render, textOf } from "./wxml.js";

const require = createRequire(import.meta.url);
export const root = join(import.meta.dirname, "../../examples/miniprogram");
export const { Acclaim, AcclaimError, platforms, solveChallenge, ...client } = require(join(root, "lib/acclaim.js"));
/** The documents of the client and of the program's pages. */
export const documents = { ...client.documents, ...require(join(root, "lib/documents.js")) };

/** What the tests keep over pages: the client and the documents, which take no page's `getApp()`. */
const kept = ["acclaim.js", "documents.js"].map((name) => join(root, "lib", name));

/** Loads a file of the program anew, with all that it requires but the client. */
export function load(name) {
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(root + sep) && !path.includes("node_modules") && !kept.includes(path)) delete require.cache[path];
  }
  return require(join(root, name));
}

/** Makes a phone the one whose pages are opened next. */
export function use(owner) {
  globalThis.wx = owner.phone.wx;
  globalThis.getApp = () => ({ client: owner.client });
  return owner;
}

/** A page as the platform makes it of what its file says; not opened yet. */
export function makePage(name) {
  let page;
  globalThis.Page = (definition) => (page = { ...definition, data: structuredClone(definition.data) });
  load(`pages/${name}/${name}.js`);
  page.setData = (change, done) => {
    for (const [path, value] of Object.entries(change)) {
      assert.notEqual(value, undefined, `${path}: the platform takes no undefined`);
      const names = path.split(/[.[\]]+/).filter(Boolean);
      const last = names.pop();
      // Values are copied, as the platform does; it takes no functions either.
      names.reduce((object, step) => object[step], page.data)[last] = structuredClone(value);
    }
    done?.();
  };
  const path = join(root, "pages", name, `${name}.wxml`);
  page.render = () => render(path, page.data);
  return page;
}

/** The elements that a page shows now for which `isWanted`. */
export const shown = (page, isWanted) => [...elementsOf(page.render())].filter(isWanted);

/** The text that a page shows now. */
export const read = (page) => textOf(page.render());

/** Does to an element what a finger does. */
export function tap(page, element) {
  const { attributes } = element;
  assert.ok(attributes.disabled !== true, `${textOf(element)} is disabled`);
  const data = Object.entries(attributes).filter(([name]) => name.startsWith("data-"));
  const dataset = Object.fromEntries(data.map(([name, value]) => [name.slice("data-".length), value]));
  return page[attributes.bindtap]({ currentTarget: { dataset } });
}

/** Taps the one element that calls `handler`, or the `index`th of them. */
export function tapOn(page, handler, index = 0) {
  const found = shown(page, ({ attributes }) => attributes.bindtap === handler);
  assert.ok(found[index], `nothing calls ${handler}`);
  return tap(page, found[index]);
}

/** The words of a language. */
export const wordsOf = (language) => load("lib/texts.js").textsOf(language).words;
