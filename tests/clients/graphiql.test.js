// GraphiQL as the server serves it, in a browser: it works, and speaks to nobody else.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { castVote, findCampaign } from "./api.js";
import { open, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const server = await startServer({ after });
const campaign = await findCampaign(server);

const browser = await startBrowser(after);

const openGraphiql = (context) => open(browser, context, `${server.origin}/graphiql`);

const execute = (page) => page.locator("button.graphiql-execute-button").click();

/** Waits until the result has this text. */
const seen = (page, text) => page.locator(".graphiql-response").getByText(text).waitFor();

describe("GraphiQL", () => {
  test("the page runs its first query and shows the schema", async (t) => {
    const { page, response, complaints, foreign } = await openGraphiql(t);
    assert.equal(response.status(), 200);
    assert.match(response.headers()["content-security-policy"], /default-src 'none'/);
    await execute(page);
    await seen(page, '"totalCount": 100');
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.locator(".graphiql-doc-explorer").getByText("subscription:").waitFor();
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });

  test("a subscription shows the current tally, then a vote", async (t) => {
    const { page, addresses, complaints, foreign } = await openGraphiql(t);
    await page.locator(".graphiql-query-editor .CodeMirror").click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText(`subscription Watch { tallyChanged(campaignId: "${campaign.id}") { countedVotes } }`);
    // The page reads a document some time after the last key; then its tab bears the operation's name.
    await page.getByRole("tab", { name: "Watch" }).waitFor();
    await execute(page);
    await seen(page, '"countedVotes": 0');
    await castVote(server, campaign.takeNominee());
    await seen(page, '"countedVotes": 1');
    assert.ok(addresses.includes(server.socketUrl), addresses.join(" "));
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign(), []);
  });
});
