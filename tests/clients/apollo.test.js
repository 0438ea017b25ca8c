// Apollo Client: automatic persisted queries by GET through caches, pagination, and documents of Apollo's manifest.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { findCampaign, listStories, post, signIn } from "./api.js";
import { Feed, Nominees, SignIn } from "./apollo/operations.js";
import { startServer, temporaryFolder } from "./server.js";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** A client, and the list of what it sends and is answered. */
function connect(server, { headers, ...options } = {}) {
  const exchanges = [];
  const recordingFetch = async (url, init) => {
    const response = await fetch(url, init);
    const exchange = { url: String(url), method: init.method, sent: init.headers, status: response.status };
    exchange.body = init.body && JSON.parse(init.body);
    exchange.headers = response.headers;
    exchange.json = await response.clone().json();
    exchanges.push(exchange);
    return response;
  };
  const client = new ApolloClient({
    link: ApolloLink.from([
      new PersistedQueryLink({ sha256, useGETForHashedQueries: true, ...options }),
      new HttpLink({ uri: server.url, headers, fetch: recordingFetch }),
    ]),
    cache: new InMemoryCache({
      typePolicies: {
        Campaign: { fields: { nominees: relayStylePagination(["category", "search", "orderBy"]) } },
        Query: { fields: { stories: relayStylePagination(["campaignId", "category"]) } },
      },
    }),
  });
  return { client, exchanges };
}

const isHashOnlyGet = ({ method, url, body }) => {
  const query = new URL(url).searchParams;
  return method === "GET" && body === undefined && query.has("extensions") && !query.has("query");
};

const codeOf = ({ json }) => json.errors?.[0].extensions.code;

const server = await startServer({ after }, { ACCLAIM_DOCUMENTS: "apq" });

describe("Apollo Client: automatic persisted queries", () => {
  const request = { query: Nominees, variables: { first: 3 } };

  test("the first client registers the query, the next one needs its hash only", async () => {
    const first = connect(server);
    const { data } = await first.client.query(request);
    assert.equal(data.campaign.nominees.edges.length, 3);
    assert.equal(first.exchanges.length, 2);
    const [miss, registration] = first.exchanges;
    assert.ok(isHashOnlyGet(miss), miss.url);
    assert.equal(codeOf(miss), "PERSISTED_QUERY_NOT_FOUND");
    assert.equal(registration.method, "POST");
    assert.equal(registration.body.extensions.persistedQuery.sha256Hash, sha256(registration.body.query));

    const second = connect(server);
    assert.deepEqual((await second.client.query(request)).data, data);
    assert.equal(second.exchanges.length, 1);
    assert.ok(isHashOnlyGet(second.exchanges[0]), second.exchanges[0].url);
  });

  test("caches may keep what is asked for by hash without a token, and ask whether it has changed", async () => {
    await connect(server).client.query(request);
    const { client, exchanges } = connect(server);
    await client.query(request);
    const [{ url, sent, headers }] = exchanges;
    assert.match(headers.get("cache-control"), /^public\b/);
    const etag = headers.get("etag");
    assert.ok(etag);
    const again = await fetch(url, { headers: { ...sent, "if-none-match": etag } });
    assert.equal(again.status, 304);
    assert.equal(again.headers.get("etag"), etag);
    assert.equal(await again.text(), "");
    const changed = await fetch(url, { headers: { ...sent, "if-none-match": '"another"' } });
    assert.equal(changed.status, 200);
    assert.deepEqual(await changed.json(), exchanges[0].json);
  });

  test("no shared cache may keep a miss, or what is asked for with a token", async () => {
    const stranger = connect(server);
    await stranger.client.query({ query: gql("query Unseen { campaigns(first: 1) { totalCount } }") });
    assert.equal(codeOf(stranger.exchanges[0]), "PERSISTED_QUERY_NOT_FOUND");
    const voter = connect(server, { headers: { authorization: `Bearer ${await signIn(server)}` } });
    await voter.client.query(request);
    const hit = voter.exchanges.find((exchange) => isHashOnlyGet(exchange) && exchange.json.data);
    assert.ok(hit, "the query was registered before");
    for (const { headers } of [stranger.exchanges[0], hit]) {
      assert.match(headers.get("cache-control"), /\b(no-store|private)\b/);
      assert.doesNotMatch(headers.get("cache-control"), /\bpublic\b/);
    }
    assert.match(hit.headers.get("vary"), /\bauthorization\b/i);
  });

  test("a hash that is not the document's is refused and registers nothing", async () => {
    const wrong = sha256("another document");
    const { client, exchanges } = connect(server, { sha256: () => wrong });
    await assert.rejects(client.query(request));
    assert.equal(exchanges.length, 2);
    assert.equal(exchanges[1].body.extensions.persistedQuery.sha256Hash, wrong);
    assert.equal(codeOf(exchanges[1]), "BAD_USER_INPUT");
    assert.equal(exchanges[1].json.data, undefined);
    const { json } = await post(server, { extensions: { persistedQuery: { version: 1, sha256Hash: wrong } } });
    assert.equal(codeOf({ json }), "PERSISTED_QUERY_NOT_FOUND");
  });
});

