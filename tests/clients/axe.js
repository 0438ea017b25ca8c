// Accessibility by axe's rules, and pages that are no wider than the screen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const script = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Expects that axe finds nothing serious on a page as it stands, and that it does not scroll sideways. */
export async function expectAccessible(page, what) {
  // Evaluated by the browser's tools: the policy of the pages would not run a script of ours.
  await page.evaluate(`globalThis.axe || (() => { ${script} })()`);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 5).map(({ html }) => html).join(" | ")}`);
  assert.deepEqual(found, [], what);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${what} is ${overflow} px too wide`);
}
