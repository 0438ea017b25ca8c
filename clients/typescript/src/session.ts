// A session: its tokens, kept in a storage, renewed once for all who wait.
import type { Api, Requester } from "./api.js";
import { pause } from "./api.js";
import { AcclaimError, SignInRefused } from "./error.js";
import { RefreshSession, type SignedInFragment, SignOut } from "./operations.js";
import type { Stored } from "./storage.js";

/** An access token is renewed this long before it expires. */
const renewalMarginMs = 60_000;
/** A reader waits this long for a renewal; then it reads without a session. */
const readerWaitMs = 3_000;

export interface Tokens {
  access: string;
  accessExpiresMs: number;
  refresh: string;
}

function tokensOf({ session, userErrors }: SignedInFragment): Tokens {
  if (!session) throw new SignInRefused(userErrors[0]?.code ?? "INTERNAL", userErrors[0]?.message ?? "");
  return {
    access: session.accessToken,
    accessExpiresMs: Date.parse(session.accessTokenExpiresAt),
    refresh: session.refreshToken,
  };
}

/** A session that outlives a restart; `signInAgain` replaces one that cannot be refreshed. */
export class Session implements Requester {
  private refreshing: Promise<Tokens | undefined> | undefined;
  private signingIn: Promise<Tokens | undefined> | undefined;

  constructor(
    private readonly api: Api,
    private readonly store: Stored<Tokens>,
    private readonly signInAgain: () => Promise<SignedInFragment | undefined>,
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
    if (tokens) await this.api.execute(SignOut, { refreshToken: tokens.refresh }).catch(() => undefined);
  }

  /** The access token; none where nobody is signed in. `maySignIn` where the session has ended. */
  async token(maySignIn = true): Promise<string | undefined> {
    const tokens = this.store.read();
    if (!tokens || this.api.now() < tokens.accessExpiresMs - renewalMarginMs) return tokens?.access;
    return this.renew(tokens.access, maySignIn);
  }

  /** A token that is not `stale`: one renewal at a time, and none if another window has been faster. */
  async renew(stale: string | undefined, maySignIn = true): Promise<string | undefined> {
    const tokens = this.store.read();
    if (tokens && tokens.access !== stale) return tokens.access;
    if (tokens) {
      this.refreshing ??= this.refresh(tokens).finally(() => (this.refreshing = undefined));
      const refreshed = await this.refreshing;
      if (refreshed || !maySignIn) return refreshed?.access;
    }
    this.signingIn ??= this.signInAnew().finally(() => (this.signingIn = undefined));
    return (await this.signingIn)?.access;
  }

  /** Signs in or renews where that is needed; taps at once share one sign-in. Throws when neither can be done. */
  async require(): Promise<void> {
    const token = this.isOpen() ? await this.token() : await this.renew(undefined);
    if (token === undefined) throw new AcclaimError("UNAUTHENTICATED", "Nobody is signed in.");
  }

  private async refresh(tokens: Tokens): Promise<Tokens | undefined> {
    const { refreshSession } = await this.api.execute(RefreshSession, { refreshToken: tokens.refresh });
    // An ended session must not stand in the way of what needs none.
    return this.replace(tokens, refreshSession.session ? tokensOf(refreshSession) : undefined);
  }

  private async signInAnew(): Promise<Tokens | undefined> {
    const answer = await this.signInAgain();
    return this.replace(undefined, answer && tokensOf(answer));
  }

  /** Stores the successor of `tokens`, unless they were replaced or signed out meanwhile. */
  private replace(tokens: Tokens | undefined, successor: Tokens | undefined): Tokens | undefined {
    const stored = this.store.read();
    if (stored?.refresh !== tokens?.refresh) return stored;
    this.store.write(successor);
    return successor;
  }
}

/** The voter as a reader of what everybody may see: anonymous where no session can be had soon. */
export class Reader implements Requester {
  private isMissed = false;

  /** `onLate` is told of a session that came after something had been read without it: it may be read again. */
  constructor(
    private readonly session: Session,
    private readonly maySignIn: boolean,
    private readonly onLate: () => void = () => undefined,
  ) {}

  token(): Promise<string | undefined> {
    return this.ifInTime(this.session.token(this.maySignIn));
  }

  renew(stale: string): Promise<string | undefined> {
    return this.ifInTime(this.session.renew(stale, this.maySignIn));
  }

  private async ifInTime(token: Promise<string | undefined>): Promise<string | undefined> {
    const inTime = await Promise.race([
      token.then((value) => ({ value })).catch(() => ({ value: undefined })),
      pause(readerWaitMs),
    ]);
    if (inTime) return inTime.value;
    this.isMissed = true;
    // Of several calls that share a renewal, the first to hear of it tells.
    const tell = (value: string | undefined) => {
      if (value === undefined || !this.isMissed) return;
      this.isMissed = false;
      this.onLate();
    };
    token.then(tell, () => undefined);
    return undefined;
  }
}
