// graphql-sse with the protocol's own client, in its mode of distinct connections.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "graphql-sse";
import { castVote, findCampaign, signIn, votesOf, watchTally } from "./api.js";
import { startServer } from "./server.js";
import { event, next, until } from "./waiting.js";

const server = await startServer({ after });
const campaign = await findCampaign(server);

function connect(context, options = {}) {
  const client = createClient({ url: server.streamUrl, ...options });
  context.after(() => client.dispose());
  return client;
}

const watch = { query: watchTally, variables: { id: campaign.id } };

/** The only result of an operation that is no subscription. */
async function only(client, request) {
  const results = [];
  for await (const result of client.iterate(request)) results.push(result);
  assert.equal(results.length, 1);
  return results[0];
}

describe("graphql-sse", () => {
  test("a subscription gives the current tally at once, then a newer one after a vote", async (t) => {
    const nominee = campaign.takeNominee();
    const results = connect(t).iterate(watch);
    const first = await next(results, "the current tally");
    assert.equal(votesOf(first, nominee), 0);
    await castVote(server, nominee);
    const newer = await until(results, (result) => votesOf(result, nominee) > 0, "the vote");
    assert.equal(votesOf(newer, nominee), 1);
    assert.ok(newer.data.tallyChanged.version > first.data.tallyChanged.version);
  });

  test("a query is one result, as the voter of its token", async (t) => {
    const client = connect(t, { headers: { authorization: `Bearer ${await signIn(server)}` } });
    const result = await only(client, { query: "{ viewer { role isGuest } }" });
    assert.deepEqual(result, { data: { viewer: { role: "VOTER", isGuest: true } } });
  });

  test("errors of the request are results", async (t) => {
    const codes = {
      GRAPHQL_VALIDATION_FAILED: { query: "{ nothing }" },
      GRAPHQL_PARSE_FAILED: { query: "{" },
      BAD_USER_INPUT: { query: watchTally, variables: { id: "nonsense" } },
    };
    const client = connect(t, { retryAttempts: 0 });
    for (const [code, request] of Object.entries(codes)) {
      const { errors } = await only(client, request);
      assert.equal(errors[0].extensions.code, code);
    }
    const stranger = connect(t, { retryAttempts: 0, headers: { authorization: "Bearer nonsense" } });
    const { errors } = await only(stranger, watch);
    assert.equal(errors[0].extensions.code, "UNAUTHENTICATED");
  });

  for (const [how, end] of [
    ["is stopped", () => server.stop()],
    ["is killed", () => server.kill()],
  ]) {
    test(`a subscription goes on when the server ${how} and comes back`, async (t) => {
      const nominee = campaign.takeNominee();
      const retrying = event("the client to notice");
      const client = connect(t, {
        retryAttempts: Infinity,
        retry: async () => {
          retrying.happen();
          await delay(50);
        },
      });
      const results = client.iterate(watch);
      await castVote(server, nominee);
      await until(results, (result) => votesOf(result, nominee) === 1, "the first vote");
      await end();
      await retrying.happened();
      await server.start();
      await castVote(server, nominee);
      await until(results, (result) => votesOf(result, nominee) === 2, "both votes, the one before and the one after");
    });
  }

  test("Last-Event-ID, which browsers send when they come back, changes nothing", async (t) => {
    const nominee = campaign.takeNominee();
    const results = connect(t, { headers: { "last-event-id": "17" } }).iterate(watch);
    await next(results, "the current tally");
    await castVote(server, nominee);
    await until(results, (result) => votesOf(result, nominee) === 1, "the vote");
  });
});
