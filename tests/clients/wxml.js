// The platform's markup, as far as the mini-program uses it: read, and rendered with a page's data. It is stricter than
// the platform: a name that is nowhere, or a property that a thing does not have, is an error here and nothing there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const token = /<!--[\s\S]*?-->|<(\/?)([a-z][a-z-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*(\/?)>|[^<]+/g;

/** The tree of a file: elements `{ tag, attributes, children }` and texts. */
export function parse(path) {
  const source = readFileSync(path, "utf8");
  const root = { tag: "", attributes: {}, children: [] };
  const open = [root];
  let read = 0;
  for (const match of source.matchAll(token)) {
    assert.equal(match.index, read, `${path}: this is no markup: ${source.slice(read, read + 80)}`);
    read += match[0].length;
    const [text, slash, tag, list = "", isEmpty] = match;
    const inner = open.at(-1);
    if (text.startsWith("<!--")) continue;
    if (!tag) {
      if (text.trim()) inner.children.push(text);
    } else if (slash) {
      assert.equal(open.pop().tag, tag, `${path}: </${tag}> closes something else`);
    } else {
      const attributes = {};
      for (const [, name, , value = "{{true}}"] of list.matchAll(/([\w:-]+)(="([^"]*)")?/g)) attributes[name] = value;
      const element = { tag, attributes, children: [] };
      inner.children.push(element);
      if (!isEmpty) open.push(element);
    }
  }
  assert.equal(read, source.length, `${path}: this is no markup: ${source.slice(read, read + 80)}`);
  assert.equal(open.length, 1, `${path}: <${open.at(-1).tag}> is not closed`);
  return root.children;
}

/** The expressions in a text. */
export const expressionsIn = (text) => [...text.matchAll(/\{\{([\s\S]*?)\}\}/g)].map(([, expression]) => expression);

/** The elements of a tree, each before its children. */
export function* elementsOf(nodes) {
  for (const node of nodes) {
    if (typeof node === "string") continue;
    yield node;
    yield* elementsOf(node.children);
  }
}

/** The text that is read in rendered nodes. */
export const textOf = (nodes) =>
  (Array.isArray(nodes) ? nodes : [nodes]).map((node) => (typeof node === "string" ? node : textOf(node.children))).join("");

/** Renders the file of a page with its data. */
export function render(path, data) {
  const nodes = parse(path);
  const templates = new Map();
  for (const { tag, attributes } of elementsOf(nodes)) {
    if (tag !== "import") continue;
    for (const part of parse(join(dirname(path), attributes.src))) templates.set(part.attributes.name, part.children);
  }
  return renderAll(nodes, strict(data), templates);
}

function renderAll(nodes, scope, templates) {
  const rendered = [];
  let isChosen = false;
  for (const node of nodes) {
    if (typeof node === "string") {
      rendered.push(fill(node, scope).replace(/\s+/g, " "));
      continue;
    }
    const { attributes } = node;
    if ("wx:if" in attributes) isChosen = false;
    const condition = attributes["wx:if"] ?? attributes["wx:elif"];
    if (condition !== undefined || "wx:else" in attributes) {
      if (isChosen || (condition !== undefined && !evaluate(condition, scope))) continue;
      isChosen = true;
    }
    const list = attributes["wx:for"];
    if (list === undefined) rendered.push(...renderOne(node, scope, templates));
    else {
      for (const [index, item] of (evaluate(list, scope) ?? []).entries()) {
        rendered.push(...renderOne(node, { ...own(scope), item: strict(item), index }, templates));
      }
    }
  }
  return rendered;
}

function renderOne({ tag, attributes, children }, scope, templates) {
  if (tag === "import") return [];
  if (tag === "block") return renderAll(children, scope, templates);
  if (tag === "template") {
    const part = templates.get(attributes.is);
    assert.ok(part, `no template ${attributes.is}`);
    const given = evaluate(attributes.data.replace(/^\{\{([\s\S]*)\}\}$/, "{{({$1})}}"), scope);
    return renderAll(part, strict(given), templates);
  }
  const filled = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (!name.startsWith("wx:")) filled[name] = /^\{\{[^}]*\}\}$/.test(value) ? evaluate(value, scope) : fill(value, scope);
  }
  return [{ tag, attributes: filled, children: renderAll(children, scope, templates) }];
}

const fill = (text, scope) => text.replace(/\{\{[\s\S]*?\}\}/g, (part) => String(evaluate(part, scope)));

function evaluate(text, scope) {
  // A property of nothing is nothing.
  const expression = expressionsIn(text)[0].replace(/(?<=[\w\])])\.(?=[a-z])/gi, "?.");
  const names = new Proxy(own(scope), {
    has: () => true,
    get: (target, name) => {
      if (name === Symbol.unscopables) return undefined;
      assert.ok(name in target, `nothing is named ${String(name)} in {{${expression}}}`);
      return target[name];
    },
  });
  return new Function("names", `with (names) { return (${expression}); }`)(names);
}

const originals = new WeakMap();
const own = (scope) => originals.get(scope) ?? scope;

/** A value whose missing properties are errors. */
function strict(value) {
  if (typeof value !== "object" || value === null || originals.has(value)) return value;
  const guarded = new Proxy(value, {
    get: (target, name) => {
      assert.ok(typeof name === "symbol" || name in target, `there is no ${String(name)} in ${JSON.stringify(target).slice(0, 200)}`);
      return strict(target[name]);
    },
  });
  originals.set(guarded, value);
  return guarded;
}
