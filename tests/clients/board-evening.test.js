// The evening of a board: its modes by key and by control, the last minute, the unveiling and the result, in a hall and
// on a phone.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { expectAccessible } from "./axe.js";
import { phone, startBrowser } from "./browser.js";
import { falling, findRoster, openRehearsal, projector } from "./rehearsal.js";
import { startServer } from "./server.js";

const server = await startServer({ after });
const browser = await startBrowser(after);
const roster = await findRoster(server);
const [first, second, third] = [...new Set(roster.map(({ category }) => category))];
const nameOf = (number) => roster.find((nominee) => nominee.number === number).name;
const numbersOf = (key) => roster.filter(({ category }) => category === key).map(({ number }) => number);
/** Votes for each category, so that every place is one nominee's. */
const votes = { ...falling(numbersOf(first)[0], 25), ...falling(numbersOf(second)[0], 25), ...falling(numbersOf(third)[0], 25) };
const ofScreen = (width, height) => ({ ...projector, viewport: { width, height } });

const openBoard = (t, options) => openRehearsal(browser, t, server, roster, { votes, ...options });
const modeIs = (page, mode) => page.locator(`.board[data-mode="${mode}"]`).waitFor();
const queryOf = (page) => Object.fromEntries(new URL(page.url()).searchParams);
const rankingsOf = (page) => page.locator(".ranking").evaluateAll((rankings) => rankings.map((ranking) => ranking.getAttribute("aria-label")));
const press = (page, key) => page.keyboard.press(key);
const published = (campaign) => Object.assign(campaign, { phase: "PUBLISHED" });

describe("the modes of a board", () => {
  test("are chosen by key, kept in the address, and are there again after a reload", async (t) => {
    const { page, watched } = await openBoard(t);
    await watched();
    const names = await rankingsOf(page);
    assert.equal(names.length, 3);
    await press(page, "2");
    await modeIs(page, "category");
    assert.deepEqual(queryOf(page), { mode: "category", category: first });
    assert.deepEqual(await rankingsOf(page), [names[0]]);
    await press(page, "ArrowRight");
    await page.locator(`.ranking[aria-label="${names[1]}"]`).waitFor();
    await page.reload();
    await page.locator(`.ranking[aria-label="${names[1]}"]`).waitFor();
    assert.deepEqual(await rankingsOf(page), [names[1]]);
    assert.deepEqual(queryOf(page), { mode: "category", category: second });
    await press(page, "ArrowLeft");
    await page.locator(`.ranking[aria-label="${names[0]}"]`).waitFor();
    await press(page, "3");
    await page.getByRole("timer").waitFor();
    assert.equal(await page.locator("[data-number]").count(), 0);
    await press(page, "4");
    await page.locator(".unveiling").waitFor();
    await press(page, "5");
    // It is not out yet.
    await modeIs(page, "final");
    await page.getByRole("timer").waitFor();
    await page.getByText("The result is shown here once it is published.").waitFor();
    await press(page, "1");
    await page.locator(".ranking").nth(2).waitFor();
  });

  test("are chosen by the controls", async (t) => {
    const { page, watched } = await openBoard(t);
    await watched();
    await page.mouse.move(300, 300);
    for (const [name, mode] of [
      ["One category", "category"],
      ["Last minute", "last-minute"],
      ["Final result", "final"],
      ["Unveiling", "unveiling"],
    ]) {
      await page.getByRole("button", { name }).click();
      await modeIs(page, mode);
      await page.getByRole("button", { name, pressed: true }).waitFor();
    }
    await page.getByLabel("Category").selectOption(third);
    assert.equal(queryOf(page).category, third);
    await page.getByRole("button", { name: "Next place" }).click();
    await page.locator(`.lit [data-number="${numbersOf(third)[9]}"]`).waitFor();
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await page.locator(".lit").waitFor({ state: "detached" });
  });

  test("a key that is typed into a field is none of the board's", async (t) => {
    const { page, watched } = await openBoard(t);
    await watched();
    await page.mouse.move(300, 300);
    await page.getByRole("button", { name: "Staff sign-in" }).click();
    await page.getByLabel("E-mail").pressSequentially("2345@example");
    assert.equal(await page.getByLabel("E-mail").inputValue(), "2345@example");
    await modeIs(page, "all");
  });
});

