// The files of the sample mini-program against each other: what the platform's tools would say, and what they do not.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Acclaim, load, makePage, root, use } from "./program.js";
import { elementsOf, expressionsIn, parse } from "./wxml.js";
import { phoneOf } from "./wx.js";

use({ phone: phoneOf("nobody", undefined), client: undefined });
globalThis.getApp = () => ({ client: new Acclaim({ origin: "http://nowhere.example" }) });

const json = (name) => JSON.parse(readFileSync(join(root, name), "utf8"));
const app = json("app.json");
const pages = app.pages.map((path) => path.split("/").at(-1));
const tabs = app.tabBar.list.map(({ pagePath }) => `/${pagePath}`);
const styles = readFileSync(join(root, "app.wxss"), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
const parts = parse(join(root, "parts/parts.wxml"));
const markup = (name) => parse(join(root, "pages", name, `${name}.wxml`));

/** The attributes that the platform's documentation gives its components, as far as they are used here. */
const anywhere = ["class", "aria-label", "aria-role", "bindtap", "wx:if", "wx:elif", "wx:else", "wx:for", "wx:key"];
const components = {
  view: [],
  text: [],
  block: [],
  import: ["src"],
  template: ["name", "is", "data"],
  image: ["src", "mode", "lazy-load"],
  video: ["src", "title"],
  button: ["disabled", "loading", "open-type"],
  input: ["type", "value", "maxlength", "focus", "confirm-type", "placeholder", "placeholder-class", "bindinput"],
  navigator: ["url", "open-type"],
  "scroll-view": ["scroll-x", "enable-flex"],
  "rich-text": ["nodes", "space", "user-select"],
};
const openTypes = { button: ["share"], navigator: ["switchTab", "redirect"] };

/** The names that an expression takes from its page or template. */
function namesIn(expression) {
  const bare = expression.replace(/'[^']*'/g, "''").replace(/\.\s*[a-z]\w*/gi, "").replace(/[a-z]\w*\s*:(?!:)/gi, (key, at, all) =>
    // The middle of a choice is no key.
    /\?[^:,{]*$/.test(all.slice(0, at)) ? key : "",
  );
  return new Set([...bare.matchAll(/(?<![\w.])[a-z_]\w*/gi)].map(([name]) => name).filter((name) => !["true", "false", "null"].includes(name)));
}

const expressionsOf = ({ attributes, children }) => [
  ...Object.values(attributes).flatMap(expressionsIn),
  ...children.filter((child) => typeof child === "string").flatMap(expressionsIn),
];

/** Calls `visit` with each element and the names that a `wx:for` around it gives. */
function walk(nodes, visit, given = []) {
  for (const node of nodes) {
    if (typeof node === "string") continue;
    const inner = "wx:for" in node.attributes ? [...given, "item", "index"] : given;
    visit(node, inner);
    walk(node.children, visit, inner);
  }
}

const templatesUsed = (nodes) => [...elementsOf(nodes)].filter(({ attributes }) => attributes.is);
const handlersOf = (nodes) =>
  [...elementsOf(nodes)].flatMap(({ attributes }) => Object.entries(attributes).filter(([name]) => name.startsWith("bind")).map(([, value]) => value));
const templateNamed = (name) => parts.find(({ attributes }) => attributes.name === name);
const everything = [...pages.map(markup), parts];

test("a page has its files, and the tabs, colours and texts of the program are where it looks for them", () => {
  for (const path of app.pages) for (const end of ["js", "json", "wxml"]) assert.ok(existsSync(join(root, `${path}.${end}`)), `${path}.${end}`);
  for (const tab of tabs) assert.ok(app.pages.includes(tab.slice(1)), tab);
  assert.equal(app.darkmode, true);
  const theme = json(app.themeLocation);
  const asked = [...JSON.stringify(app).matchAll(/"@(\w+)"/g)].map(([, name]) => name);
  for (const shade of ["light", "dark"]) assert.deepEqual(Object.keys(theme[shade]).sort(), [...new Set(asked)].sort());
  const { textsOf } = load("lib/texts.js");
  assert.deepEqual(app.tabBar.list.map(({ text }) => text), textsOf("zh-CN").words.tabs);
});

test("markup is made of the platform's components and their attributes", () => {
  for (const { tag, attributes } of everything.flatMap((nodes) => [...elementsOf(nodes)])) {
    assert.ok(components[tag], `<${tag}>`);
    const known = [...anywhere, ...components[tag]];
    for (const name of Object.keys(attributes)) assert.ok(known.includes(name) || name.startsWith("data-"), `<${tag} ${name}>`);
    const type = attributes["open-type"];
    if (type) assert.ok(openTypes[tag].includes(type), `<${tag} open-type="${type}">`);
    if ("wx:for" in attributes) assert.ok(attributes["wx:key"], `a <${tag} wx:for> without wx:key`);
    if (attributes.src && tag === "import") assert.equal(attributes.src, "../../parts/parts.wxml");
  }
});

test("links lead to pages: those of the tab bar by switchTab, others not", () => {
  const urls = everything.flatMap((nodes) => [...elementsOf(nodes)]).filter(({ tag }) => tag === "navigator");
  for (const { attributes } of urls) {
    const { url } = attributes;
    // Addresses from data are those of stories and of tabs that a page names.
    if (url.startsWith("{{")) continue;
    const path = url.split("?")[0];
    assert.ok(app.pages.includes(path.slice(1)), url);
    assert.equal(attributes["open-type"] === "switchTab", tabs.includes(path), url);
  }
});

for (const name of pages) {
  test(`${name}: each binding names data or a handler that the page has`, () => {
    const page = makePage(name);
    const nodes = markup(name);
    const used = new Set();
    walk(nodes, (node, given) => {
      for (const expression of expressionsOf(node)) {
        for (const wanted of namesIn(expression)) {
          used.add(wanted);
          assert.ok(wanted in page.data || given.includes(wanted), `{{${expression}}} needs ${wanted}`);
        }
      }
    });
    const handlers = [...handlersOf(nodes), ...templatesUsed(nodes).flatMap(({ attributes }) => handlersOf(templateNamed(attributes.is).children))];
    for (const handler of handlers) assert.equal(typeof page[handler], "function", handler);
    // And the other way round: what is shown nowhere is not in the data, and what nothing calls is no handler.
    for (const key of Object.keys(page.data)) assert.ok(used.has(key), `data.${key} is shown nowhere`);
    const platforms = ["onLoad", "onShow", "onHide", "onUnload", "onPullDownRefresh", "onReachBottom", "onPageScroll", "onShareAppMessage"];
    for (const key of Object.keys(page).filter((key) => /^on[A-Z]/.test(key))) {
      assert.ok(platforms.includes(key) || handlers.includes(key), `${key} is called by nothing`);
    }
  });
}

test("a template is given what it shows, and no more", () => {
  for (const use of everything.flatMap(templatesUsed)) {
    const template = templateNamed(use.attributes.is);
    assert.ok(template, use.attributes.is);
    const given = new Set(
      expressionsIn(use.attributes.data)[0]
        .replace(/'[^']*'/g, "''")
        .split(",")
        .map((part) => part.split(":")[0].trim()),
    );
    const wanted = new Set();
    walk(template.children, (node, items) => {
      for (const name of expressionsOf(node).flatMap((expression) => [...namesIn(expression)])) if (!items.includes(name)) wanted.add(name);
    });
    assert.deepEqual([...given].sort(), [...wanted].sort(), use.attributes.is);
  }
});

test("each word is shown in both languages, and each that is asked for is there", () => {
  const { textsOf } = load("lib/texts.js");
  const chinese = textsOf("zh-CN");
  const english = textsOf("en");
  const keys = (value) =>
    typeof value === "object" ? Object.entries(value).map(([key, inner]) => [key, keys(inner)]).sort(([a], [b]) => (a < b ? -1 : 1)) : typeof value;
  assert.deepEqual(keys(english), keys(chinese));
  const sources = [
    ...pages.flatMap((name) => ["js", "wxml"].map((end) => `pages/${name}/${name}.${end}`)),
    ...["parts/parts.wxml", "lib/page.js", "lib/vote.js", "lib/clock.js", "lib/ranking.js", "lib/story.js", "app.js"],
  ].map((name) => readFileSync(join(root, name), "utf8"));
  const asked = new Set(sources.flatMap((source) => [...source.matchAll(/\b(?:t|words)\.([a-zA-Z]+)/g)].map(([, word]) => word)));
  for (const word of asked) assert.ok(word in chinese.words, word);
  for (const word of Object.keys(chinese.words)) assert.ok(asked.has(word), `${word} is shown nowhere`);
  for (const source of sources) assert.doesNotMatch(source.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, ""), /[\u4e00-\u9fff]/, "words stand in texts.js");
  const isChinese = (value) => (typeof value === "object" ? Object.values(value).some(isChinese) : /[\u4e00-\u9fff]/.test(String(value)));
  assert.ok(!isChinese(english));
});

