// What is kept of a voter: shown at the foot of the pages, and forgotten.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { expectAccessible } from "./axe.js";
import { desktop, open, phone, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const server = await startServer({ after });
const browser = await startBrowser(after);
const address = `${server.origin}/c/demo`;

/** Opens the sheet by the keyboard. */
async function openSheet(page) {
  await page.locator(".foot button").focus();
  await page.keyboard.press("Enter");
  await page.locator(".kept p:not([role])").first().waitFor();
}

describe("the sheet of what is kept", () => {
  test("says for how long to somebody who has not signed in, and closes", async (t) => {
    const { page, complaints } = await open(browser, t, address, phone);
    await openSheet(page);
    const text = await page.locator(".kept .contents").innerText();
    assert.match(text, /180 天/);
    assert.match(text, /没有在这台设备上登录/);
    assert.equal(await page.locator(".kept .danger").count(), 0);
    await expectAccessible(page, "the sheet for nobody");
    await page.keyboard.press("Escape");
    await page.locator(".sheet").waitFor({ state: "detached" });
    assert.deepEqual(complaints, []);
  });

  for (const [who, device, words] of [
    ["a phone in Chinese", phone, { votes: "1 次投票", likes: "0 次点赞", guest: "本设备（游客）", due: /已登记，将于 \d{4}年/ }],
    ["a desktop in English", desktop, { votes: "1 vote", likes: "0 likes", guest: "this device, as a guest", due: /Noted.*20\d\d/ }],
  ]) {
    test(`shows a voter its votes, and takes down that it wants to be forgotten: ${who}`, async (t) => {
      const { page, complaints } = await open(browser, t, address, device);
      const card = page.locator(".nominee").first();
      const name = await card.locator(".who strong").innerText();
      await card.locator(".act").click();
      await card.locator(".act.voted").waitFor();
      await openSheet(page);
      await page.getByText(words.guest).waitFor();
      await page.getByText(words.likes).waitFor();
      await page.locator(".kept summary", { hasText: words.votes }).click();
      assert.equal(await page.locator(".kept li span").innerText(), name);
      await expectAccessible(page, "the sheet of a voter");

      await page.locator(".kept .danger").click();
      await page.locator(".kept .ask").waitFor();
      await expectAccessible(page, "the sheet that asks back");
      await page.locator(".kept .ask button").first().click();
      await page.locator(".kept .ask").waitFor({ state: "detached" });
      await page.locator(".kept .danger").click();
      await page.locator(".kept .ask .danger").click();
      const due = page.locator(".kept .due");
      await due.waitFor();
      assert.match(await due.innerText(), words.due);
      // It is signed out: the page behind knows of no vote, and another one is a stranger's.
      await page.keyboard.press("Escape");
      await card.locator(".act.voted").waitFor({ state: "detached" });
      const left = await page.evaluate(() => Object.keys(localStorage).filter((key) => /voter|device/.test(key)));
      assert.deepEqual(left, []);
      await openSheet(page);
      assert.equal(await page.locator(".kept dl").count(), 0);
      assert.deepEqual(complaints, []);
    });
  }
});
