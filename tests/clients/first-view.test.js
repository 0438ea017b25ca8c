// The first view: what the server writes is what the program draws, the program takes it over, and it can be read
// without.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { run } from "./api.js";
import { desktop, open, phone, rewriteFirstView, startBrowser } from "./browser.js";
import { staffToken } from "./desk.js";
import { startServer } from "./server.js";
import { event, eventually } from "./waiting.js";

const server = await startServer({ after }, { ACCLAIM_LIMIT_QUERY: "100000/1000000" });
const browser = await startBrowser(after);
const address = `${server.origin}/c/demo`;
const dayMs = 86_400_000;

/** The program has drawn: it keeps what the device has of its own only then. */
const isDrawn = (page) => page.waitForFunction(() => document.cookie.includes("acclaim_pages="));
const isOperation = (url) => new URL(url).pathname === "/graphql";
/** What a page asks the server for while it is opened and until it has come to rest. */
async function operationsOf(page, act) {
  const asked = [];
  const note = (request) => isOperation(request.url()) && asked.push(request.postDataJSON().variables);
  page.on("request", note);
  await act();
  await isDrawn(page);
  await page.waitForLoadState("networkidle");
  page.off("request", note);
  return asked;
}

/** The page as people get it: elements, attributes and texts, but for the seconds that go by. */
const drawing = (page) =>
  page.evaluate(() => {
    const write = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data;
      if (node.matches(".countdown b, .countdown .unseen, .head-line b")) return "<time>";
      const names = node.getAttributeNames().sort();
      const attributes = names.map((name) => ` ${name}="${node.getAttribute(name)}"`).join("");
      return `<${node.localName}${attributes}>${[...node.childNodes].map(write).join("")}</${node.localName}>\n`;
    };
    return write(document.getElementById("app"));
  });

/** Opens a page whose program does not come before it is released. */
async function openHeld(context, url, device) {
  const opened = await open(browser, context, "about:blank", device);
  return { ...opened, release: await holdProgram(opened.page, url) };
}

/** Leads a page to an address, and holds its program until the function that it gives is called. */
async function holdProgram(page, url) {
  const released = event("the program to be released");
  await page.route(/\/pages\/main-[^/]*\.js$/, async (route) => {
    await released.happened();
    await route.fallback();
  });
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => document.getElementById("first-view") !== null);
  return released.happen;
}

/** Opens a page: its program must draw what the server has written, with the same elements. */
async function expectTakenOver(context, url, device) {
  const { page, complaints, release } = await openHeld(context, url, device);
  const before = await drawing(page);
  const count = await page.evaluate(() => {
    globalThis.kept = [...document.querySelectorAll("#app *")];
    return globalThis.kept.length;
  });
  assert.ok(count > 40);
  release();
  await isDrawn(page);
  const lost = await page.evaluate(() => globalThis.kept.filter(({ isConnected }) => !isConnected).map((e) => e.outerHTML));
  assert.deepEqual(lost, []);
  assert.equal(await drawing(page), before);
  assert.deepEqual(complaints, []);
  return page;
}

