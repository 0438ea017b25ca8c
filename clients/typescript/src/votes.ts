// Votes that count once, though answers are lost or buttons tapped twice: a vote's key is stored until the answer is
// there. Where a challenge is asked for, it is solved, and the vote is sent again with the same key.
import type { Api } from "./api.js";
import { isRetryable } from "./error.js";
import { CastVote, type CastVoteMutation } from "./operations.js";
import type { Session } from "./session.js";
import type { Signal } from "./signal.js";
import type { Stored } from "./storage.js";
import { randomUuid } from "./uuid.js";

/** A vote without an answer is sent again for so long: later its voter may have meant another day. */
const pendingMaxMs = 10 * 60_000;

export interface PendingVote {
  nomineeId: string;
  key: string;
  sinceMs: number;
}

export type Challenge = NonNullable<CastVoteMutation["castVote"]["challenge"]>;

/** The answer to a vote: `userErrors` is empty where it counts. */
export type CastVotePayload = CastVoteMutation["castVote"];

/** The visit that a vote comes from. */
export interface Visit {
  ticket?: string | null | undefined;
  sharedBy?: string | null | undefined;
}

export class Votes {
  private readonly inFlight = new Map<string, Promise<CastVotePayload>>();

  constructor(
    private readonly api: Api,
    private readonly voter: Session,
    private readonly stored: Stored<PendingVote[]>,
    private readonly solve: (challenge: Challenge) => Promise<string>,
  ) {}

  /** The nominees of votes that were cast and have no answer yet, from before a restart too. */
  pending(): string[] {
    return this.readPending().map(({ nomineeId }) => nomineeId);
  }

  /** Forgets the votes that have no answer. */
  forget(): void {
    this.stored.write(undefined);
  }

  /** Casts a vote; a second call while the first is under way, or after it got no answer, is the same vote. */
  cast(nomineeId: string, visit: Visit = {}, signal?: Signal): Promise<CastVotePayload> {
    let cast = this.inFlight.get(nomineeId);
    if (!cast) {
      cast = this.send(nomineeId, visit, signal).finally(() => this.inFlight.delete(nomineeId));
      this.inFlight.set(nomineeId, cast);
    }
    return cast;
  }

  private readPending(): PendingVote[] {
    return (this.stored.read() ?? []).filter(({ sinceMs }) => Date.now() - sinceMs < pendingMaxMs);
  }

  private async send(nomineeId: string, visit: Visit, signal: Signal | undefined): Promise<CastVotePayload> {
    const pending = this.readPending();
    let vote = pending.find((vote) => vote.nomineeId === nomineeId);
    if (!vote) {
      vote = { nomineeId, key: randomUuid(), sinceMs: Date.now() };
      this.stored.write([...pending, vote]);
    }
    const { key } = vote;
    const settle = () => this.stored.write(this.readPending().filter((other) => other.key !== key));
    try {
      await this.voter.require();
      let challengeSolution: string | null = null;
      for (let solved = 0; ; solved++) {
        const variables = { nomineeId, idempotencyKey: key, challengeSolution, ...visit };
        const { castVote } = await this.api.execute(CastVote, variables as any, { as: this.voter, signal });
        // One that has expired meanwhile, as while a phone slept, is asked for anew, once.
        if (!castVote.challenge || solved > 1) {
          settle();
          return castVote;
        }
        challengeSolution = await this.solve(castVote.challenge);
      }
    } catch (error) {
      // Whether an aborted vote was counted is not known, either: its key stays.
      const isUnknown = isRetryable(error) || (error as { code?: string }).code === "ABORTED";
      if (!isUnknown) settle();
      throw error;
    }
  }
}
