// Signing in to vote: which ways a browser has, and the way back from a site that one was led over.
import { documents } from "@acclaim/client/browser";
import { execute } from "../shared/server";
import { SignInRefused, lateSessions, voter } from "../shared/session";
import { storedValue } from "../shared/storage";
import { Store } from "../shared/store";
import { type Campaign, type Votable, notice, vote } from "./campaign";
import { s } from "./sign_in_texts";

/** The nominee whom somebody wants to vote for who has to sign in before. */
export const wanted = new Store<Votable | undefined>(undefined);

/** Somebody comes back from another site in that time. */
const awayMaxMs = 15 * 60_000;

/** What is kept while one is at another site. */
interface Away {
  nominee: Votable;
  atMs: number;
}
const storedAway = storedValue<Away>("signing-in");

const agent = navigator.userAgent;
/** A web-view of a mini-program: WeChat and Alipay name it so, Douyin has a word of its own. */
const isMiniProgram = /miniProgram|ToutiaoMicroApp/i.test(agent);
/** WeChat's own browser, which alone can lead to its sign-in. */
export const isWeChat = /MicroMessenger/i.test(agent) && !isMiniProgram;

/** Whether one may vote without an account. */
export const admitsGuests = ({ rules: { admits } }: Campaign) => admits.includes("GUEST");

/** Votes, or asks to sign in where the campaign wants an account: nothing is asked before. */
export function voteOrSignIn(nominee: Votable, campaign: Campaign): void {
  if (admitsGuests(campaign) || voter.isOpen()) void vote(nominee);
  else wanted.set(nominee);
}

/** Leads to the site of a way in, to come back to this page and vote. */
export function leave(path: string, nominee: Votable): void {
  storedAway.write({ nominee, atMs: Date.now() });
  const back = location.pathname + location.search;
  location.assign(`${path}?back=${encodeURIComponent(back)}`);
}

/** What the address says of a sign-in that led over another site; from then on it says nothing more. */
function takeOutcome(): { kind: "hand-over" | "sign-in"; value: string } | undefined {
  const [, kind, value] = /^#(hand-over|sign-in)=([\w-]{1,64})$/.exec(location.hash) ?? [];
  if (!kind || !value) return undefined;
  history.replaceState(history.state, "", location.pathname + location.search);
  return { kind: kind as "hand-over" | "sign-in", value };
}

/** Ends a sign-in that led over another site, or began in a mini-program; the vote that it was for is cast. */
export async function takeReturn(): Promise<void> {
  const outcome = takeOutcome();
  if (!outcome) return;
  const away = storedAway.read();
  storedAway.write(undefined);
  const isBack = away !== undefined && Date.now() - away.atMs < awayMaxMs;
  if (outcome.kind === "sign-in") {
    if (isBack) notice.set({ text: s().refused[outcome.value] ?? s().failed, isBad: true });
    return;
  }
  // A code in a link that somebody sent would make this browser another's.
  if (!isBack && !isMiniProgram) return;
  try {
    const answer = await execute(documents.RedeemHandOver, { code: outcome.value }, { as: voter });
    voter.signIn(answer.redeemHandOver);
  } catch (error) {
    const text = error instanceof SignInRefused && error.message ? error.message : s().failed;
    notice.set({ text, isBad: true });
    return;
  }
  lateSessions.set(lateSessions.value + 1);
  if (isBack) void vote(away.nominee);
}
