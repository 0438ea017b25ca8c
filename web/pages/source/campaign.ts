// The campaign of the pages, and the votes, likes and quotas of this voter in it.
import { ApiError, execute } from "../../shared/server";
import { SignInRefused, voter } from "../../shared/session";
import { Store } from "../../shared/store";
import { FindCampaign, type FindCampaignQuery, SetLike } from "./operations";
import { t } from "./texts";
import { castVote, pendingVotes } from "./vote";

export type Campaign = NonNullable<FindCampaignQuery["campaign"]>;
export type Quota = NonNullable<Campaign["viewerQuotas"]>[number];

/** The progress of a vote of this page, newer than what a list said. */
export interface VoteProgress {
  state: "idle" | "sending" | "voted";
  /** The nominee's votes are at least these. */
  votes?: number;
}

/** The message to the user, until the next one. */
export const notice = new Store<{ text: string; isBad?: boolean } | undefined>(undefined);
/** The quotas of the voter; null for someone who has not signed in. */
export const quotas = new Store<Quota[] | null>(null);
/** The progress of votes by nominee. */
export const votesCast = new Store<ReadonlyMap<string, VoteProgress>>(new Map());

const noteProgress = (id: string, progress: VoteProgress) =>
  votesCast.set(new Map(votesCast.value).set(id, { ...votesCast.value.get(id), ...progress }));

let currentSlug = "";

/** Reads a campaign; null when there is none. */
export async function findCampaign(slug: string): Promise<Campaign | null> {
  currentSlug = slug;
  const { campaign } = await execute(FindCampaign, { slug }, { as: voter });
  quotas.set(campaign?.viewerQuotas ?? null);
  return campaign;
}

interface Votable {
  id: string;
  name: string;
  votes: number | null;
}

/** Votes, tells the outcome, and takes over what is left of the quota. */
export async function vote(nominee: Votable): Promise<void> {
  noteProgress(nominee.id, { state: "sending" });
  try {
    const { nominee: counted, quota, userErrors } = await castVote(nominee.id);
    const refusal = userErrors[0];
    if (!quotas.value) {
      // This vote has signed in, so there are quotas of all categories now.
      void findCampaign(currentSlug).catch(() => undefined);
    }
    if (quota) {
      const others = (quotas.value ?? []).filter((other) => other.category?.id !== quota.category?.id);
      quotas.set([...others, quota]);
    }
    if (refusal) {
      noteProgress(nominee.id, { state: refusal.code === "ALREADY_VOTED" ? "voted" : "idle" });
      notice.set({ text: refusal.message, isBad: true });
      return;
    }
    // The tally that the answer shows may be some votes old, but this one counts.
    const votes = Math.max(counted?.votes ?? 0, (votesCast.value.get(nominee.id)?.votes ?? nominee.votes ?? 0) + 1);
    noteProgress(nominee.id, { state: "voted", votes });
    notice.set({ text: t().votedFor(nominee.name) });
  } catch (error) {
    noteProgress(nominee.id, { state: "idle" });
    notice.set({ text: explain(error, t().notSent(nominee.name)), isBad: true });
  }
}

/** Sends the votes again whose answers a reload has lost. */
export function resumeVotes(nominees: Votable[]): void {
  const pending = new Set(pendingVotes());
  for (const nominee of nominees) {
    if (pending.has(nominee.id) && votesCast.value.get(nominee.id)?.state !== "sending") void vote(nominee);
  }
}

/** Likes or takes it back; gives the new count, or nothing when it did not work, which the user is told. */
export async function setLike(subjectId: string, liked: boolean) {
  try {
    await voter.require();
    const { subject, userErrors } = (await execute(SetLike, { subjectId, liked }, { as: voter })).setLike;
    if (subject) return subject;
    notice.set({ text: userErrors[0]?.message ?? t().likeFailed, isBad: true });
  } catch (error) {
    notice.set({ text: explain(error, t().likeFailed), isBad: true });
  }
  return undefined;
}

/** An error in words. */
function explain(error: unknown, otherwise: string): string {
  if (error instanceof SignInRefused) return error.message;
  if (error instanceof ApiError && error.code === "RATE_LIMITED") return t().slowDown;
  return otherwise;
}
