// Casting a vote so that a lost answer or a double tap never makes two: its key is kept until the answer is there.
import { CastVote, type CastVoteMutation } from "./operations";
import { execute, mayPass } from "./server";
import { randomUuid, voter } from "./session";
import { kept } from "./storage";

/** After this, a vote without an answer is no longer sent again: its voter may have meant another day. */
const pendingMax_ms = 10 * 60_000;

interface Pending {
  nomineeId: string;
  key: string;
  since_ms: number;
}

const store = kept<Pending[]>("pending");
const flights = new Map<string, Promise<CastVoteMutation["castVote"]>>();

/** The nominees of votes that were cast and whose answer has not come, from before a reload too. */
export function pendingVotes(): string[] {
  const recent = (store.read() ?? []).filter(({ since_ms }) => Date.now() - since_ms < pendingMax_ms);
  return recent.map(({ nomineeId }) => nomineeId);
}

/** Casts a vote; a second call while the first is under way, or after it got no answer, is the same vote. */
export function castVote(nomineeId: string): Promise<CastVoteMutation["castVote"]> {
  let flight = flights.get(nomineeId);
  if (!flight) {
    flight = send(nomineeId).finally(() => flights.delete(nomineeId));
    flights.set(nomineeId, flight);
  }
  return flight;
}

async function send(nomineeId: string): Promise<CastVoteMutation["castVote"]> {
  const pending = (store.read() ?? []).filter(({ since_ms }) => Date.now() - since_ms < pendingMax_ms);
  let vote = pending.find((vote) => vote.nomineeId === nomineeId);
  if (!vote) {
    vote = { nomineeId, key: randomUuid(), since_ms: Date.now() };
    store.write([...pending, vote]);
  }
  const { key } = vote;
  const settle = () => store.write((store.read() ?? []).filter((other) => other.key !== key));
  try {
    await voter.require();
    const { castVote } = await execute(CastVote, { nomineeId, idempotencyKey: key }, { as: voter });
    settle();
    return castVote;
  } catch (error) {
    if (!mayPass(error)) settle();
    throw error;
  }
}
