// GraphiQL as the server serves it, in a browser: it works, and speaks to nobody else.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { castVote, findCampaign } from "./api.js";
import { startServer } from "./server.js";

const server = await startServer({ after });
const campaign = await findCampaign(server);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Containers give their root neither a sandbox nor a graphics card; the rest keeps the browser itself off the network.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
after(() => browser.close());

/** Opens the page; gives it with what it asked for and what it complained about. */
async function open(context) {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  context.after(() => page.close());
  const addresses = [];
  const complaints = [];
  page.on("request", (request) => addresses.push(request.url()));
  page.on("websocket", (socket) => addresses.push(socket.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  // Violations of the content security policy are errors of the console, too.
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  const response = await page.goto(`${server.origin}/graphiql`);
  return { page, response, addresses, complaints };
}

const isForeign = (address) => new URL(address).host !== new URL(server.origin).host;

const execute = (page) => page.locator("button.graphiql-execute-button").click();

/** Waits until the result has this text. */
const seen = (page, text) => page.locator(".graphiql-response").getByText(text).waitFor();

describe("GraphiQL", () => {
  test("the page runs its first query and shows the schema", async (t) => {
    const { page, response, addresses, complaints } = await open(t);
    assert.equal(response.status(), 200);
    assert.match(response.headers()["content-security-policy"], /default-src 'none'/);
    await execute(page);
    await seen(page, '"totalCount": 100');
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.locator(".graphiql-doc-explorer").getByText("subscription:").waitFor();
    assert.deepEqual(complaints, []);
    assert.deepEqual(addresses.filter(isForeign), []);
  });

  test("a subscription shows the current tally, then a vote", async (t) => {
    const { page, addresses, complaints } = await open(t);
    await page.locator(".graphiql-query-editor .CodeMirror").click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText(`subscription Watch { tallyChanged(campaignId: "${campaign.id}") { countedVotes } }`);
    // The page reads a document some time after the last key; then its tab bears the operation's name.
    await page.getByRole("tab", { name: "Watch" }).waitFor();
    await execute(page);
    await seen(page, '"countedVotes": 0');
    await castVote(server, campaign.take());
    await seen(page, '"countedVotes": 1');
    assert.ok(addresses.includes(server.socketUrl), addresses.join(" "));
    assert.deepEqual(complaints, []);
    assert.deepEqual(addresses.filter(isForeign), []);
  });
});