describe("Apollo Client: relayStylePagination", () => {
  /** The ids of a connection's nodes in the client's cache, after all its pages were fetched. */
  async function readAll(query, connectionOf) {
    const { client } = connect(server);
    const request = { query, variables: { first: 7 } };
    let { data: page } = await client.query(request);
    const watched = client.watchQuery(request);
    while (connectionOf(page).pageInfo.hasNextPage) {
      ({ data: page } = await watched.fetchMore({ variables: { after: connectionOf(page).pageInfo.endCursor } }));
    }
    return connectionOf(client.readQuery(request)).edges.map(({ node }) => node.id);
  }

  test("each nominee once, in the server's order", async () => {
    const { nominees } = await findCampaign(server);
    assert.deepEqual(await readAll(Nominees, (data) => data.campaign.nominees), nominees);
  });

  test("each story once, in the server's order", async () => {
    assert.deepEqual(await readAll(Feed, (data) => data.stories), await listStories(server));
  });
});

test("Apollo Client: trusted documents", async (t) => {
  const manifestFile = await makeManifest();
  const manifest = JSON.parse(await readFile(manifestFile, "utf8"));
  const env = { ACCLAIM_DOCUMENTS: "trusted", ACCLAIM_DOCUMENTS_MANIFEST: manifestFile };
  const server = await startServer(t, env);

  await t.test("listed operations run by their ids", async () => {
    assert.deepEqual(manifest.operations.map(({ name }) => name).sort(), ["Feed", "Nominees", "SignIn"]);
    const { generateHash } = generatePersistedQueryIdsFromManifest({ loadManifest: () => manifest });
    const { client, exchanges } = connect(server, { generateHash });
    const { data: nominees } = await client.query({ query: Nominees, variables: { first: 3 } });
    assert.equal(nominees.campaign.nominees.edges.length, 3);
    const { data: feed } = await client.query({ query: Feed, variables: { first: 3 } });
    assert.equal(feed.stories.edges.length, 3);
    const { data: session } = await client.mutate({ mutation: SignIn, variables: { deviceId: randomUUID() } });
    assert.equal(session.signInGuest.viewer.isGuest, true);
    assert.deepEqual(exchanges.map(({ method }) => method), ["GET", "GET", "POST"]);
    assert.ok(exchanges.every(({ url, body }) => !new URL(url).searchParams.has("query") && !body?.query));
  });

  await t.test("others are refused, by hash and as text, and are not registered", async () => {
    const query = "{ serverTime }";
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
    for (const [request, code] of [
      [{ extensions }, "PERSISTED_QUERY_NOT_FOUND"],
      [{ query }, "FORBIDDEN"],
      [{ query, extensions }, "FORBIDDEN"],
      [{ extensions }, "PERSISTED_QUERY_NOT_FOUND"],
    ]) {
      const { json } = await post(server, request);
      assert.equal(codeOf({ json }), code, JSON.stringify(request));
      assert.equal(json.data, undefined);
    }
  });
});

/** The file that Apollo's tool makes of the operations. */
async function makeManifest() {
  const folder = temporaryFolder();
  await cp(join(import.meta.dirname, "apollo"), folder, { recursive: true });
  const config = { documents: "*.{graphql,js}", output: "manifest.json" };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const tool = createRequire(import.meta.url).resolve("@apollo/generate-persisted-query-manifest/cli.js");
  await promisify(execFile)(process.execPath, [tool, "--config", "config.json"], { cwd: folder });
  return join(folder, "manifest.json");
}
