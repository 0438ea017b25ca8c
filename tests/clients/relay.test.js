// Relay: its compiler reads the schema, its runtime runs and pages what was compiled, by text and by Relay's own ids.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import relay from "relay-runtime";
import { findCampaign, listStories, post } from "./api.js";
import { startServer, temporaryFolder } from "./server.js";

const { Environment, Network, RecordSource, Store } = relay;
const { createOperationDescriptor, fetchQuery, getSingularSelector } = relay;
const require = createRequire(import.meta.url);

/** Compiles the documents; gives what the compiler said, its artifacts by name, and the file of persisted documents. */
async function compile({ isPersisting }) {
  const folder = temporaryFolder();
  const documents = join(folder, "documents.json");
  const config = {
    src: "source",
    schema: "schema.graphql",
    artifactDirectory: "artifacts",
    language: "javascript",
    // Node finds the artifacts that artifacts name without an extension by `require` only.
    eagerEsModules: false,
    ...(isPersisting && { persistConfig: { file: "documents.json", algorithm: "SHA256" } }),
  };
  await mkdir(join(folder, "artifacts"));
  await cp(join(import.meta.dirname, "relay"), join(folder, "source"), { recursive: true });
  await cp(join(import.meta.dirname, "../../schema.graphql"), join(folder, "schema.graphql"));
  await writeFile(join(folder, "relay.config.json"), JSON.stringify(config));
  await writeFile(documents, "{}");
  const compiler = require.resolve("relay-compiler/cli.js");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [compiler], { cwd: folder });
  return {
    said: stdout + stderr,
    artifact: (name) => require(join(folder, "artifacts", `${name}.graphql.js`)),
    documents,
  };
}

/** An environment whose requests have the body that `bodyOf` makes. */
function connect(server, bodyOf) {
  const network = Network.create(async (params, variables) => {
    const { json } = await post(server, { ...bodyOf(params), variables });
    return json;
  });
  return new Environment({ network, store: new Store(new RecordSource()) });
}

const byText = ({ name, text }) => ({ operationName: name, query: text });

/** Fetches a query, keeps it in the store, and gives its data. */
async function load(environment, query, variables) {
  const operation = createOperationDescriptor(query, variables);
  environment.retain(operation);
  await fetchQuery(environment, query, variables).toPromise();
  return environment.lookup(operation.fragment).data;
}

/** The ids of all nodes of a connection, read through its fragment after its pages were fetched. */
async function readAll(environment, fragment, owner, variables) {
  const { operation, connection } = fragment.metadata.refetch;
  const connectionOf = () => environment.lookup(getSingularSelector(fragment, owner)).data[connection.path[0]];
  while (connectionOf().pageInfo.hasNextPage) {
    await load(environment, operation, { ...variables, count: 7, cursor: connectionOf().pageInfo.endCursor });
  }
  return connectionOf().edges.map(({ node }) => node.id);
}

describe("Relay", () => {
  test("the compiler accepts the schema, with connections and fragments that are fetched anew", async () => {
    const { said, artifact } = await compile({ isPersisting: false });
    assert.doesNotMatch(said, /error|warn/i);
    assert.equal(artifact("demoNominees_campaign").metadata.connection.length, 1);
    assert.equal(artifact("demoNominee_nominee").metadata.refetch.operation.params.name, "demoNomineeQuery");
  });

  test("the runtime pages nominees and stories, each once, in the server's order", async (t) => {
    const server = await startServer(t);
    const { artifact } = await compile({ isPersisting: false });
    const environment = connect(server, byText);
    const { campaign } = await load(environment, artifact("demoCampaignQuery"), { slug: "demo", count: 7 });
    const { nominees } = await findCampaign(server);
    const stories = await listStories(server);
    const id = campaign.id;
    assert.deepEqual(await readAll(environment, artifact("demoNominees_campaign"), campaign, { id }), nominees);
    assert.deepEqual(await readAll(environment, artifact("demoStories_campaign"), campaign, { id }), stories);
    const feed = await load(environment, artifact("demoFeedQuery"), { count: 7 });
    assert.deepEqual(await readAll(environment, artifact("demoFeed_query"), feed), stories);
    const { node } = await load(environment, artifact("demoNomineeQuery"), { id: nominees[0] });
    const nominee = environment.lookup(getSingularSelector(artifact("demoNominee_nominee"), node)).data;
    assert.equal(nominee.number, 1);
  });

  test("trusted documents run by Relay's ids, from one manifest of several", async (t) => {
    const { artifact, documents } = await compile({ isPersisting: true });
    const query = artifact("demoCampaignQuery");
    assert.equal(query.params.text, null);
    assert.ok(query.params.id in JSON.parse(await readFile(documents, "utf8")));
    const others = join(temporaryFolder(), "others.json");
    await writeFile(others, JSON.stringify({ clock: "{ serverTime }" }));
    const server = await startServer(t, {
      ACCLAIM_DOCUMENTS: "trusted",
      ACCLAIM_DOCUMENTS_MANIFEST: `${documents},${others}`,
    });
    for (const bodyOf of [({ id }) => ({ documentId: id }), ({ id }) => ({ doc_id: id })]) {
      const environment = connect(server, bodyOf);
      const { campaign } = await load(environment, query, { slug: "demo", count: 7 });
      const ids = await readAll(environment, artifact("demoNominees_campaign"), campaign, { id: campaign.id });
      assert.equal(new Set(ids).size, 100);
    }
    const clock = await post(server, { documentId: "clock" });
    assert.ok(Date.parse(clock.json.data.serverTime));
    const unknown = await post(server, { documentId: "another" });
    assert.equal(unknown.json.errors[0].extensions.code, "PERSISTED_QUERY_NOT_FOUND");
    const byText = await post(server, { query: "{ viewer { id } }" });
    assert.equal(byText.json.errors[0].extensions.code, "FORBIDDEN");
  });
});
