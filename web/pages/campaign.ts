// The campaign of the pages, and the votes, likes and quotas of this voter in it.
import { documents } from "@acclaim/client/browser";
import { ApiError, execute, isRetryable } from "../shared/server";
import { SignInRefused, lateSessions, reader, voter } from "../shared/session";
import { Store } from "../shared/store";
import { FindCampaign, type FindCampaignQuery } from "./operations";
import { t } from "./texts";
import { noteArrival, takeTicket, visitIn } from "./visit";
import { castVote, ChallengeUnknown, pendingVotes } from "./vote";

export type Campaign = NonNullable<FindCampaignQuery["campaign"]>;
export type Quota = NonNullable<Campaign["viewerQuotas"]>[number];

export type SignInWay = FindCampaignQuery["signInWays"][number];

/** The ways in that a browser has and the campaign admits. */
export const waysHere = ({ rules: { admits } }: Campaign, ways: SignInWay[]) =>
  ways.filter(({ kind, path }) => (path !== null || kind === "PHONE" || kind === "GUEST") && admits.includes(kind));

/** Whether voting has closed, from when on there is a result. */
export const isOver = ({ phase }: Campaign) => phase === "ENDED" || phase === "PUBLISHED" || phase === "ARCHIVED";

/** The progress of a vote of this page, newer than what a list said. */
export interface VoteProgress {
  state: "idle" | "sending" | "voted";
  /** The category whose quota it takes. */
  categoryId: string;
  /** The nominee's votes are at least these; while the vote is on its way, with it. */
  votes?: number | undefined;
  /** The reason why it was not taken. */
  refusal?: Refusal | undefined;
}

export interface Refusal {
  /** A code of the API; none where it is not known whether the vote arrived. */
  code?: string | undefined;
  text: string;
}

/** A message to the user; one about a vote that counts knows for whom, to offer the poster. */
export interface Message {
  text: string;
  isBad?: boolean;
  votedFor?: Votable;
}

/** The message to the user, until the next one. */
export const notice = new Store<Message | undefined>(undefined);
/** The campaign; null when there is none, an error when it could not be read yet. */
export const campaign = new Store<Campaign | null | Error | undefined>(undefined);
/** The ways in that the server has. */
export const signInWays = new Store<SignInWay[]>([]);
/** The quotas of the voter; null for someone who has not signed in. */
export const quotas = new Store<Quota[] | null>(null);
/** The progress of votes by nominee. */
export const votesCast = new Store<ReadonlyMap<string, VoteProgress>>(new Map());
/** The number of quota periods that have begun while the page is open: with each, nobody has voted for anyone. */
export const period = new Store(0);

const noteProgress = (nominee: Votable, progress: Omit<VoteProgress, "categoryId">) =>
  votesCast.set(new Map(votesCast.value).set(nominee.id, { ...progress, categoryId: nominee.category.id }));

/** Takes away why a vote was refused, once that has been read. */
export const dismissRefusal = (nominee: Votable) =>
  noteProgress(nominee, { ...votesCast.value.get(nominee.id), state: "idle", refusal: undefined });

/** A campaign that was read so lately is not read again for another view. */
const freshMs = 20_000;

let currentSlug: string | undefined;
let askedMs = 0;
let knownPeriodEndMs: number | undefined;

/** The moment at which the next quota is granted anew; none where none is. */
export function periodEndMs(of: Quota[] | null): number | undefined {
  const resets = (of ?? []).flatMap(({ resetsAt }) => (resetsAt ? [Date.parse(resetsAt)] : []));
  return resets.length > 0 ? Math.min(...resets) : undefined;
}

function takeQuotas(next: Quota[] | null): void {
  quotas.set(next);
  const endMs = periodEndMs(next);
  if (endMs !== undefined && knownPeriodEndMs !== undefined && endMs > knownPeriodEndMs) {
    const sending = [...votesCast.value].filter(([, { state }]) => state === "sending");
    votesCast.set(new Map(sending));
    period.set(period.value + 1);
  }
  knownPeriodEndMs = endMs ?? knownPeriodEndMs;
}

/** What is left in a category, without the votes that are on their way; none for someone who has not signed in. */
export function useQuota(categoryId: string | undefined): Quota | undefined {
  const cast = votesCast.use();
  const quota = quotas.use()?.find(({ category }) => category === null || category.id === categoryId);
  if (!quota) return undefined;
  const isUnderWay = ({ state, categoryId: id }: VoteProgress) =>
    state === "sending" && (quota.category === null || quota.category.id === id);
  const underWay = [...cast.values()].filter(isUnderWay).length;
  return { ...quota, remaining: Math.max(0, quota.remaining - underWay) };
}

/** Begins with what the page has of the campaign at a slug. */
export function takeCampaign(slug: string, answer: FindCampaignQuery): void {
  currentSlug = slug;
  askedMs = Date.now();
  takeAnswer(answer);
}

function takeAnswer(answer: FindCampaignQuery): void {
  if (answer.campaign && currentSlug) {
    takeTicket(currentSlug, answer.campaign.ticket);
    noteArrival(currentSlug);
  }
  signInWays.set(answer.signInWays);
  campaign.set(answer.campaign);
}

/** Reads the campaign at a slug where that is due: another one was shown before, or this was read a while ago. */
export async function openCampaign(slug: string): Promise<void> {
  if (slug !== currentSlug || Date.now() - askedMs > freshMs) await loadCampaign(slug);
}

