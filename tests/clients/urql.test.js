// urql: automatic persisted queries over HTTP, subscriptions over graphql-transport-ws.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { createClient } from "graphql-ws";
import { toAsyncIterable } from "wonka";
import { WebSocket } from "ws";
import { castVote, findCampaign, signIn, votesOf, watchTally } from "./api.js";
import { startServer } from "./server.js";
import { next, until } from "./waiting.js";

const server = await startServer({ after }, { ACCLAIM_DOCUMENTS: "apq" });
const campaign = await findCampaign(server);

/** A client, and the list of what it sends. */
function connect(context, token) {
  const authorization = token && `Bearer ${token}`;
  const sent = [];
  const socket = createClient({
    url: server.socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: authorization && { authorization },
  });
  context.after(() => socket.dispose());
  const client = new Client({
    url: server.url,
    preferGetMethod: "within-url-limit",
    requestPolicy: "network-only",
    fetchOptions: authorization && { headers: { authorization } },
    fetch: (url, init) => {
      sent.push({ url: new URL(url), method: init.method, body: init.body && JSON.parse(init.body) });
      return fetch(url, init);
    },
    exchanges: [
      persistedExchange(),
      subscriptionExchange({
        forwardSubscription: (payload) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe(payload, sink) }),
        }),
      }),
      fetchExchange,
    ],
  });
  return { client, sent };
}

const nominees = `query Nominees($slug: String!) {
  campaign(slug: $slug) { nominees(first: 100) { nodes { id } } }
}`;

const vote = `mutation Vote($input: CastVoteInput!) {
  castVote(input: $input) { vote { id castAt } quota { used } userErrors { code } }
}`;

describe("urql", () => {
  test("a query is registered by the first client; the next one sends its hash only", async (t) => {
    const idsOf = ({ data, error }) => {
      assert.ifError(error);
      return data.campaign.nominees.nodes.map(({ id }) => id);
    };
    const first = connect(t);
    assert.deepEqual(idsOf(await first.client.query(nominees, { slug: "demo" })), campaign.nominees);
    assert.equal(first.sent.length, 2);
    const second = connect(t);
    assert.deepEqual(idsOf(await second.client.query(nominees, { slug: "demo" })), campaign.nominees);
    assert.equal(second.sent.length, 1);
    assert.equal(second.sent[0].method, "GET");
    assert.equal(second.sent[0].url.searchParams.has("query"), false);
  });

  test("a vote that is sent again with its key is the same vote", async (t) => {
    const { client } = connect(t, await signIn(server));
    const input = { nomineeId: campaign.takeNominee(), idempotencyKey: randomUUID() };
    const first = await client.mutation(vote, { input });
    assert.ifError(first.error);
    assert.deepEqual(first.data.castVote.userErrors, []);
    assert.equal(first.data.castVote.quota.used, 1);
    const again = await client.mutation(vote, { input });
    assert.ifError(again.error);
    assert.deepEqual(again.data, first.data);
    const anew = await client.mutation(vote, { input: { ...input, idempotencyKey: randomUUID() } });
    assert.deepEqual(anew.data.castVote.userErrors.map(({ code }) => code), ["ALREADY_VOTED"]);
  });

  test("a subscription gives the current tally at once, then a newer one after a vote", async (t) => {
    const nominee = campaign.takeNominee();
    const { client } = connect(t);
    const results = toAsyncIterable(client.subscription(watchTally, { id: campaign.id }))[Symbol.asyncIterator]();
    assert.equal(votesOf(await next(results, "the current tally"), nominee), 0);
    await castVote(server, nominee);
    await until(results, (result) => votesOf(result, nominee) === 1, "the vote");
    await results.return();
  });
});
