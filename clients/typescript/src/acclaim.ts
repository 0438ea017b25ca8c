// The client as programs use it: one voter, all that a voter does, and what is read.
import { Api, type CallEvent, type ExecuteOptions, backoff } from "./api.js";
import { solveChallenge } from "./challenge.js";
import type { Document } from "./document.js";
import { AcclaimError } from "./error.js";
import { type ConnectionState, type Transport, watch } from "./live.js";
import * as documents from "./operations.js";
import { type Platform, PlatformError } from "./platform.js";
import { Reader, Session, type Tokens } from "./session.js";
import { Ending, type Signal, atEnd } from "./signal.js";
import { type Observer, SharedSocket } from "./socket.js";
import { type Untaken, storedValue } from "./storage.js";
import { type PublicTally, tallyReader } from "./tally.js";
import { textOf } from "./texts.js";
import { randomUuid } from "./uuid.js";
import { type CastVotePayload, type Challenge, type PendingVote, type Visit, Votes } from "./votes.js";

/** A visit lasts so long; whoever votes later has come again. */
const visitMaxMs = 30 * 60_000;
const tallyPollMs = 3_000;

export interface AcclaimOptions {
  /** The server's scheme and host; empty for a page of the server itself. */
  origin: string;
  platform: Platform;
  /** The language of messages: Chinese or English. */
  language?: string;
  /** The kind of client, for the organiser's figures of turnout. */
  kind?: "page" | "mini-program";
  /** Called when a call that somebody waits for got no answer and is repeated. */
  onRetry?: () => void;
  /** Shows a captcha: gives its ticket, null where it was not solved, and undefined where there is none to show. */
  showCaptcha?: (appId: string) => Promise<string | null | undefined>;
}

export interface CallOptions {
  /** Ends the call, with an error ABORTED: whether it was executed is not known then. */
  signal?: Signal;
}

/** The figures of a campaign, by whichever transport they came. */
export interface Tally {
  version: number;
  countedVotes: number;
  /** The votes by the nominee's number. */
  votes: ReadonlyMap<number, number>;
}

interface StoredValues {
  tokens: Tokens;
  pending: PendingVote[];
  arrival: { nomineeId: string | null };
  seed: string;
  /** The id of reports, which opens nothing. */
  device: string;
  /** The id that a guest signs in with: a secret. */
  guest: string;
}

export class Acclaim {
  readonly origin: string;
  readonly language: string;
  readonly platform: Platform;
  /** For calls that the methods here do not cover. */
  readonly api: Api;
  readonly session: Session;
  onRetry: () => void;
  /** When the campaign was shown, sealed by the server: votes bring it back. */
  ticket: { text: string; sinceMs: number } | undefined;
  private readonly showCaptcha: NonNullable<AcclaimOptions["showCaptcha"]>;
  private readonly reader: Reader;
  private readonly votes: Votes;
  private readonly untaken: Untaken = new Map();
  private readonly closing = new Ending();
  private socket: SharedSocket | undefined;

  constructor({ origin, platform, language = "en", kind, onRetry, showCaptcha }: AcclaimOptions) {
    this.language = language;
    this.platform = platform;
    this.onRetry = onRetry ?? (() => undefined);
    this.showCaptcha = showCaptcha ?? (async () => undefined);
    this.api = new Api({
      origin,
      platform,
      language: () => language,
      ...(kind && { kind }),
      reporterId: () => this.kept("device"),
      onCall: (_, event: CallEvent) => event === "repeated" && this.onRetry(),
    });
    this.origin = this.api.origin;
    this.session = new Session(this.api, this.stored("tokens"), () => this.signInAgain());
    // Reading signs nobody in.
    this.reader = new Reader(this.session, false);
    this.votes = new Votes(this.api, this.session, this.stored("pending"), (challenge) => this.solve(challenge));
  }

  /** Now by the server's clock, in milliseconds: count down with it, not with the device's. */
  now(): number {
    return this.api.now();
  }

  /** The seed of this device's fair order of nominees, the same before and after signing in; it is no secret. */
  seed(): string {
    return this.kept("seed");
  }