/** Reads the campaign at a slug, at first or again; what was read before stays when that fails. */
export async function loadCampaign(slug: string): Promise<void> {
  const isAgain = slug === currentSlug;
  askedMs = Date.now();
  if (!isAgain) {
    currentSlug = slug;
    knownPeriodEndMs = undefined;
    campaign.set(undefined);
  }
  const isRead = isAgain && campaign.value !== undefined && !(campaign.value instanceof Error);
  try {
    const answer = await execute(FindCampaign, { slug }, { as: reader, isBackground: isRead });
    if (slug !== currentSlug) return;
    takeQuotas(answer.campaign?.viewerQuotas ?? null);
    takeAnswer(answer);
  } catch (error) {
    if (slug === currentSlug && !isRead) campaign.set(error as Error);
  }
}

lateSessions.watch(() => currentSlug !== undefined && void loadCampaign(currentSlug));

/** What a vote needs to know of a nominee. */
export interface Votable {
  id: string;
  number: number;
  name: string;
  votes: number | null;
  category: { id: string };
}

/** Takes over a quota, and drops those of an earlier period; gives whether there are still all. */
function replaceQuota(quota: Quota): boolean {
  const isOther = ({ category, resetsAt }: Quota) => category?.id !== quota.category?.id && resetsAt === quota.resetsAt;
  const count = quotas.value?.length ?? Infinity;
  takeQuotas([...(quotas.value ?? []).filter(isOther), quota]);
  return quotas.value!.length >= count;
}

/**
 * Votes: the nominee's votes and the quota show it at once, and are put right by the answer, which is told. What is
 * left of the quota is taken over.
 */
export async function vote(nominee: Votable): Promise<void> {
  const known = votesCast.value.get(nominee.id)?.votes;
  const votes = Math.max(nominee.votes ?? 0, known ?? 0) + 1;
  const refuse = (refusal: Refusal) => noteProgress(nominee, { state: "idle", votes: known, refusal });
  noteProgress(nominee, { state: "sending", votes });
  try {
    const { nominee: counted, quota, userErrors } = await castVote(nominee.id, visitIn(currentSlug));
    const refusal = userErrors[0];
    const isComplete = quota ? replaceQuota(quota) : quotas.value !== null;
    // This vote has signed in or is the first of a period: the other categories have new quotas, too. Or the rules are
    // no longer those of this page.
    if ((!isComplete || (refusal && refusal.code !== "ALREADY_VOTED")) && currentSlug) void loadCampaign(currentSlug);
    if (refusal?.code === "ALREADY_VOTED") {
      noteProgress(nominee, { state: "voted", votes: known });
      notice.set({ text: refusal.message, isBad: true });
    } else if (refusal) {
      refuse({ code: refusal.code, text: refusal.message });
    } else {
      // The tally that the answer shows may be some votes old, but this one counts.
      noteProgress(nominee, { state: "voted", votes: Math.max(counted?.votes ?? 0, votes) });
      notice.set({ text: t().votedFor(nominee.name), votedFor: nominee });
    }
  } catch (error) {
    const code = error instanceof SignInRefused ? "NOT_ELIGIBLE" : undefined;
    refuse({ code, text: explain(error, t().notSent(nominee.name)) });
  }
}

/** Sends the votes again whose answers a reload has lost. */
export function resumeVotes(nominees: Votable[]): void {
  const pending = new Set(pendingVotes());
  for (const nominee of nominees) {
    if (pending.has(nominee.id) && votesCast.value.get(nominee.id)?.state !== "sending") void vote(nominee);
  }
}

/** What is read of the likes of a nominee or story. */
export interface Liked {
  likeCount: number;
  viewerHasLiked: boolean | null;
}

/** The likes of this page by subject, newer than what its views have read; a busy one is on its way. */
export const likes = new Store<ReadonlyMap<string, Liked & { isBusy: boolean }>>(new Map());

const noteLike = (id: string, liked: Liked, isBusy: boolean) =>
  likes.set(new Map(likes.value).set(id, { ...liked, isBusy }));

/** Likes or takes it back: shown at once, on every view, and put right by the answer. */
export async function toggleLike(subject: Liked & { id: string }): Promise<void> {
  const { id, likeCount, viewerHasLiked } = subject;
  const before = likes.value.get(id) ?? { likeCount, viewerHasLiked, isBusy: false };
  // One at a time: the answers of two could come in any order.
  if (before.isBusy) return;
  const liked = before.viewerHasLiked !== true;
  noteLike(id, { likeCount: before.likeCount + (liked ? 1 : -1), viewerHasLiked: liked }, true);
  noteLike(id, (await setLike(id, liked)) ?? before, false);
}

/** Gives the new count, or nothing when it did not work, which the user is told. */
async function setLike(subjectId: string, liked: boolean): Promise<Liked | undefined> {
  try {
    await voter.require();
    const { subject, userErrors } = (await execute(documents.SetLike, { subjectId, liked }, { as: voter })).setLike;
    if (subject) return subject;
    notice.set({ text: userErrors[0]?.message ?? t().likeFailed, isBad: true });
  } catch (error) {
    notice.set({ text: explain(error, t().likeFailed), isBad: true });
  }
  return undefined;
}

/** An error in words; `unanswered` are those for one that leaves open whether it was done. */
function explain(error: unknown, unanswered: string): string {
  if (error instanceof SignInRefused) return error.message;
  if (error instanceof ChallengeUnknown) return t().challengeUnknown;
  if (error instanceof ApiError && error.code === "RATE_LIMITED") return t().slowDown;
  return isRetryable(error) ? unanswered : t().refused;
}
