import { chromium } from "playwright-core";
import { readFile, readdir } from "node:fs/promises";
import { brotliDecompressSync } from "node:zlib";
import { basename } from "node:path";
const dist = process.env.DIST ?? "/work/main/web/dist";
const origin = process.env.ORIGIN ?? "http://127.0.0.1:8190";
const [email, password] = [process.env.EMAIL ?? "organiser@demo.example", process.env.PASSWORD];
const wanted = process.argv.slice(2);
const names = (await readdir(dist)).filter((n) => n.endsWith(".br"));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const spec of (process.env.SPECS ?? "laptop:zh:light").split(",")) {
  const [size, lang, theme] = spec.split(":");
  const ctx = await browser.newContext({
    ...(size === "phone" ? { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } : { viewport: { width: 1440, height: 900 } }),
    locale: lang === "zh" ? "zh-CN" : "en-GB", colorScheme: theme });
  ctx.setDefaultTimeout(90000);
  await ctx.route("**/pages/*", async (route) => {
    const file = basename(new URL(route.request().url()).pathname);
    const ext = file.slice(file.lastIndexOf("."));
    const type = ext === ".css" ? "text/css" : "text/javascript";
    const stem = (n) => n.replace(/-[\w-]{8}\.(js|css)(\.br)?$/, "") + ext;
    const found = names.includes(file + ".br") ? file + ".br" : names.find((n) => n.endsWith(ext + ".br") && stem(n) === stem(file));
    if (!found) return route.continue();
    if (found !== file + ".br" && ext === ".js") return route.fulfill({ contentType: type, body: `import "./${found.slice(0, -3)}";` });
    return route.fulfill({ contentType: type, body: brotliDecompressSync(await readFile(`${dist}/${found}`)) });
  });
  const page = await ctx.newPage();
  page.on("console", (m) => ["error"].includes(m.type()) && console.log("console:", m.text().slice(0, 200)));
  page.on("pageerror", (e) => console.log("error:", e.message.slice(0, 300)));
  await page.goto(`${origin}/desk`);
  await page.locator('input[type="password"]').waitFor();
  await page.screenshot({ path: `/tmp/shots/${size}-${lang}-${theme}-signin.png` });
  await page.locator('input[type="email"]').fill(email);
  await page.locator('input[type="password"]').fill(password);
  await page.locator('button[type="submit"]').click();
  await page.locator("#content").waitFor();
  for (const path of wanted) {
    await page.goto(`${origin}${path}`);
    await page.locator("#content h1, #content .empty").first().waitFor();
    await page.waitForLoadState("networkidle").catch(() => undefined);
    await page.waitForTimeout(1500);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
    if (wide) console.log("SIDEWAYS", spec, path);
    await page.screenshot({ path: `/tmp/shots/${size}-${lang}-${theme}-${path.replaceAll("/", "_")}.png`, fullPage: process.env.FULL === "1" });
  }
  await ctx.close();
}
await browser.close();