  /** True when somebody is signed in. */
  get isSignedIn(): boolean {
    return this.session.isOpen();
  }

  /** Executes a query as the voter who is signed in; as nobody where no session is open or can be renewed soon. */
  async query<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    options: CallOptions = {},
  ): Promise<Result> {
    const data = await this.execute(document, variables, { ...options, needsVoter: false });
    this.takeTicket((data as { campaign?: { ticket?: string | null } | null }).campaign?.ticket);
    return data;
  }

  /**
   * Executes a document as the voter, who is signed in where that is needed. Sent again where no answer comes: give a
   * mutation an idempotency key, or say `once`.
   */
  async execute<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    { needsVoter = true, ...options }: Omit<ExecuteOptions, "as"> & { needsVoter?: boolean } = {},
  ): Promise<Result> {
    if (needsVoter) await this.session.require();
    const as = needsVoter ? this.session : this.reader;
    return this.untilClosed(options.signal, (signal) =>
      this.api.execute(document, variables, { ...options, as, signal }),
    );
  }

  /**
   * Remembers how this voter came to the campaign at first: by a nominee's shared page or poster, or by none. Votes say
   * it, so that friends who follow a link are told from a crowd without one.
   */
  noteArrival(nomineeId: string | null): void {
    if (this.read("arrival") === undefined) this.write("arrival", { nomineeId });
  }

  /**
   * Casts a vote. Called again while it is under way, or after it got no answer, it is the same vote: it counts once.
   * Where the server asks for a challenge, the device works for a second or some, or its owner solves a captcha, and
   * the vote is sent again. Why it does not count is in `userErrors`.
   */
  castVote(nomineeId: string, { signal }: CallOptions = {}): Promise<CastVotePayload> {
    const visit: Visit = { ticket: this.ticket?.text, sharedBy: this.read("arrival")?.nomineeId };
    return this.untilClosed(signal, (end) => this.votes.cast(nomineeId, visit, end));
  }

  /** The nominees whose votes have no answer yet, from before a restart too: cast them again. */
  pendingVotes(): string[] {
    return this.votes.pending();
  }

  /** Likes a nominee or story, or takes it back. */
  async setLike(subjectId: string, liked: boolean) {
    return (await this.execute(documents.SetLike, { subjectId, liked })).setLike;
  }

  /** Reports views, which count once, however often they are sent. Nobody waits for it. */
  recordViews(subjectIds: string[]): void {
    const options = { needsVoter: false, isBackground: true };
    this.execute(documents.RecordViews, { subjectIds, key: randomUuid() }, options).catch(() => undefined);
  }

  /** The ways in that the server is set up for. */
  async signInWays() {
    return (await this.query(documents.SignInWays, {})).signInWays;
  }

  /** Signs in, unless that is done: by the platform of a mini-program, elsewhere as the guest of this device. */
  async signIn(): Promise<void> {
    await this.session.require();
  }

  /** Signs in by a code of a mini-program's platform: `wx.login`, `tt.login`, `my.getAuthCode`. */
  async signInMiniProgram(platform: "WECHAT" | "DOUYIN" | "ALIPAY", code: string): Promise<void> {
    const answer = await this.asGuest(documents.SignInMiniProgram, { platform, code });
    this.session.signIn(answer.signInMiniProgram);
  }

  /** Joins the voter with the telephone number that the platform vouches for, by the code of its phone button. */
  async signInMiniProgramPhone(code: string): Promise<void> {
    const platform = this.platform.name ?? "WECHAT";
    const answer = await this.execute(documents.SignInMiniProgramPhone, { platform, code });
    this.session.signIn(answer.signInMiniProgramPhone);
  }

  /** Has a code sent to a telephone number. Refusals are in `userErrors`. */
  async requestPhoneCode(phone: string) {
    // Not sent again where no answer came: the message may be on its way.
    return (await this.api.execute(documents.RequestPhoneCode, { phone }, { once: true })).requestPhoneCode;
  }

  /** Signs in by a telephone number and its code. Throws `SignInRefused`. */
  async signInPhone(phone: string, code: string): Promise<void> {
    this.session.signIn((await this.asGuest(documents.SignInPhone, { phone, code }, true)).signInPhone);
  }

  /** Signs in by a hand-over: what a way over another site, or a mini-program, has put behind `#hand-over=`. */
  async redeemHandOver(code: string): Promise<void> {
    this.session.signIn((await this.asGuest(documents.RedeemHandOver, { code })).redeemHandOver);
  }

  /** Signs in a member of staff, where the voter would be. Throws `SignInRefused`. */
  async signInStaff(email: string, password: string, secondFactorCode: string | null = null): Promise<void> {
    const variables = { email, password, secondFactorCode };
    this.session.signIn((await this.api.execute(documents.SignInStaff, variables, { once: true })).signInStaff);
  }

  /**
   * The address of a page, in which the voter is the same: to open within half a minute, and once. Signs in where that
   * is not done. `page` is one of this server's: `/c/campaign`, or its whole address.
   */
  async handOver(page: string): Promise<string> {
    const path = page.startsWith(`${this.origin}/`) ? page.slice(this.origin.length) : page;
    // Whoever has the code is the voter: it goes to no other site.
    if (!/^\/(?!\/)/.test(path)) throw new TypeError(`${page} is no page of ${this.origin}`);
    try {
      const { createHandOver } = await this.execute(documents.CreateHandOver, {});
      return `${this.origin}${path.replace(/#.*$/s, "")}#hand-over=${createHandOver.code}`;
    } catch (error) {
      if (error instanceof AcclaimError && error.code === "FORBIDDEN") error.message = textOf("guest", this.language);
      throw error;
    }
  }

  /** Forgets the voter on this device, at once, and ends the session at the server if it can be reached. */
  signOut(): void {
    this.votes.forget();
    void this.session.close();
  }

  /**
   * Watches the tally of a campaign: over a socket, else server-sent events, else by polling. `onState` says how.
   * Gives the function that ends it.
   */
  watchTally(
    { id, slug }: { id: string; slug: string },
    onTally: (tally: Tally) => void,
    onState: (state: ConnectionState) => void = () => undefined,
    transports?: Transport[],
  ): () => void {
    const poll = tallyReader(this.api, slug);
    let known = -1;
    // An older one may come by a slower way.
    const take = (tally: Tally) => {
      if (tally.version < known) return;
      known = tally.version;
      onTally(tally);
    };
    const watched = {
      document: documents.WatchTally,
      variables: { campaignId: id },
      as: this.reader,
      onData: ({ tallyChanged: { version, countedVotes, entries } }: documents.WatchTallySubscription) =>
        take({ version, countedVotes, votes: new Map(entries.map(({ nominee, votes }) => [nominee.number, votes])) }),
      onState,
      poll: async () => {
        const tally = await poll();
        const entries = tally?.categories.flatMap((category) => category.entries);
        const votes = new Map(entries?.map(({ number, votes }) => [number, votes]));
        if (tally) take({ version: tally.version, countedVotes: tally.countedVotes, votes });
      },
      pollMs: tallyPollMs,
    };
    return this.ended(watch(this.api, watched, transports));
  }

  /** Polls the public tally; most answers say that nothing has changed. Gives the function that ends it. */
  pollTally(slug: string, onTally: (tally: PublicTally) => void, intervalMs = tallyPollMs): () => void {
    const end = new Ending();
    const read = tallyReader(this.api, slug);
    const run = async () => {
      for (let failures = 0; !end.aborted; ) {
        try {
          const tally = await read();
          if (end.aborted) return;
          if (tally) onTally(tally);
          failures = 0;
          await this.api.pause(intervalMs, end);
        } catch {
          await this.api.pause(Math.max(intervalMs, backoff(failures++)), end);
        }
      }
    };
    void run();
    return this.ended(() => end.abort());
  }

  /**
   * Subscribes; all subscriptions share one socket, which comes back by itself. The observer's `open` is called each
   * time it has: what happened meanwhile has not been pushed and must be read. Gives the function that ends it.
   */
  subscribe<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    observer: Observer<Result>,
  ): () => void {
    this.socket ??= new SharedSocket(this.api, this.reader);
    return this.ended(this.socket.subscribe(document, variables, observer));
  }

  /** Ends this client and all that is under way: calls fail with ABORTED. What is stored stays, for the next one. */
  close(): void {
    this.closing.abort();
  }

  // The rest is for this file and for tests.

  /** Signs in with the guest's token, if there is one: then it stays one voter, with its votes. */
  private asGuest<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    once = false,
  ): Promise<Result> {
    return this.api.execute(document, variables, { as: this.session, once });
  }

  private async signInAgain(): Promise<documents.SignedInFragment> {
    const { name, login } = this.platform;
    if (!login || !name) {
      const { signInGuest } = await this.api.execute(documents.SignInGuest, { deviceId: this.kept("guest") });
      return signInGuest;
    }
    return this.api.retry(async () => {
      // A code is good once: a sign-in whose answer is lost needs a new one.
      const code = await login.call(this.platform).catch((error) => Promise.reject(this.loginFailure(error)));
      const { signInMiniProgram } = await this.api.send(documents.SignInMiniProgram, { platform: name, code });
      const refusal = signInMiniProgram.userErrors[0];
      if (refusal && ["PLATFORM_BUSY", "PLATFORM_UNAVAILABLE"].includes(refusal.code)) {
        throw new AcclaimError("UNAVAILABLE", refusal.message);
      }
      return signInMiniProgram;
    });
  }

  private loginFailure(error: unknown): unknown {
    if (!(error instanceof PlatformError)) return error;
    if (error.isCancelled) return new AcclaimError("LOGIN_CANCELLED", textOf("loginCancelled", this.language));
    return new AcclaimError("NETWORK", error.message);
  }

  /** The solution of a challenge. */
  private async solve({ algorithm, parameters }: Challenge): Promise<string> {
    if (algorithm === "ALTCHA_SHA_256") return solveChallenge(parameters);
    const isCaptcha = algorithm === "TENCENT_CAPTCHA";
    const ticket = isCaptcha ? await this.showCaptcha(JSON.parse(parameters).captchaAppId) : undefined;
    if (ticket === undefined) throw new AcclaimError("CHALLENGE_UNKNOWN", textOf("challengeUnknown", this.language));
    if (ticket === null) throw new AcclaimError("CAPTCHA_UNSOLVED", textOf("captchaUnsolved", this.language));
    return ticket;
  }

  /** Keeps the ticket with which the campaign was shown, the first of a visit. */
  private takeTicket(text: string | null | undefined): void {
    const isOver = !this.ticket || Date.now() - this.ticket.sinceMs > visitMaxMs;
    if (text && isOver) this.ticket = { text, sinceMs: Date.now() };
  }

  /** Does something with a signal that comes with the caller's and with the client's end. */
  private async untilClosed<Result>(
    signal: Signal | undefined,
    action: (signal: Signal) => Promise<Result>,
  ): Promise<Result> {
    const either = new Ending();
    const leaves = [signal, this.closing].map((end) => atEnd(end, () => either.abort()));
    return action(either).finally(() => leaves.forEach((leave) => leave()));
  }

  /** A function that ends what is watched, which the client's end calls, too. */
  private ended(stop: () => void): () => void {
    const leave = atEnd(this.closing, stop);
    return () => {
      leave();
      stop();
    };
  }

  /** An id of this device, made when it is asked for first. */
  private kept(name: "seed" | "device" | "guest"): string {
    const stored = this.read(name);
    if (stored !== undefined) return stored;
    const made = randomUuid();
    this.write(name, made);
    return made;
  }

  private stored<Name extends keyof StoredValues>(name: Name) {
    return storedValue<StoredValues[Name]>(this.platform, `acclaim ${this.origin} ${name}`, this.untaken);
  }

  read<Name extends keyof StoredValues>(name: Name): StoredValues[Name] | undefined {
    return this.stored(name).read();
  }

  write<Name extends keyof StoredValues>(name: Name, value: StoredValues[Name] | undefined): void {
    this.stored(name).write(value);
  }
}
