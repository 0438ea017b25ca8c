// The voter's pages in each of their states and moments: what a card shows, what a tap shows at once, what is shared.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, describe, test } from "node:test";
import { expectAccessible } from "./axe.js";
import { desktop, open, phone, rewriteAnswers, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { event, eventually } from "./waiting.js";

const server = await startServer({ after });
const browser = await startBrowser(after);
const address = `${server.origin}/c/demo`;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const isCast = (request) => request.postData()?.includes("nomineeId") ?? false;
const inMs = (ms) => new Date(Date.now() + ms).toISOString();

/** Opens the voting page of a campaign and of nominees that `change` has changed. */
async function openChanged(context, change, device = phone, path = "") {
  const { page, ...rest } = await open(browser, context, "about:blank", device);
  await rewriteAnswers(page, change);
  await page.goto(address + path);
  return { page, ...rest };
}

/** A change of the campaign alone. */
const campaignWith = (changes) => (data) => {
  if (data.campaign?.rules) Object.assign(data.campaign, changes);
};

/** A change of the nominees that are listed or shown. */
const nomineesWith = (changes) => (data) => {
  const shown = [...(data.campaign?.nominees?.nodes ?? []), data.campaign?.nominee].filter(Boolean);
  shown.forEach((nominee) => Object.assign(nominee, changes));
};

const spent = (data) => {
  if (!data.campaign?.rules) return;
  const categories = data.campaign.categories.map(({ id }) => ({ category: { __typename: "Category", id } }));
  data.campaign.viewerQuotas = categories.map((quota) => ({
    ...quota,
    limit: 10,
    used: 10,
    remaining: 0,
    resetsAt: inMs(hourMs * 8),
  }));
};

/** The votes that a card shows. */
const votesOf = async (card) => {
  const rolling = card.locator(".votes .unseen");
  const text = (await rolling.count()) > 0 ? await rolling.textContent() : await card.locator(".votes b").textContent();
  return Number(text.replaceAll(",", ""));
};

describe("a card", () => {
  for (const [state, word, change] of [
    ["open", "投票", () => undefined],
    ["voted", "已投", nomineesWith({ viewerHasVoted: true })],
    ["spent", "票已投完", spent],
    ["frozen", "暂停投票", nomineesWith({ status: "FROZEN" })],
    ["paused", "已暂停", campaignWith({ phase: "PAUSED" })],
    ["closed", "已截止", campaignWith({ phase: "ENDED" })],
    ["upcoming", "尚未开始", campaignWith({ phase: "UPCOMING", votingOpensAt: inMs(dayMs) })],
    [
      "elsewhere",
      "扫码投票",
      (data) => {
        if (data.campaign?.rules) data.campaign.rules.admits = ["WECHAT_MINI_PROGRAM"];
      },
    ],
  ]) {
    for (const colorScheme of ["light", "dark"]) {
      test(`is ${state}: in a word and by a sign, ${colorScheme}`, async (t) => {
        const { page } = await openChanged(t, change, { ...phone, colorScheme });
        const act = page.locator(".nominee .act").first();
        await act.getByText(word, { exact: true }).waitFor();
        assert.equal(await act.getAttribute("class"), `act ${state}`);
        assert.equal(await act.locator(".icon").count(), state === "open" ? 0 : 1);
        const isToTap = state === "open" || state === "elsewhere";
        assert.equal(await act.isEnabled(), isToTap);
        await expectAccessible(page, state);
      });
    }
  }

  for (const colorScheme of ["light", "dark"]) {
    test(`looks another way in every state and can be read, ${colorScheme}`, async (t) => {
      const { page } = await open(browser, t, address, { ...phone, colorScheme });
      const act = page.locator(".nominee .act").first();
      await act.waitFor();
      const states = ["open", "sending", "voted", "spent", "frozen", "paused", "closed", "upcoming", "elsewhere"];
      const looks = await act.evaluate((button, states) => {
        const light = (color) => {
          const [red, green, blue] = color.match(/[\d.]+/g).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
        };
        button.style.transition = "none";
        return states.map((state) => {
          button.className = `act ${state}`;
          const { color, backgroundColor, backgroundImage, boxShadow, borderStyle } = getComputedStyle(button);
          const isClear = backgroundColor.endsWith(", 0)");
          const ground = isClear ? getComputedStyle(button.parentElement).backgroundColor : backgroundColor;
          const contrast = light(color) / light(ground);
          const look = `${backgroundColor} ${backgroundImage} ${boxShadow} ${borderStyle}`;
          return { state, look, contrast: Math.max(contrast, 1 / contrast) };
        });
      }, states);
      assert.equal(new Set(looks.map(({ look }) => look)).size, states.length);
      // Axe leaves out buttons that are off; people read them.
      assert.deepEqual(looks.filter(({ contrast }) => contrast < 4.5), []);
    });
  }

  test("shows a medal for the first three, an initial where there is no picture, and nothing of hidden votes", async (t) => {
    const { page } = await openChanged(t, (data) => {
      data.campaign?.nominees?.nodes.forEach((nominee, i) => {
        Object.assign(nominee, { rank: i + 1, votes: 90 - i, portraitUrl: i === 1 ? "/media/none.webp" : null });
      });
    });
    const card = (i) => page.locator(".nominee").nth(i);
    for (const place of [1, 2, 3]) await card(place - 1).locator(`.medal.place-${place}`).waitFor();
    assert.equal(await card(3).locator(".medal").count(), 0);
    await card(3).getByText("第 4 名").waitFor();
    await card(0).locator(".initial").waitFor();
    // A picture that is gone, too.
    await card(1).locator(".initial").waitFor();
    const { page: hidden } = await openChanged(t, nomineesWith({ rank: null, votes: null }));
    await hidden.locator(".nominee").first().waitFor();
    assert.equal(await hidden.locator(".votes, .rank, .medal").count(), 0);
  });

  test("shows no place to whoever has no vote, whether or not others have one", async (t) => {
    const nobody = nomineesWith({ rank: 1, votes: 0 });
    const { page } = await openChanged(t, nobody);
    await page.locator(".nominee .votes").first().waitFor();
    assert.equal(await page.locator(".nominee .medal, .nominee .rank").count(), 0);
    const { page: person } = await openChanged(t, nobody, phone, "/n/2");
    await person.locator(".person .votes").waitFor();
    assert.equal(await person.locator(".medal").count(), 0);
    assert.doesNotMatch(await person.locator(".facts").textContent(), /名/);
    const { page: begun } = await openChanged(t, (data) => {
      data.campaign?.nominees?.nodes.forEach((nominee, i) => {
        const standings = [{ rank: 1, votes: 2 }, { rank: 2, votes: 1 }];
        Object.assign(nominee, standings[i] ?? { rank: 3, votes: 0 });
      });
    });
    const card = (i) => begun.locator(".nominee").nth(i);
    await card(0).locator(".medal.place-1").waitFor();
    await card(0).getByText("第 1 名").waitFor();
    await card(1).getByText("第 2 名").waitFor();
    assert.equal(await card(2).locator(".medal, .rank").count(), 0);
  });

  test("is a line of a list for those who want it, and stays so", async (t) => {
    const { page } = await open(browser, t, address, phone);
    await page.locator(".nominee").first().waitFor();
    const widthOf = async () => (await page.locator(".nominee").first().boundingBox()).width;
    assert.ok((await widthOf()) < 200);
    await page.getByRole("button", { name: "列表视图" }).tap();
    await page.locator(".nominees.list").waitFor();
    assert.ok((await widthOf()) > 300);
    await page.reload();
    await page.locator(".nominees.list .nominee").first().waitFor();
  });
});

describe("a tap", () => {
  test("shows the vote before the server has it: number, quota, button; the keyboard keeps its place", async (t) => {
    const { page } = await open(browser, t, address, desktop);
    // The quota is known once somebody has signed in.
    await page.locator(".act.open").first().click();
    await page.getByText("9 of 10 votes left").waitFor();
    const released = event("the vote to be let through");
    await page.route("**/graphql", async (route) => {
      if (isCast(route.request())) await released.happened();
      await route.continue();
    });
    const card = page.locator(".nominee").nth(4);
    const before = await votesOf(card);
    await card.getByRole("button").focus();
    await page.keyboard.press("Enter");
    await card.locator(".act.sending").waitFor();
    await page.getByText("8 of 10 votes left").waitFor();
    assert.equal(await votesOf(card), before + 1);
    released.happen();
    await card.locator(".act.voted").waitFor();
    assert.equal(await votesOf(card), before + 1);
    assert.ok(await card.getByRole("button").evaluate((button) => button === document.activeElement));
    await page.getByText("8 of 10 votes left").waitFor();
  });

  test("that is refused takes it back, and says in the card why and what helps", async (t) => {
    const released = event("the answer to be let through");
    const { page } = await openChanged(t, async (data) => {
      if (!data.castVote) return;
      await released.happened();
      const userErrors = [{ code: "NOT_ELIGIBLE", message: "本次评选不接受访客。" }];
      Object.assign(data.castVote, { nominee: null, quota: null, userErrors });
    });
    const card = page.locator(".nominee").nth(6);
    await card.locator(".act.open").waitFor();
    const before = await votesOf(card);
    await card.getByRole("button").tap();
    await card.locator(".act.sending").waitFor();
    assert.equal(await votesOf(card), before + 1);
    released.happen();
    const refusal = card.getByRole("alert");
    await refusal.getByText("本次评选不接受访客。").waitFor();
    await refusal.getByText("请用微信扫描海报上的二维码").waitFor();
    assert.equal(await votesOf(card), before);
    await card.locator(".act.open").waitFor();
    await expectAccessible(page, "a refusal");
    // Its one button leads on.
    await refusal.getByRole("button").tap();
    await page.getByRole("dialog").waitFor();
    assert.equal(await refusal.count(), 0);
  });

  test("offers the poster at the lower edge", async (t) => {
    const { page } = await open(browser, t, address, phone);
    await page.locator(".act.open").first().tap();
    await page.locator(".toast").getByText("已计入").waitFor();
    await page.getByRole("button", { name: "生成海报" }).tap();
    await page.getByRole("dialog").waitFor();
    await page.locator(".toast").waitFor({ state: "detached" });
  });

  test("moves nothing where motion is not wanted", async (t) => {
    const { page } = await open(browser, t, address, { ...phone, reducedMotion: "reduce" });
    await page.locator(".act.open").first().tap();
    await page.locator(".toast").waitFor();
    const running = await page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length);
    assert.equal(running, 0);
  });
});

