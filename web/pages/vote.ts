// A vote that counts once, though its answer is lost or its button tapped twice: the client keeps its key until the
// answer is there, and sends it again with the solution of a challenge where one is asked for.
import { type Challenge, Votes } from "@acclaim/client/browser";
import { api } from "../shared/api";
import { voter } from "../shared/session";
import { storedValue } from "../shared/storage";
import type { visitIn } from "./visit";

/** The reason why a vote is not cast: a page can be asked for a challenge of a kind that it has nothing for. */
export class ChallengeUnknown extends Error {}

/** The solution of a challenge, as a worker finds it: the page stays alive. */
const solve = ({ algorithm, parameters }: Challenge) =>
  new Promise<string>((resolve, reject) => {
    if (algorithm !== "ALTCHA_SHA_256") throw new ChallengeUnknown();
    const worker = new Worker(new URL("challenge_worker.ts", import.meta.url));
    worker.onmessage = ({ data }) => resolve(data as string);
    worker.onerror = reject;
    worker.postMessage(parameters);
  });

const votes = new Votes(api, voter, storedValue("pending"), solve);

/** The nominees of votes that were cast and have no answer yet, from before a reload too. */
export const pendingVotes = () => votes.pending();

/** Casts a vote; a second call while the first is under way, or after it got no answer, is the same vote. */
export const castVote = (nomineeId: string, visit: ReturnType<typeof visitIn>) => votes.cast(nomineeId, visit);
