// The public tally as it is polled: most answers are "not modified", and a CDN gives nearly all of them.
import { type Api, headerOf } from "./api.js";
import { AcclaimError } from "./error.js";

/** The tally of `/campaigns/SLUG/tally.json`. */
export interface PublicTally {
  version: number;
  asOf: string;
  countedVotes: number;
  withdrawnVotes: number;
  withheldVotes: number;
  voters: number;
  categories: { entries: { number: number; votes: number; rank: number }[] }[];
}

/** Asks for the tally of a campaign; the function gives it where it is newer than the last one that it gave. */
export function tallyReader(api: Api, slug: string): () => Promise<PublicTally | undefined> {
  let etag: string | undefined;
  return async () => {
    const path = `/campaigns/${encodeURIComponent(slug)}/tally.json`;
    const reply = await api.request("GET", path, undefined, etag ? { "if-none-match": etag } : {});
    if (reply.status === 304) return undefined;
    if (reply.status !== 200) {
      throw new AcclaimError(reply.status === 404 ? "NOT_FOUND" : "UNAVAILABLE", `status ${reply.status}`);
    }
    etag = headerOf(reply.header, "etag");
    return reply.data as PublicTally;
  };
}
