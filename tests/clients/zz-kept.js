import { desktop, open, phone, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
const endings = []; const context = { after: (e) => endings.push(e) };
const server = await startServer(context);
const browser = await startBrowser((e) => endings.unshift(e));
const shot = (page, name) => page.screenshot({ path: `/tmp/kept-${name}.png` });
try {
  for (const [name, device, scheme] of [["phone", phone, "light"], ["desktop", desktop, "dark"]]) {
    const { page, complaints } = await open(browser, context, `${server.origin}/c/demo`, { ...device, colorScheme: scheme });
    await page.locator(".nominee .act").first().waitFor();
    await page.locator(".foot").scrollIntoViewIfNeeded(); await page.evaluate(() => scrollTo(0, document.body.scrollHeight)); await page.waitForTimeout(1200);
    await shot(page, name + "-foot");
    await page.locator(".foot button").click(); await page.locator(".kept p").first().waitFor(); await page.waitForTimeout(600);
    await shot(page, name + "-nobody");
    await page.keyboard.press("Escape");
    await page.evaluate(() => scrollTo(0, 0));
    await page.locator(".nominee .act").first().click();
    await page.locator(".toast").first().waitFor();
    await page.locator(".nominee .act").nth(1).click(); await page.waitForTimeout(800);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight)); await page.waitForTimeout(500);
    await page.locator(".foot button").click(); await page.locator(".kept dl").waitFor(); await page.waitForTimeout(600);
    await shot(page, name + "-voter");
    await page.locator(".kept summary").first().click(); await page.waitForTimeout(300); await shot(page, name + "-list");
    await page.locator(".kept .danger").click(); await page.locator(".kept .ask").scrollIntoViewIfNeeded(); await page.waitForTimeout(300); await shot(page, name + "-ask");
    await page.locator(".kept .ask .danger").click(); await page.locator(".kept .due").waitFor(); await page.waitForTimeout(500); await shot(page, name + "-due");
    console.log(name, complaints, await page.evaluate(() => Object.keys(localStorage)));
  }
} finally { for (const e of endings) await e(); }
