// The session of a member of staff at the desk. The refresh token is in a cookie that no script reads; the access token
// is in memory, for as long as the page is open.
import { now } from "../shared/clock";
import { language } from "../shared/language";
import { ApiError, type Requester, request } from "../shared/server";
import { Store } from "../shared/store";

/** An access token is renewed this long before it expires. */
const renewalMarginMs = 60_000;
const path = "/desk/session";

interface Tokens {
  accessToken: string;
  accessTokenExpiresAt: string;
}

interface Answer {
  session: Tokens | null;
  userErrors: { code: string; message: string }[];
}

/** The refusal of a sign-in: its code, and what to tell the member. */
export interface Refusal {
  code: string;
  message: string;
}

/** `unknown` until the server was asked; `ended` where somebody was signed in on this page and is no more. */
export type SessionState = "unknown" | "open" | "none" | "ended";

/** The state of the session. */
export const sessionState = new Store<SessionState>("unknown");

let tokens: Tokens | undefined;
let renewal: Promise<string | undefined> | undefined;

function send(to: string, method: string, body?: object): Promise<Answer | undefined> {
  const headers = { "accept-language": language(), ...(body && { "content-type": "application/json" }) };
  const init: RequestInit = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  return request(to, init, async (response) => {
    if (response.status === 204) return undefined;
    if (!response.headers.get("content-type")?.includes("json")) {
      throw new ApiError("UNAVAILABLE", `The server answers ${response.status}.`);
    }
    const answer: unknown = await response.json();
    if (response.ok) return answer as Answer;
    const { code, message } = answer as { code: string; message: string };
    throw new ApiError(code, message);
  });
}

function take(answer: Answer | undefined): Refusal | undefined {
  if (answer?.session) {
    tokens = answer.session;
    sessionState.set("open");
    return undefined;
  }
  const wasOpen = sessionState.value === "open" || sessionState.value === "ended";
  tokens = undefined;
  sessionState.set(wasOpen ? "ended" : "none");
  return answer?.userErrors[0] ?? { code: "INTERNAL", message: "" };
}

/** Signs in; gives the refusal, none where it worked. A refusal changes nothing. */
export async function signIn(email: string, password: string, secondFactorCode?: string): Promise<Refusal | undefined> {
  await renewal?.catch(() => undefined);
  const sending = send(path, "POST", { email, password, secondFactorCode });
  // Whoever wants a token meanwhile waits for this one: the refusal of the old session would take the new cookie away.
  renewal = sending
    .then((answer) => (answer?.session && take(answer), tokens?.accessToken))
    .finally(() => (renewal = undefined));
  renewal.catch(() => undefined);
  const answer = await sending;
  return answer?.session ? undefined : (answer?.userErrors[0] ?? { code: "INTERNAL", message: "" });
}

/** Takes up the session of the cookie, if there is one. Throws an `ApiError` when the server cannot be reached. */
export async function resume(): Promise<void> {
  await renew();
}

function renew(): Promise<string | undefined> {
  renewal ??= send(`${path}/refresh`, "POST")
    .then((answer) => (take(answer), tokens?.accessToken))
    .finally(() => (renewal = undefined));
  return renewal;
}

/** Ends the session, here and at the server. Throws an `ApiError` where it goes on: the cookie is still there. */
export async function signOut(): Promise<void> {
  // An answer on its way must not open the session again.
  await renewal?.catch(() => undefined);
  await send(path, "DELETE");
  tokens = undefined;
  sessionState.set("none");
}

/** Takes over that another window of this browser has signed the member out. */
export async function followSignOut(): Promise<void> {
  await renew();
  if (sessionState.value === "ended") sessionState.set("none");
}

/** Without a session nothing is asked: an answer for nobody would stand for the member's. */
function required(token: string | undefined): string {
  if (token === undefined) throw new ApiError("UNAUTHENTICATED", "Nobody is signed in.");
  return token;
}

/** The member, as the requester of operations. */
export const staff: Requester = {
  async token() {
    if (tokens && now() < Date.parse(tokens.accessTokenExpiresAt) - renewalMarginMs) return tokens.accessToken;
    const isOver = sessionState.value === "none" || sessionState.value === "ended";
    return required(isOver ? undefined : await renew());
  },
  async renew(stale) {
    return required(tokens && tokens.accessToken !== stale ? tokens.accessToken : await renew());
  },
};
