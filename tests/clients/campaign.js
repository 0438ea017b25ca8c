// Small campaigns of a test's own, made as an organiser makes them.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { run } from "./api.js";
import { eventually } from "./waiting.js";

/**
 * Gives the function that makes campaigns with an organiser's token: each has three nominees and two votes a day, and
 * admits the ways in that are named; nobody is challenged, unless it is said who is.
 */
export function campaignMaker(server, token, challenge = "NEVER") {
  let count = 0;
  return async (...admits) => {
    const slug = `vote-${++count}`;
    const change = async (name, type, selection, input) => {
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code message } } }`;
      const payload = (await run(server, document, { input }, token))[name];
      assert.deepEqual(payload.userErrors, [], name);
      return payload;
    };
    const { viewer } = await run(server, "{ viewer { memberships { organisation { id } } } }", {}, token);
    const { campaign } = await change("createCampaign", "CreateCampaignInput", "campaign { id categories { id } }", {
      ...{ organisationId: viewer.memberships[0].organisation.id, slug, idempotencyKey: randomUUID(), title: `Vote ${count}` },
      votingOpensAt: new Date(Date.now() - 5_000).toISOString(),
      votingClosesAt: new Date(Date.now() + 86_400_000).toISOString(),
      categories: [{ key: "makers", name: "Makers", shortlistSize: 2 }],
      rules: { period: "DAY", scope: "CATEGORY", votesPerPeriod: 2, tallyVisibility: "LIVE", admits, challenge },
    });
    const nominees = [];
    for (const [index, name] of ["Ada", "Grace", "Mary"].entries()) {
      const input = { campaignId: campaign.id, categoryId: campaign.categories[0].id, number: index + 1, name };
      const texts = { employer: "Engines", city: "London", summary: "What it did.", idempotencyKey: randomUUID() };
      const { nominee } = await change("createNominee", "CreateNomineeInput", "nominee { id }", { ...input, ...texts });
      nominees.push(nominee.id);
    }
    await change("announceCampaign", "CampaignStepInput", "", { campaignId: campaign.id });
    const votes = async () => {
      const { campaign: found } = await run(server, "query ($slug: String!) { campaign(slug: $slug) { tally { countedVotes } } }", { slug }, token);
      return found.tally.countedVotes;
    };
    /** The public tally may be a second old. */
    const expectVotes = (wanted) => eventually(async () => (await votes()) === wanted, `${wanted} counted votes`);
    return { id: campaign.id, slug, url: `${server.origin}/c/${slug}`, nominees, expectVotes };
  };
}
