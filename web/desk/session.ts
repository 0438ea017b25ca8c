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
    if (!response.ok || !response.headers.get("content-type")?.includes("json")) {
      throw new ApiError("UNAVAILABLE", `The server answers ${response.status}.`);
    }
    return (await response.json()) as Answer;
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
  const answer = await send(path, "POST", { email, password, secondFactorCode });
  return answer?.session ? take(answer) : (answer?.userErrors[0] ?? { code: "INTERNAL", message: "" });
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

/** Ends the session, here and at the server. */
export async function signOut(): Promise<void> {
  tokens = undefined;
  await send(path, "DELETE").catch(() => undefined);
  sessionState.set("none");
}

/** The member, as the requester of operations. */
export const staff: Requester = {
  async token() {
    if (tokens && now() < Date.parse(tokens.accessTokenExpiresAt) - renewalMarginMs) return tokens.accessToken;
    return sessionState.value === "none" ? undefined : renew();
  },
  async renew(stale) {
    return tokens && tokens.accessToken !== stale ? tokens.accessToken : renew();
  },
};
