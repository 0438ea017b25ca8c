// Accessibility of the pages: axe's rules on every view, light and dark, and targets that a thumb hits.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { listStories } from "./api.js";
import { expectAccessible } from "./axe.js";
import { desktop, open, phone, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const server = await startServer({ after });
const browser = await startBrowser(after);
const [story] = await listStories(server);

const views = [
  ["the voting page", "", ".nominee"],
  ["a nominee", "/n/1", ".person"],
  ["the stories", "/stories", ".feed .card"],
  ["a story", `/stories/${story}`, ".actions"],
  ["the board", "/board", ".board [data-number]"],
];

for (const [name, device] of [
  ["a phone", phone],
  ["a desktop", desktop],
  ["a dark phone", { ...phone, colorScheme: "dark" }],
]) {
  describe(`on ${name}`, () => {
    for (const [view, path, landmark] of views) {
      test(`${view} has no serious findings`, async (t) => {
        const { page } = await open(browser, t, `${server.origin}/c/demo${path}`, device);
        await page.locator(landmark).first().waitFor();
        await expectAccessible(page, view);
        const small = await page.locator("button:visible, input:visible, select:visible, nav a:visible").evaluateAll((targets) =>
          targets.filter((target) => {
            const { width, height } = target.getBoundingClientRect();
            return width < 44 || height < 44;
          }).map((target) => target.outerHTML),
        );
        assert.deepEqual(small, []);
      });
    }
  });
}
