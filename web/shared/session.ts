// Sessions: a voter's as a guest of this device, a member of staff's for as long as the window is open.
import { now } from "./clock";
import { RefreshSession, SignInGuest, SignInStaff, SignOut, type SignedInFragment } from "./operations";
import { ApiError, type Requester, execute, pause } from "./server";
import { storedValue } from "./storage";
import { Store } from "./store";

/** An access token is renewed this long before it expires. */
const renewalMarginMs = 60_000;
/** A reader waits this long for a renewal; then the page is read without a session. */
const readerWaitMs = 3_000;

interface Tokens {
  access: string;
  accessExpiresMs: number;
  refresh: string;
}

/** A random UUID; `crypto.randomUUID` is there over HTTPS only, and a demo in a local network is not. */
export function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The refusal of a sign-in; the message says why, in the user's language. */
export class SignInRefused extends Error {}

function tokensOf({ session, userErrors }: SignedInFragment): Tokens {
  if (!session) throw new SignInRefused(userErrors[0]?.message);
  return {
    access: session.accessToken,
    accessExpiresMs: Date.parse(session.accessTokenExpiresAt),
    refresh: session.refreshToken,
  };
}

/** A session that outlives a reload; `signInAgain` replaces one that cannot be refreshed. */
class Session implements Requester {
  #renewal: Promise<Tokens | undefined> | undefined;

  constructor(
    private readonly store: ReturnType<typeof storedValue<Tokens>>,
    private readonly signInAgain: () => Promise<Tokens | undefined>,
  ) {}

  isOpen(): boolean {
    return this.store.read() !== undefined;
  }

  /** Takes over the session of a sign-in. Throws `SignInRefused`. */
  signIn(answer: SignedInFragment): void {
    this.store.write(tokensOf(answer));
  }

  /** Ends it here, and at the server if it can be reached. */
  async close(): Promise<void> {
    const tokens = this.store.read();
    this.store.write(undefined);
    if (tokens) await execute(SignOut, { refreshToken: tokens.refresh }).catch(() => undefined);
  }

  async token(): Promise<string | undefined> {
    const tokens = this.store.read();
    if (!tokens || now() < tokens.accessExpiresMs - renewalMarginMs) return tokens?.access;
    return this.renew(tokens.access);
  }

  /** A token that is not `stale`: one renewal at a time, and none if another tab has been faster. */
  async renew(stale: string | undefined): Promise<string | undefined> {
    const tokens = this.store.read();
    if (tokens && tokens.access !== stale) return tokens.access;
    this.#renewal ??= this.#refreshOrSignIn(tokens).finally(() => (this.#renewal = undefined));
    return (await this.#renewal)?.access;
  }

  async #refreshOrSignIn(tokens: Tokens | undefined): Promise<Tokens | undefined> {
    if (tokens) {
      try {
        const { refreshSession } = await execute(RefreshSession, { refreshToken: tokens.refresh });
        return this.#replace(tokens, tokensOf(refreshSession));
      } catch (error) {
        if (!(error instanceof SignInRefused)) throw error;
        // An ended session must not stand in the way of what needs none.
        const other = this.#replace(tokens, undefined);
        if (other) return other;
      }
    }
    return this.#replace(undefined, await this.signInAgain());
  }

  /** Stores the successor of `tokens`, unless they were replaced or signed out meanwhile. */
  #replace(tokens: Tokens | undefined, successor: Tokens | undefined): Tokens | undefined {
    const stored = this.store.read();
    if (stored?.refresh !== tokens?.refresh) return stored;
    this.store.write(successor);
    return successor;
  }

  /** Signs in or renews where that is needed; taps at once share one sign-in. Throws when neither can be done. */
  async require(): Promise<void> {
    const token = this.isOpen() ? await this.token() : await this.renew(undefined);
    if (token === undefined) throw new ApiError("UNAUTHENTICATED", "Nobody is signed in.");
  }
}

const device = storedValue<string>("device");

/** The voter of this device: the same device id is the same voter. */
export const voter = new Session(storedValue("voter"), async () => {
  const deviceId = device.read() ?? randomUuid();
  device.write(deviceId);
  return tokensOf((await execute(SignInGuest, { deviceId })).signInGuest);
});

/** Forgets who this device is as a guest: the next one is somebody else. */
export const forgetDevice = () => device.write(undefined);

/** Counts the sessions that came after something had been read without them: it is to be read again. */
export const lateSessions = new Store(0);
let isMissed = false;

async function ifInTime(token: Promise<string | undefined>): Promise<string | undefined> {
  const inTime = await Promise.race([
    token.then((value) => ({ value })).catch(() => ({ value: undefined })),
    pause(readerWaitMs),
  ]);
  if (inTime) return inTime.value;
  isMissed = true;
  // Of several readers that share a renewal, the first to hear of it tells.
  const tell = (value: string | undefined) => {
    if (value === undefined || !isMissed) return;
    isMissed = false;
    lateSessions.set(lateSessions.value + 1);
  };
  token.then(tell, () => undefined);
  return undefined;
}

/** The voter as a reader of what everybody may see: anonymous where no session can be had soon. */
export const reader: Requester = {
  token: () => ifInTime(voter.token()),
  renew: (stale) => ifInTime(voter.renew(stale)),
};

/** The member of staff; the password is not stored, so an ended session stays ended. */
export const staff = new Session(
  storedValue("staff", () => sessionStorage),
  async () => undefined,
);

/** Signs in a member of staff. Throws `SignInRefused`. */
export async function signInStaff(email: string, password: string): Promise<void> {
  staff.signIn((await execute(SignInStaff, { email, password }, { once: true })).signInStaff);
}