test("styles: classes and tokens are defined and used, and dark has no token of its own", () => {
  assert.equal(styles.split("{").length, styles.split("}").length);
  assert.doesNotMatch(styles, /\d(rem|vw|vh)\b|(?<![\w-])\d+px/, "sizes are in rpx");
  const defined = new Set([...styles.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name));
  const used = new Set(["placeholder", ..."p h1 h2 h3 blockquote ul ol a img figure figcaption hr".split(" ").map((tag) => `s-${tag}`)]);
  const { textsOf } = load("lib/texts.js");
  const ends = { "ballot-": Object.keys(textsOf("zh-CN").words.states), "tone-": ["0", "1", "2", "3", "4", "5"], "medal-": ["1", "2", "3"] };
  ends["mark-"] = ends["ballot-"];
  for (const { attributes } of everything.flatMap((nodes) => [...elementsOf(nodes)])) {
    const text = attributes.class ?? "";
    for (const [, name] of text.replace(/\{\{[\s\S]*?\}\}/g, "\u0000").matchAll(/(?<![^\s])([a-z][\w-]*)(?![^\s])/g)) used.add(name);
    for (const [, name] of text.matchAll(/'([a-z][\w-]*)'/g)) used.add(name);
    for (const [, start] of text.matchAll(/([a-z]+-)\{\{/g)) for (const end of ends[start]) used.add(start + end);
  }
  const plain = (names) => [...names].filter((name) => !/^(ballot|mark)-/.test(name)).sort();
  assert.deepEqual(plain(used).filter((name) => !defined.has(name)), [], "not defined");
  assert.deepEqual(plain(defined).filter((name) => !used.has(name)), [], "not used");
  for (const name of [...defined].filter((name) => /^(ballot|mark)-/.test(name))) assert.ok(used.has(name), name);
  const [light, dark] = [...styles.matchAll(/page \{([^}]*)\}/g)].map(([, body]) => [...body.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  for (const name of dark) assert.ok(light.includes(name), name);
  const asked = new Set([...styles.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
  for (const name of asked) assert.ok(light.includes(name) || styles.includes(`  ${name}: var(`), name);
  for (const name of light) assert.ok(asked.has(name), `${name} is not used`);
});