describe("the share sheet", () => {
  test("asks for the poster only when it is opened, copies the link, and gives the keyboard back", async (t) => {
    const { page, addresses } = await open(browser, t, `${address}/n/2`, {
      ...desktop,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const opener = page.getByRole("button", { name: "Share" });
    await opener.waitFor();
    const asked = () => addresses.some((url) => url.endsWith("/n/2/poster.png"));
    assert.ok(!asked());
    await opener.focus();
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog");
    await sheet.waitFor();
    await eventually(asked, "the poster to be asked for");
    await expectAccessible(page, "the share sheet");
    await sheet.getByRole("button", { name: "Copy link" }).click();
    await page.locator(".toast").getByText("The link is copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${address}/n/2`);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    assert.ok(await opener.evaluate((button) => button === document.activeElement));
  });

  test("shows the poster, to be held or saved; one that cannot be drawn can be asked for again", async (t) => {
    const { page } = await open(browser, t, `${address}/n/2`, phone);
    let isDown = true;
    const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
    await page.route("**/poster.png*", (route) =>
      isDown ? route.fulfill({ status: 503 }) : route.fulfill({ contentType: "image/png", body: pixel }),
    );
    await page.getByRole("button", { name: "分享" }).tap();
    const sheet = page.getByRole("dialog");
    await sheet.getByText("海报暂时无法生成").waitFor();
    isDown = false;
    await sheet.getByRole("button", { name: "重试" }).tap();
    await sheet.locator(".poster.ready img").waitFor();
    await sheet.getByText("长按图片保存").waitFor();
    await sheet.getByRole("button", { name: "关闭" }).tap();
    await sheet.waitFor({ state: "detached" });
  });
});

describe("a moment", () => {
  test("announced: a calendar file with both times, each with a reminder", async (t) => {
    const votingOpensAt = inMs(dayMs).replace(/\.\d+/, "");
    const votingClosesAt = inMs(9 * dayMs).replace(/\.\d+/, "");
    const title = "一场名字很长的推选，为了让日历里的一行装不下它而起了这样一个长长的名字";
    const { page } = await openChanged(t, campaignWith({ phase: "UPCOMING", votingOpensAt, votingClosesAt, title }));
    await page.locator(".countdown").getByText("距投票开始").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "加入日历" }).tap();
    const file = await readFile(await (await download).path(), "utf8");
    assert.ok(file.split("\r\n").every((line) => Buffer.byteLength(line) <= 75));
    const lines = file.replaceAll("\r\n ", "").split("\r\n");
    const stamp = (time) => time.replace(/[-:]/g, "");
    assert.ok(lines.includes(`DTSTART:${stamp(votingOpensAt)}`));
    assert.ok(lines.includes(`DTEND:${stamp(votingClosesAt)}`));
    assert.ok(lines.includes(`SUMMARY:投票开始：${title}`));
    assert.equal(lines.filter((line) => line === "BEGIN:VALARM").length, 2);
  });

  for (const [phase, heading, next] of [
    ["PAUSED", "投票已暂停", "看人物故事"],
    ["ENDED", "投票已截止，正在计票", "看人物故事"],
    ["PUBLISHED", "结果已公布", "查看结果"],
    ["ARCHIVED", "最终结果", "查看结果"],
  ]) {
    test(`${phase}: says what it means and leads on`, async (t) => {
      const { page } = await openChanged(t, campaignWith({ phase, votingClosesAt: inMs(-hourMs) }));
      await page.getByRole("heading", { name: heading }).waitFor();
      await expectAccessible(page, phase);
      await page.locator(".moment").getByRole("link", { name: next }).tap();
      await page.waitForURL(next === "查看结果" ? `${address}/result` : `${address}/stories`);
    });
  }

  test("the last hour is said beside the time", async (t) => {
    const { page } = await openChanged(t, campaignWith({ phase: "VOTING", votingClosesAt: inMs(hourMs / 2) }));
    await page.locator(".countdown.last").getByText("最后一小时").waitFor();
  });
});

describe("the page", () => {
  for (const width of [320, 360]) {
    for (const path of ["", "/n/1"]) {
      for (const locale of ["zh-CN", "en-GB"]) {
        test(`is no wider than ${width} px, ${locale}, ${path || "the list"}`, async (t) => {
          const device = { ...phone, locale, viewport: { width, height: 720 } };
          const { page } = await open(browser, t, address + path, device);
          await page.locator(".act").first().waitFor();
          // A mobile browser would widen its view to fit, so the parts are measured, too.
          const wide = await page.evaluate((width) => {
            const isIn = (element) => !element.closest(".chips, .sections, .unseen");
            const parts = [...document.querySelectorAll("body *")].filter(isIn);
            return parts.filter((part) => part.getBoundingClientRect().right > width + 1).map((part) => part.className);
          }, width);
          assert.deepEqual(wide, []);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
        });
      }
    }
  }

  for (const [name, device] of [
    ["a phone", phone],
    ["a desktop", desktop],
  ]) {
    test(`shifts nothing on ${name}: while it loads, while it is scrolled and back`, async (t) => {
      const { page } = await open(browser, t, "about:blank", device);
      await page.addInitScript(() => {
        globalThis.shifted = 0;
        new PerformanceObserver((list) => {
          for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.shifted += value;
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.goto(address);
      await page.locator(".nominee").nth(20).waitFor();
      await page.mouse.move(100, 300);
      await page.mouse.wheel(0, 1_500);
      await page.locator(".head-line.shown").waitFor();
      await page.mouse.wheel(0, -1_500);
      await page.locator(".head-line:not(.shown)").waitFor({ state: "attached" });
      const shifted = await page.evaluate(() => globalThis.shifted);
      assert.ok(shifted < 0.02, `${shifted}`);
    });
  }

  test("leads back from a nominee to the place that was left, and to its category from elsewhere", async (t) => {
    const { page } = await open(browser, t, address, desktop);
    await page.locator(".nominee a").nth(12).click();
    await page.locator(".person").waitFor();
    const left = await page.evaluate(() => history.length);
    await page.getByRole("link", { name: "All nominees" }).click();
    await page.locator(".nominee").nth(12).waitFor();
    await page.waitForFunction(() => scrollY > 0);
    assert.equal(await page.evaluate(() => history.length), left);
    await page.goto(`${address}/n/1`);
    await page.getByRole("link", { name: "All nominees" }).click();
    await page.waitForURL(/\?category=/);
    await page.locator(".chips [aria-pressed=true]").waitFor();
  });
});