/** Makes a campaign of the demo's organisation with a nominee, and leads it to a moment; gives its address. */
async function makeCampaign(slug, { rules = {}, steps = [], ...fields } = {}) {
  const [, email, password] = await eventually(() => /(organiser@demo\.example) \/ (\S+)/.exec(server.log), "the sign-in");
  const token = await staffToken(server, email, password);
  const change = async (name, type, selection, input) => {
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code } } }`;
    const payload = (await run(server, document, { input }, token))[name];
    assert.deepEqual(payload.userErrors, [], name);
    return payload;
  };
  const { viewer } = await run(server, "{ viewer { memberships { organisation { id } } } }", {}, token);
  const { campaign } = await change("createCampaign", "CreateCampaignInput", "campaign { id categories { id } }", {
    ...{ organisationId: viewer.memberships[0].organisation.id, slug, idempotencyKey: randomUUID() },
    ...{ title: `“最美”的《工匠》${slug}`, summary: "A summary <b>." },
    votingOpensAt: new Date(Date.now() - 5_000).toISOString(),
    votingClosesAt: new Date(Date.now() + 4 * dayMs).toISOString(),
    ...{ categories: [{ key: "makers", name: "Makers & co", shortlistSize: 3 }], ...fields },
    rules: {
      ...{ period: "DAY", scope: "CATEGORY", votesPerPeriod: 10, tallyVisibility: "LIVE", admits: ["GUEST", "WECHAT_MINI_PROGRAM"] },
      challenge: "NEVER",
      ...rules,
    },
  });
  const [{ id: categoryId }] = campaign.categories;
  const nominee = { number: 1, name: "Ada “the” <b>", employer: "Engines & co", city: "London", summary: "What it did." };
  const input = { campaignId: campaign.id, categoryId, ...nominee, idempotencyKey: randomUUID() };
  await change("createNominee", "CreateNomineeInput", "nominee { id }", input);
  for (const step of ["announceCampaign", ...steps]) await change(step, "CampaignStepInput", "", { campaignId: campaign.id });
  return `${server.origin}/c/${slug}`;
}

describe("the server's first view", () => {
  test("names all scripts that it needs, so that none is found out about behind the pictures", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    const scripts = [];
    page.on("request", (request) => request.resourceType() === "script" && scripts.push(new URL(request.url()).pathname));
    const response = await page.goto(address);
    await isDrawn(page);
    const html = await response.text();
    assert.ok(scripts.length > 1, scripts.join());
    for (const script of scripts) assert.ok(html.includes(`"${script}"`), script);
  });

  for (const [where, path] of [
    ["the voting page", ""],
    ["another category", "?category=researcher&order=VOTES"],
    ["a nominee's page", "/n/1"],
    ["another nominee's", "/n/5"],
  ]) {
    for (const [who, device] of [
      ["a phone in Chinese", phone],
      ["a desktop in English", desktop],
    ]) {
      test(`is what the program draws, which takes its elements over: ${where}, ${who}`, async (t) => {
        const page = await expectTakenOver(t, address + path, device);
        // And it is alive.
        await page.locator(".language").click();
        await page.locator(".language", { hasText: device === phone ? "中文" : "English" }).waitFor();
      });
    }
  }

  for (const [moment, made] of [
    [
      "upcoming",
      {
        votingOpensAt: new Date(Date.now() + 2 * dayMs).toISOString(),
        rules: { period: "CAMPAIGN", scope: "CAMPAIGN", votesPerPeriod: 15 },
      },
    ],
    ["elsewhere", { rules: { tallyVisibility: "AFTER_CLOSE", admits: ["WECHAT_MINI_PROGRAM"] } }],
    ["once", { rules: { period: "CAMPAIGN", scope: "CAMPAIGN", votesPerPeriod: 15, tallyVisibility: "STAFF_ONLY" } }],
    ["last-hour", { votingClosesAt: new Date(Date.now() + dayMs / 48).toISOString() }],
    ["paused", { steps: ["pauseVoting"] }],
    ["closed", { steps: ["closeVoting"] }],
    ["published", { steps: ["closeVoting", "publishResult"] }],
  ]) {
    test(`is what the program draws in a campaign that is ${moment}`, async (t) => {
      const url = await makeCampaign(moment, made);
      for (const device of [phone, desktop]) {
        for (const path of ["", "/n/1"]) await expectTakenOver(t, url + path, device);
      }
    });
  }

  test("has initials in the place of a picture that was lost before the program came", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    const gone = "/media/gone.webp";
    await page.route(address, async (route) => {
      const response = await route.fetch();
      const text = (await response.text())
        .replace(/<span class="initial".*?<\/span>|<img class="portrait"[^>]*>/, `<img class="portrait" src="${gone}">`)
        .replace(/"portraitUrl":(null|"[^"]*")/, `"portraitUrl":"${gone}"`);
      await route.fulfill({ response, body: text });
    });
    const lost = event("the picture to be lost");
    page.on("response", (response) => response.url().endsWith(gone) && lost.happen());
    const release = await holdProgram(page, address);
    await lost.happened();
    await page.waitForFunction(() => document.querySelector(".portrait").complete);
    release();
    await page.locator(".nominee").first().locator(".initial").waitFor();
  });

  test("saves the program its first requests; who has signed in reads what is its own", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    assert.deepEqual(await operationsOf(page, () => page.goto(address)), []);
    await page.locator(".act.open").first().tap();
    await page.locator(".act.voted").waitFor();
    const again = await operationsOf(page, () => page.reload());
    assert.equal(again.length, 2, JSON.stringify(again));
    await page.getByText("剩余 9 / 10 票").waitFor();
    await page.locator(".act.voted").waitFor();
    const { page: other } = await open(browser, t, "about:blank", desktop);
    const views = await operationsOf(other, () => other.goto(`${address}/n/3`));
    assert.deepEqual(views.map(Object.keys), [["subjectIds", "key"]]);
  });

  test("keeps a tap that came before the program, the last one, and votes once it is there", async (t) => {
    const { page, complaints, release } = await openHeld(t, address, phone);
    const buttons = page.locator(".nominee .act");
    await buttons.nth(1).tap();
    await page.locator('.nominee:nth-child(2) .act[aria-busy="true"]').waitFor();
    await buttons.nth(2).tap();
    await page.locator('.nominee:nth-child(3) .act[aria-busy="true"]').waitFor();
    assert.equal(await page.locator('button[aria-busy="true"]').count(), 1);
    release();
    await page.locator(".nominee:nth-child(3) .act.voted").waitFor();
    await page.getByText("剩余 9 / 10 票").waitFor();
    assert.equal(await page.locator(".act.voted").count(), 1);
    // From now on a tap is the program's own.
    await buttons.nth(3).tap();
    await page.getByText("剩余 8 / 10 票").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("that is old, from a cache or by the device's clock, is read anew", async (t) => {
    const { page } = await open(browser, t, "about:blank", desktop);
    const old = new Date(Date.now() - 3_600_000).toISOString();
    await rewriteFirstView(page, (text) =>
      text.replace(/"serverTime":"[^"]*"/, `"serverTime":"${old}"`).replace(/"countedVotes":\d+/, '"countedVotes":7'),
    );
    const asked = await operationsOf(page, () => page.goto(address));
    assert.equal(asked.length, 2, JSON.stringify(asked));
    const votes = await page.locator(".sums dd").first().textContent();
    assert.notEqual(votes, "7");
  });

  test("is read without JavaScript, and leads to the nominees", async (t) => {
    const { page, complaints } = await open(browser, t, address, { ...phone, javaScriptEnabled: false });
    assert.equal(await page.locator(".nominee").count(), 30);
    const without = page.locator(".without");
    await without.waitFor();
    assert.match(await without.textContent(), /投票需要开启 JavaScript/);
    // Buttons that cannot do anything are not offered.
    assert.equal(await page.locator("button:visible, select:visible").count(), 0);
    const link = page.locator(".nominee a").first();
    const name = await link.locator("strong").textContent();
    await link.tap();
    await page.getByRole("heading", { name }).waitFor();
    assert.notEqual(await page.locator(".summary").textContent(), "");
    assert.equal(await page.locator("button:visible").count(), 0);
    await page.getByRole("link", { name: "全部候选人" }).tap();
    await without.locator("a", { hasText: "科研能手" }).tap();
    await page.waitForURL(/category=researcher/);
    await page.locator(".nominee").first().waitFor();
    assert.deepEqual(complaints, []);
  });

  for (const [name, device] of [
    ["a phone", phone],
    ["a desktop", desktop],
  ]) {
    test(`shifts nothing while the program comes, on ${name}`, async (t) => {
      const { page, release } = await openHeld(t, address, device);
      await page.evaluate(() => {
        globalThis.shifted = 0;
        const add = (list) => list.getEntries().forEach(({ value }) => (globalThis.shifted += value));
        new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
      });
      release();
      await isDrawn(page);
      await page.waitForLoadState("networkidle");
      assert.ok((await page.evaluate(() => globalThis.shifted)) < 0.02);
    });
  }

  test("has the order, language and layout of its device from the second visit on", async (t) => {
    const { page } = await open(browser, t, address, desktop);
    const orderOf = () => page.locator(".nominee .number").allTextContents();
    await isDrawn(page);
    const order = await orderOf();
    await page.reload();
    assert.deepEqual(await orderOf(), order);
    await page.getByRole("button", { name: "As a list" }).click();
    await page.getByRole("button", { name: "中文" }).click();
    await page.locator(".nominees.list").waitFor();
    // The server has it so already.
    const html = await (await page.context().request.get(address)).text();
    assert.match(html, /<html lang="zh-CN">/);
    assert.match(html, /<ul class="nominees list"/);
    const numbers = [...html.matchAll(/<span class="number">(\d+)号</g)].map(([, number]) => `No. ${number}`);
    assert.deepEqual(numbers, order);
  });

  test("goes on where it ends: the next nominees come in the same order, none twice", async (t) => {
    const { page } = await open(browser, t, address, phone);
    const chip = page.locator(".chips [aria-pressed=true] small");
    const total = Number(await chip.textContent());
    const bottom = () => page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const isComplete = async () => {
      await bottom();
      return (await page.locator(".nominee").count()) >= total;
    };
    await eventually(isComplete, "all nominees");
    const numbers = await page.locator(".nominee .number").allTextContents();
    assert.equal(new Set(numbers).size, total);
  });
});
