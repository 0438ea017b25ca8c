// graphql-transport-ws with the protocol's own client, graphql-ws.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { castVote, findCampaign, signIn, votesOf, watchTally } from "./api.js";
import { startServer } from "./server.js";
import { event, next, until } from "./waiting.js";

const server = await startServer({ after });
const campaign = await findCampaign(server);

function connect(context, options = {}) {
  const client = createClient({ url: server.socketUrl, webSocketImpl: WebSocket, ...options });
  context.after(() => client.dispose());
  return client;
}

const watch = { query: watchTally, variables: { id: campaign.id } };

/** The only result of an operation that is no subscription. */
async function only(client, payload) {
  const results = [];
  for await (const result of client.iterate(payload)) results.push(result);
  assert.equal(results.length, 1);
  return results[0];
}

describe("graphql-ws", () => {
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

  test("queries and mutations run over the socket, as the voter of its token", async (t) => {
    const client = connect(t, { connectionParams: { authorization: `Bearer ${await signIn(server)}` } });
    const query = await only(client, { query: "{ viewer { role isGuest } }" });
    assert.deepEqual(query, { data: { viewer: { role: "VOTER", isGuest: true } } });
    const nominee = campaign.takeNominee();
    const mutation = await only(client, {
      query: "mutation ($id: ID!) { castVote(input: {nomineeId: $id}) { nominee { id } userErrors { code } } }",
      variables: { id: nominee },
    });
    assert.deepEqual(mutation.data.castVote, { nominee: { id: nominee }, userErrors: [] });
  });

  test("the client's close is answered: else its next operation waits as for a server that is gone", async (t) => {
    const closed = event("the socket to close");
    // The client closes when no operation is left.
    await only(connect(t, { on: { closed: closed.happen } }), { query: "{ serverTime }" });
    assert.equal((await closed.happened()).code, 1000);
  });

  test("a document that is not valid is an error of its operation only", async (t) => {
    let sockets = 0;
    const client = connect(t, { on: { connected: () => (sockets += 1) } });
    const results = client.iterate(watch);
    await next(results, "the current tally");
    await assert.rejects(next(client.iterate({ query: "{ nothing }" }), "an error"), (errors) => {
      assert.equal(errors.length, 1);
      assert.equal(errors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
      return true;
    });
    const nominee = campaign.takeNominee();
    await castVote(server, nominee);
    await until(results, (result) => votesOf(result, nominee) === 1, "the vote");
    assert.equal(sockets, 1);
  });

  for (const [how, end, code] of [
    ["is stopped", () => server.stop(), 1001],
    ["is killed", () => server.kill(), 1006],
  ]) {
    test(`a subscription goes on when the server ${how} and comes back`, async (t) => {
      const nominee = campaign.takeNominee();
      const closed = event("the socket to close");
      const client = connect(t, {
        retryAttempts: Infinity,
        // By default a refused connection, unlike one that closes, is final.
        shouldRetry: () => true,
        retryWait: () => delay(50),
        on: { closed: closed.happen },
      });
      const results = client.iterate(watch);
      await castVote(server, nominee);
      await until(results, (result) => votesOf(result, nominee) === 1, "the first vote");
      await end();
      assert.equal((await closed.happened()).code, code);
      await server.start();
      await castVote(server, nominee);
      await until(results, (result) => votesOf(result, nominee) === 2, "both votes, the one before and the one after");
    });
  }

  test("a bad token closes the socket with 4403", async (t) => {
    const client = connect(t, { retryAttempts: 0, connectionParams: { authorization: "Bearer nonsense" } });
    await assert.rejects(next(client.iterate(watch), "the socket to close"), (close) => {
      assert.equal(close.code, 4403);
      return true;
    });
  });
});
