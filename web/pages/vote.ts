// A vote that counts once, though its answer is lost or its button tapped twice: its key is stored until the answer is
// there. Where a challenge is asked for, it is solved, and the vote is sent again with the same key.
import { isRetryable, execute } from "../shared/server";
import { randomUuid, voter } from "../shared/session";
import { storedValue } from "../shared/storage";
import { CastVote, type CastVoteMutation } from "./operations";
import type { visitIn } from "./visit";

/** A vote without an answer is sent again for so long: later its voter may have meant another day. */
const pendingMaxMs = 10 * 60_000;

interface PendingVote {
  nomineeId: string;
  key: string;
  sinceMs: number;
}

/** What the vote says of the visit that it comes from. */
type Visit = ReturnType<typeof visitIn>;

const stored = storedValue<PendingVote[]>("pending");
const inFlight = new Map<string, Promise<CastVoteMutation["castVote"]>>();

const readPending = () => (stored.read() ?? []).filter(({ sinceMs }) => Date.now() - sinceMs < pendingMaxMs);

/** The nominees of votes that were cast and have no answer yet, from before a reload too. */
export const pendingVotes = () => readPending().map(({ nomineeId }) => nomineeId);

/** Casts a vote; a second call while the first is under way, or after it got no answer, is the same vote. */
export function castVote(nomineeId: string, visit: Visit): Promise<CastVoteMutation["castVote"]> {
  let cast = inFlight.get(nomineeId);
  if (!cast) {
    cast = send(nomineeId, visit).finally(() => inFlight.delete(nomineeId));
    inFlight.set(nomineeId, cast);
  }
  return cast;
}

/** The reason why a vote is not cast: a page can be asked for a challenge of a kind that it has nothing for. */
export class ChallengeUnknown extends Error {}

/** The solution of a challenge, as a worker finds it: the page stays alive. */
const solve = (parameters: string) =>
  new Promise<string>((resolve, reject) => {
    const worker = new Worker(new URL("challenge_worker.ts", import.meta.url));
    worker.onmessage = ({ data }) => resolve(data as string);
    worker.onerror = reject;
    worker.postMessage(parameters);
  });

async function send(nomineeId: string, visit: Visit): Promise<CastVoteMutation["castVote"]> {
  const pending = readPending();
  let vote = pending.find((vote) => vote.nomineeId === nomineeId);
  if (!vote) {
    vote = { nomineeId, key: randomUuid(), sinceMs: Date.now() };
    stored.write([...pending, vote]);
  }
  const { key } = vote;
  const settle = () => stored.write((stored.read() ?? []).filter((other) => other.key !== key));
  try {
    await voter.require();
    let challengeSolution: string | null = null;
    for (let solved = 0; ; solved++) {
      const variables = { nomineeId, idempotencyKey: key, challengeSolution, ...visit };
      const { castVote } = await execute(CastVote, variables, { as: voter });
      // One that has expired meanwhile, as while a phone slept, is asked for anew, once.
      if (!castVote.challenge || solved > 1) {
        settle();
        return castVote;
      }
      if (castVote.challenge.algorithm !== "ALTCHA_SHA_256") throw new ChallengeUnknown();
      challengeSolution = await solve(castVote.challenge.parameters);
    }
  } catch (error) {
    if (!isRetryable(error)) settle();
    throw error;
  }
}