describe("the unveiling", () => {
  test("shows one place with each key, from the tenth to the first, and those before it nowhere", async (t) => {
    const [from] = numbersOf(first);
    const { page, watched } = await openBoard(t, { query: `?mode=unveiling&category=${first}` });
    await watched();
    await page.locator(".unveiling").waitFor();
    /** The names of the first ten whose places are not unveiled must not be in the document, in no attribute either. */
    const expectVeiled = async (place) => {
      const html = await page.content();
      for (let rank = 1; rank <= 10; rank++) {
        const name = nameOf(from + rank - 1);
        assert.equal(html.includes(name), rank >= place, `${name} of place ${rank}, when ${place} is unveiled`);
      }
    };
    await expectVeiled(11);
    const keys = ["Space", "Enter", "ArrowRight", "PageDown", "Space", "Space", "Space", "Space", "Space", "Space"];
    for (const [i, key] of keys.entries()) {
      await press(page, key);
      await page.locator(`.lit [data-number="${from + 9 - i}"]`).waitFor();
      await expectVeiled(10 - i);
    }
    await press(page, "Space");
    await page.locator(`.lit [data-number="${from}"]`).waitFor();
    await press(page, "ArrowLeft");
    await page.locator(`.lit [data-number="${from + 1}"]`).waitFor();
    await expectVeiled(2);
    assert.deepEqual(queryOf(page), { mode: "unveiling", category: first, place: "2" });
    await page.reload();
    await page.locator(`.lit [data-number="${from + 1}"]`).waitFor();
    await expectVeiled(2);
    // Another category begins anew.
    await press(page, "ArrowDown");
    await page.locator(".lit").waitFor({ state: "detached" });
    assert.deepEqual(queryOf(page), { mode: "unveiling", category: second });
  });

  test("shows those who share a place together", async (t) => {
    const [from] = numbersOf(first);
    const { page, watched } = await openBoard(t, {
      votes: { ...votes, [from + 2]: votes[from + 1] },
      query: `?mode=unveiling&category=${first}&place=4`,
    });
    await watched();
    await page.locator(`.lit [data-number="${from + 3}"]`).waitFor();
    await press(page, "Space");
    await page.getByText("Place 2, tied").waitFor();
    for (const number of [from + 1, from + 2]) await page.locator(`.lit [data-number="${number}"]`).waitFor();
    await press(page, "Space");
    await page.locator(`.lit [data-number="${from}"]`).waitFor();
  });
});

