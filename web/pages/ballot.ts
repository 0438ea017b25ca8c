// Where a vote for a nominee stands: what its button shows, told apart by colour, sign and word.
import { type Campaign, type Quota, type SignInWay, type VoteProgress, waysHere } from "./campaign";
import type { NomineeCardFragment } from "./operations";
import { t } from "./texts";

/** `elsewhere`: the campaign admits no way in that a browser has, but those of mini-programs. */
export type BallotState =
  | "open"
  | "sending"
  | "voted"
  | "spent"
  | "frozen"
  | "paused"
  | "closed"
  | "upcoming"
  | "elsewhere";

export function ballotState(
  { status, viewerHasVoted }: NomineeCardFragment,
  campaign: Campaign,
  ways: SignInWay[],
  quota: Quota | undefined,
  progress: VoteProgress | undefined,
): BallotState {
  const state = progress?.state ?? (viewerHasVoted ? "voted" : "idle");
  if (state !== "idle") return state;
  const { phase } = campaign;
  if (phase === "UPCOMING" || phase === "DRAFT") return "upcoming";
  if (phase !== "VOTING" && phase !== "PAUSED") return "closed";
  if (status !== "ACTIVE") return "frozen";
  if (phase === "PAUSED") return "paused";
  if (waysHere(campaign, ways).length === 0) return "elsewhere";
  return quota?.remaining === 0 ? "spent" : "open";
}

/** The sign of a state; none for a vote that can be cast. */
export const ballotSigns: Record<BallotState, string | undefined> = {
  open: undefined,
  sending: "ring",
  voted: "i-check",
  spent: "i-moon",
  frozen: "i-lock",
  paused: "i-pause",
  closed: "i-flag",
  upcoming: "i-clock",
  elsewhere: "i-code",
};

/** The word of a state. */
export function ballotWord(state: BallotState): string {
  const words: Record<BallotState, string> = {
    open: t().vote,
    sending: t().voting,
    voted: t().voted,
    spent: t().spent,
    frozen: t().frozen,
    paused: t().pausedShort,
    closed: t().closedShort,
    upcoming: t().notYet,
    elsewhere: t().scan,
  };
  return words[state];
}
