// The campaign that the pages show, and what this voter has done in it.
import { castVote, pendingVotes } from "./ballot";
import { Campaign, type CampaignQuery, SetLike } from "./operations";
import { Failure, execute } from "./server";
import { SignInRefused, voter } from "./session";
import { Store } from "./store";
import { t } from "./texts";

export type Selection = NonNullable<CampaignQuery["campaign"]>;
export type Quota = NonNullable<Selection["viewerQuotas"]>[number];

/** What is known of a vote beside what a list said: on its way, or counted. */
export interface Mark {
  state: "busy" | "voted" | "idle";
  /** The nominee's votes are at least these. */
  votes?: number;
}

/** What the user is told, until the next thing. */
export const notice = new Store<{ text: string; isBad?: boolean } | undefined>(undefined);
/** What the voter may still vote; null for someone who has not signed in. */
export const quotas = new Store<Quota[] | null>(null);
/** Marks by nominee. */
export const marks = new Store<ReadonlyMap<string, Mark>>(new Map());

const mark = (id: string, change: Mark) => marks.set(new Map(marks.value).set(id, { ...marks.value.get(id), ...change }));

let shownSlug = "";

/** Reads a campaign; null when there is none. */
export async function findCampaign(slug: string): Promise<Selection | null> {
  shownSlug = slug;
  const { campaign } = await execute(Campaign, { slug }, { as: voter });
  quotas.set(campaign?.viewerQuotas ?? null);
  return campaign;
}

interface Candidate {
  id: string;
  name: string;
  votes: number | null;
}

/** Votes, tells how it went, and takes over what is left of the quota. */
export async function vote(nominee: Candidate): Promise<void> {
  mark(nominee.id, { state: "busy" });
  try {
    const { nominee: shown, quota, userErrors } = await castVote(nominee.id);
    const refusal = userErrors[0];
    if (!quotas.value) {
      // This vote has signed in, so there are quotas of all categories now.
      void findCampaign(shownSlug).catch(() => undefined);
    }
    if (quota) {
      const others = (quotas.value ?? []).filter((other) => other.category?.id !== quota.category?.id);
      quotas.set([...others, quota]);
    }
    if (refusal) {
      mark(nominee.id, { state: refusal.code === "ALREADY_VOTED" ? "voted" : "idle" });
      notice.set({ text: refusal.message, isBad: true });
      return;
    }
    // The tally that the answer shows may be some votes old, but this one counts.
    const votes = Math.max(shown?.votes ?? 0, (marks.value.get(nominee.id)?.votes ?? nominee.votes ?? 0) + 1);
    mark(nominee.id, { state: "voted", votes });
    notice.set({ text: t().votedFor(nominee.name) });
  } catch (error) {
    mark(nominee.id, { state: "idle" });
    notice.set({ text: explain(error, t().notSent(nominee.name)), isBad: true });
  }
}

/** Sends the votes again whose answers a reload has lost. */
export function resumeVotes(shown: Candidate[]): void {
  const pending = new Set(pendingVotes());
  for (const nominee of shown) {
    if (pending.has(nominee.id) && marks.value.get(nominee.id)?.state !== "busy") void vote(nominee);
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
  if (error instanceof Failure && error.code === "RATE_LIMITED") return t().slowDown;
  return otherwise;
}