describe("the last minute", () => {
  test("begins by itself, gives way where the close moves, and leads over the counting to the result", async (t) => {
    let closesAtMs = Date.now() + 100_000;
    let phase = "VOTING";
    const { page, pass, complaints } = await openBoard(t, {
      hasClock: true,
      query: `?mode=category&category=${second}`,
      change: (campaign) => Object.assign(campaign, { phase, votingClosesAt: new Date(closesAtMs).toISOString() }),
    });
    await page.locator(".ranking").waitFor();
    await pass(20_000);
    await modeIs(page, "category");
    await pass(30_000);
    await modeIs(page, "last-minute");
    await page.getByRole("status").getByText("Voting ends in less than a minute.").waitFor();
    assert.deepEqual(queryOf(page), { mode: "last-minute", category: second, from: "category" });
    const seconds = async () => Number(await page.getByRole("timer").textContent());
    const before = await seconds();
    assert.ok(before > 0 && before <= 60, `${before} seconds`);
    await pass(5_000);
    await page.waitForFunction((most) => Number(document.querySelector("[role=timer]").textContent) <= most, before - 5);
    // It fills the screen.
    assert.ok(await page.getByRole("timer").evaluate((time) => parseFloat(getComputedStyle(time).fontSize) > innerHeight / 2));
    closesAtMs += 3_600_000;
    await pass(45_000);
    await modeIs(page, "category");
    assert.deepEqual(queryOf(page), { mode: "category", category: second });
    await pass(3_530_000);
    await modeIs(page, "last-minute");
    phase = "ENDED";
    await pass(closesAtMs - Date.now() > 0 ? 120_000 : 60_000);
    await page.getByText("The votes are being counted").waitFor();
    assert.equal(await page.getByRole("timer").count(), 0);
    assert.equal(await page.locator("[data-number]").count(), 0);
    phase = "PUBLISHED";
    await pass(10_000);
    await modeIs(page, "final");
    await page.locator(".ranking").nth(2).waitFor();
    await page.locator("header").getByText("Final result").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("somebody who leaves it is not brought back", async (t) => {
    const votingClosesAt = new Date(Date.now() + 40_000).toISOString();
    const { page, pass } = await openBoard(t, { hasClock: true, change: (campaign) => Object.assign(campaign, { votingClosesAt }) });
    await modeIs(page, "last-minute");
    await press(page, "1");
    await modeIs(page, "all");
    await pass(5_000);
    await page.locator(".ranking").first().waitFor();
    await modeIs(page, "all");
  });
});

describe("the final result", () => {
  test("comes by itself where the standing is shown, which is provisional until then", async (t) => {
    let phase = "ENDED";
    const { page, pass } = await openBoard(t, { hasClock: true, query: "?mode=all", change: (campaign) => Object.assign(campaign, { phase }) });
    await page.getByText("these figures are provisional").waitFor();
    await page.locator(".ranking").nth(2).waitFor();
    phase = "PUBLISHED";
    await pass(10_000);
    await modeIs(page, "final");
    assert.equal(queryOf(page).mode, "final");
  });

  test("is what a board shows once it is published, and those whom the votes do not decide between stand below the line", async (t) => {
    const [from] = numbersOf(first);
    const tied = [9, 10, 11].map((i) => from + i);
    const { page } = await openBoard(t, {
      votes: { ...votes, ...Object.fromEntries(tied.map((number) => [number, votes[from + 9]])) },
      change: published,
    });
    await modeIs(page, "final");
    const ranking = page.locator(".ranking").first();
    await ranking.getByText("Top 10: tie at the line").waitFor();
    const list = await ranking.locator(".column > li").evaluateAll((items) => items.map(({ dataset }) => Number(dataset.number ?? 0)));
    assert.deepEqual(list, [3, 4, 5, 6, 7, 8].map((i) => from + i).concat(0, tied));
    assert.equal(await ranking.getByText("tied", { exact: true }).count(), 3);
    await press(page, "1");
    await modeIs(page, "all");
  });
});

describe("a board in a hall", () => {
  const textSizes = (page, selector) =>
    page.locator(selector).evaluateAll((texts) => texts.map((text) => parseFloat(getComputedStyle(text).fontSize)));

  for (const [query, count] of [
    ["", 3],
    ["?mode=category", 10],
    ["?mode=category", 39],
    ["?mode=final", 11],
  ]) {
    test(`is read from thirty metres, ${query || "?mode=all"} with ${count} nominees a category`, async (t) => {
      const kept = new Set([first, second, third].flatMap((key) => numbersOf(key).slice(0, count)));
      const { page } = await openBoard(t, {
        query,
        drop: (number) => !kept.has(number),
        change: query === "?mode=final" ? published : undefined,
      });
      await page.locator(".ranking .leader").first().waitFor();
      const scale = { 1280: 720 / 1080, 1920: 1, 3840: 2 };
      const sizes = {};
      for (const [width, height] of [
        [1920, 1080],
        [1280, 720],
        [3840, 2160],
      ]) {
        await page.setViewportSize({ width, height });
        const factor = scale[width];
        sizes[width] = await textSizes(page, ".board .name");
        assert.ok(Math.min(...sizes[width]) >= 32 * factor - 0.01, `names of ${Math.min(...sizes[width])} px at ${width}`);
        const figures = await textSizes(page, ".board .figure");
        assert.ok(Math.min(...figures) >= 40 * factor - 0.01, `figures of ${Math.min(...figures)} px at ${width}`);
        const { code, gap, overflow, cut } = await page.evaluate(() => {
          const bottomOf = (element) => element.getBoundingClientRect().bottom;
          const places = [...document.querySelectorAll(".board [data-number]")];
          const gaps = [...document.querySelectorAll(".ranking")].map((ranking) => {
            const own = places.filter((place) => ranking.contains(place));
            return bottomOf(ranking) - Math.max(...own.map(bottomOf));
          });
          const root = document.documentElement;
          const cut = ["name", "figure"].flatMap((part) =>
            places.filter((place) => {
              const [inner, outer] = [place.querySelector(`.${part}`), place].map((element) => element.getBoundingClientRect());
              return inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1;
            }),
          );
          const rails = [...document.querySelectorAll(".ranking, .rail > *")];
          return {
            code: document.querySelector(".code img").getBoundingClientRect().width,
            gap: Math.max(...gaps, innerHeight - Math.max(...[...document.querySelectorAll(".ranking")].map(bottomOf))),
            overflow: [root.scrollWidth - root.clientWidth, root.scrollHeight - root.clientHeight],
            cut: [...cut, ...rails.filter((part) => part.scrollHeight > part.clientHeight + 1)].map(({ outerHTML }) => outerHTML),
          };
        });
        assert.ok(code >= 240 * factor, `a code of ${code} px at ${width}`);
        assert.ok(gap <= 60 * factor, `${gap} px of ${height} are not used`);
        assert.deepEqual(overflow, [0, 0]);
        assert.deepEqual(cut, []);
      }
      const ratios = sizes[3840].map((size, i) => size / sizes[1920][i]);
      assert.ok(ratios.every((ratio) => Math.abs(ratio - 2) < 0.01));
      assert.equal(await page.locator(".leader .face").count(), query.includes("category") ? 3 : 9);
    });
  }

  test("all places of a category are listed where that is wanted", async (t) => {
    const { page, watched } = await openBoard(t);
    await watched();
    assert.equal(await page.locator(".ranking").first().locator("[data-number]").count(), 11);
    await press(page, "a");
    assert.equal(await page.locator("[data-number]").count(), roster.length);
    await press(page, "a");
    assert.equal(await page.locator(".ranking").first().locator("[data-number]").count(), 11);
  });
});

describe("a board of hidden figures", () => {
  test("has none anywhere, in any mode, and counts down", async (t) => {
    const hide = (campaign) => Object.assign(campaign, { tally: null, rules: { tallyVisibility: "AFTER_CLOSE" } });
    const { page } = await openBoard(t, { change: hide });
    await page.getByText("The figures are shown when voting has closed.").waitFor();
    for (const key of ["2", "3", "4", "5", "1"]) {
      await press(page, key);
      assert.equal(await page.locator("[data-number], [data-figure], .figure, .freshness").count(), 0);
    }
    await page.getByText("Voting closes in").waitFor();
    await page.getByRole("img", { name: "Scan to vote" }).waitFor();
    await press(page, "3");
    await page.getByRole("timer").waitFor();
  });
});

describe("every mode", () => {
  const modes = ["all", "category", "last-minute", "unveiling&place=3", "final"];
  for (const [name, device] of [
    ["in a dark hall", { ...projector, colorScheme: "dark" }],
    ["in a light hall", { ...projector, colorScheme: "light" }],
    ["on a phone", { ...phone, locale: "en-GB" }],
    ["on a laptop", ofScreen(1280, 800)],
  ]) {
    test(`${name} has no serious findings, and is as wide as the screen`, async (t) => {
      let phase = "VOTING";
      const { page, complaints } = await openBoard(t, { device, change: (campaign) => Object.assign(campaign, { phase }) });
      for (const mode of modes) {
        if (mode === "final") phase = "PUBLISHED";
        await page.goto(`${server.origin}/c/demo/board?mode=${mode}`);
        await page.locator(".board .stage > *").first().waitFor();
        await expectAccessible(page, `${mode} ${name}`);
      }
      assert.deepEqual(complaints, []);
    });
  }
});
