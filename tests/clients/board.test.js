// The live board: it moves with the votes, whatever way the network leaves open, and says how old its figures are.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { castVote, findCampaign } from "./api.js";
import { desktop, open, phone, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const server = await startServer({ after });
const browser = await startBrowser(after);
const campaign = await findCampaign(server);
const address = `${server.origin}/c/demo/board`;
const projector = { ...desktop, viewport: { width: 1920, height: 1080 } };

const stateIs = (page, state) => page.locator(`.freshness[data-state="${state}"]`).waitFor({ timeout: 40_000 });
const row = (page, number) => page.locator(`.row[data-number="${number}"]`);
const figureIs = (page, number, votes) => row(page, number).locator(".figure").getByText(String(votes), { exact: true }).waitFor();
/** Casts votes for the nominee with this number: the demo's ids are in the order of numbers. */
const vote = async (number, times) => {
  for (let i = 0; i < times; i++) await castVote(server, campaign.nominees[number - 1]);
};

describe("the board", () => {
  test("bars, ranks and totals move with the votes of others", async (t) => {
    const { page, complaints, foreign } = await open(browser, t, address, projector);
    await stateIs(page, "live");
    const before = Number(await page.locator('[data-figure="votes"]').textContent());
    await vote(5, 2);
    await figureIs(page, 5, 2);
    await vote(8, 3);
    await figureIs(page, 8, 3);
    assert.equal(await row(page, 8).locator(".place").textContent(), "1");
    assert.equal(await row(page, 5).locator(".place").textContent(), "2");
    await row(page, 8).getByRole("img", { name: "up" }).waitFor();
    await page.locator('[data-figure="votes"]').getByText(String(before + 5)).waitFor();
    await page.locator('[data-figure="voters"]').getByText(String(before + 5)).waitFor();
    await page.locator('[data-figure="rate"]').getByText("5", { exact: true }).waitFor();
    // The higher rank stands above, once the bars have moved.
    await page.waitForFunction(() => {
      const top = (number) => document.querySelector(`.row[data-number="${number}"]`).getBoundingClientRect().top;
      return top(8) < top(5);
    });
    assert.equal(await page.getByText("Top 10").count(), 3);
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });

  test("without sockets it watches an event stream, and without that it asks, mostly to hear that nothing changed", async (t) => {
    const { page } = await open(browser, t, "about:blank", phone);
    await page.routeWebSocket("**/graphql/ws", (socket) => socket.close());
    await page.goto(address);
    await stateIs(page, "live");
    await vote(11, 1);
    await figureIs(page, 11, 1);
    await page.route("**/graphql/stream", (route) => route.abort());
    let unchanged = 0;
    page.on("response", (response) => (unchanged += Number(response.status() === 304)));
    await page.reload();
    await stateIs(page, "polling");
    await vote(11, 1);
    await figureIs(page, 11, 2);
    await page.waitForResponse((response) => response.url().endsWith("tally.json") && response.status() === 304);
    assert.ok(unchanged > 0);
  });

  test("it survives the kill and return of the server without a reload", async (t) => {
    const { page } = await open(browser, t, address, projector);
    await stateIs(page, "live");
    await page.evaluate(() => (window.isTheSame = true));
    await vote(14, 1);
    await figureIs(page, 14, 1);
    await server.kill();
    await stateIs(page, "lost");
    await page.locator(".freshness").getByText(/ago/).waitFor();
    await server.start();
    await vote(14, 1);
    await figureIs(page, 14, 2);
    await stateIs(page, "live");
    assert.equal(await page.evaluate(() => window.isTheSame), true);
  });

  test("hidden figures stay hidden, and staff see them after signing in", async (t) => {
    const { page } = await open(browser, t, "about:blank", desktop);
    // The demo's rules show everything: here the answers to the public are those of a campaign that hides its tally.
    await page.route("**/graphql", async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      const found = answer.data?.campaign;
      if (found?.tally && !route.request().headers().authorization) {
        found.tally = null;
        found.rules.tallyVisibility = "STAFF_ONLY";
      }
      await route.fulfill({ response, json: answer });
    });
    await page.goto(address);
    await page.getByText("The figures of this vote are not public.").waitFor();
    assert.equal(await page.locator(".row").count(), 0);
    await page.getByRole("button", { name: "Staff sign-in" }).click();
    const [, email, password] = /Staff sign-in +(\S+) \/ (\S+)/.exec(server.log);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("E-mail or password is wrong.").waitFor();
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await stateIs(page, "live");
    await vote(17, 1);
    await figureIs(page, 17, 1);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("The figures of this vote are not public.").waitFor();
  });
});
