// The API as a test needs it beside the client that it tests.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { deadlineMs } from "./waiting.js";

const { solveChallenge } = createRequire(import.meta.url)("../../examples/miniprogram/lib/acclaim.js");

/** The codes of errors that are over soon. */
const retryable = ["UNAVAILABLE", "OVERLOADED", "RATE_LIMITED"];

/** Sends `body`, and gives the status, the headers and the JSON of the answer. */
export async function post(server, body, headers = {}) {
  const response = await fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

/** The data of an operation that must succeed: sent again, as it is, when the server says that it may be later. */
export async function run(server, query, variables = {}, token = undefined) {
  const endMs = Date.now() + deadlineMs();
  for (;;) {
    const { json } = await post(server, { query, variables }, token && { authorization: `Bearer ${token}` });
    const { code, retryAfterMs = 500 } = json.errors?.[0].extensions ?? {};
    if (retryable.includes(code) && Date.now() < endMs) {
      await delay(retryAfterMs);
      continue;
    }
    assert.equal(json.errors, undefined, JSON.stringify(json.errors));
    return json.data;
  }
}

/** The access token of a new voter. */
export async function signIn(server) {
  const data = await run(
    server,
    "mutation ($input: SignInGuestInput!) { signInGuest(input: $input) { session { accessToken } } }",
    { input: { deviceId: randomUUID() } },
  );
  return data.signInGuest.session.accessToken;
}

/**
 * The demo's campaign: its id, and its nominees' ids by number. `takeNominee` gives one that no test has taken: the
 * tally that a test sees at first may lack votes of the test before, so each counts its own nominee's.
 */
export async function findCampaign(server) {
  const data = await run(server, '{ campaign(slug: "demo") { id nominees(first: 100) { totalCount nodes { id } } } }');
  const { id, nominees } = data.campaign;
  assert.equal(nominees.nodes.length, nominees.totalCount, "one page holds all nominees of the demo");
  const ids = nominees.nodes.map((nominee) => nominee.id);
  const untaken = ids.values();
  return { id, nominees: ids, takeNominee: () => untaken.next().value };
}

/** Casts a vote of a new voter, who solves the challenge where there is one. */
export async function castVote(server, nomineeId) {
  const token = await signIn(server);
  const input = { nomineeId, idempotencyKey: randomUUID() };
  const document = `mutation ($input: CastVoteInput!) { castVote(input: $input) {
    vote { id } challenge { parameters } userErrors { code } } }`;
  const { castVote: first } = await run(server, document, { input }, token);
  if (!first.challenge) return assert.deepEqual(first.userErrors, []);
  const challengeSolution = await solveChallenge(first.challenge.parameters);
  const { castVote: second } = await run(server, document, { input: { ...input, challengeSolution } }, token);
  assert.deepEqual(second.userErrors, []);
}

/** The ids of all stories of the feed, newest first, read page by page without any client. */
export async function listStories(server) {
  const ids = [];
  let after = null;
  do {
    const { stories } = await run(
      server,
      "query ($after: String) { stories(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }",
      { after },
    );
    ids.push(...stories.nodes.map((story) => story.id));
    after = stories.pageInfo.hasNextPage ? stories.pageInfo.endCursor : null;
  } while (after !== null);
  return ids;
}

/** The subscription to a campaign's tally. */
export const watchTally = `subscription ($id: ID!) {
  tallyChanged(campaignId: $id) { version entries { votes nominee { id } } }
}`;

/** The votes of a nominee in a result of `watchTally`. */
export function votesOf({ data }, nomineeId) {
  return data.tallyChanged.entries.find(({ nominee }) => nominee.id === nomineeId).votes;
}
