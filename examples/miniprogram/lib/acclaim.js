// The client of an Acclaim server for mini-programs of WeChat, Douyin and Alipay: copy this file, platforms.js,
// challenge.js and documents.js.
//
// It does what a phone in a crowd needs: one sign-in and one refresh at a time, however many calls wait for it; at most
// ten requests at once, as the platform allows; retries that wait as long as the server asks, and never all phones at
// the same moment; votes that count once even when their answers get lost; figures by ETag or by socket.

/**
 * @typedef {{ id: string, text: string }} Document
 * @typedef {{ access: string, expiresMs: number, refresh: string }} Tokens
 * @typedef {{ code: string, message: string }} UserError
 * @typedef {{ message: string, extensions?: { code?: string, retryAfterMs?: number } }} AnswerError
 * @typedef {{ data?: any, errors?: AnswerError[] }} Answer
 * @typedef {import('./platforms.js').Reply} Reply
 * @typedef {import('./platforms.js').Platform} Platform
 * @typedef {(appId: string) => Promise<string | null | undefined>} ShowCaptcha
 * @typedef {{ next: (data: any) => void, open?: () => void, error?: (error: AcclaimError) => void }} Observer
 */

const { solveChallenge } = require('./challenge.js');
const documents = require('./documents.js');
const { wechat, douyin, alipay, PlatformError } = require('./platforms.js');

/** WeChat and Douyin run this many requests at once. */
const REQUESTS_MAX = 10;
const REQUEST_TIMEOUT_MS = 15000;
const ATTEMPTS_MAX = 7;
const BACKOFF_FIRST_MS = 400;
const BACKOFF_MAX_MS = 8000;
/** An access token is renewed this long before it expires. */
const RENEWAL_MARGIN_MS = 60000;
/** A vote without an answer is sent again for so long: later its voter may have meant another day. */
const PENDING_MAX_MS = 10 * 60000;
/** A visit lasts so long; whoever votes later has come again. */
const VISIT_MAX_MS = 30 * 60000;
/** A reader waits this long for a session's renewal; then it reads without. */
const READER_WAIT_MS = 3000;
/** A report that nobody waits for is given up sooner. */
const BACKGROUND_ATTEMPTS_MAX = 3;
/** A socket that says nothing for so long, though it is asked, is gone. */
const PING_MS = 20000;
/** Socket closes after which the token is renewed: forbidden, as expired tokens are. */
const CLOSE_FORBIDDEN = 4403;

/** The codes of errors that may be over soon. */
const RETRYABLE = ['NETWORK', 'UNAVAILABLE', 'OVERLOADED', 'RATE_LIMITED', 'INTERNAL'];

/** What people read where the server has no word for it, in Chinese and in English. */
const TEXTS = {
  loginCancelled: ['您没有登录，投票需要先登录。', 'You have not signed in: to vote, sign in.'],
  guest: [
    '游客不能转到网页：请先 signOut()，再 signIn()，用平台账号登录。',
    "A guest cannot be handed over: call signOut(), then signIn(), for the platform's account.",
  ],
  captchaUnsolved: ['验证没有完成，本次未计票，请重试。', 'The check was not finished, and this vote was not counted. Please try again.'],
  challengeUnknown: [
    '这个版本的小程序无法完成投票前的校验，本次未计票。请更新小程序后再试。',
    'This version cannot do the check before a vote, which was not counted. Update the mini-program, then try again.',
  ],
};

/**
 * The reason why a call failed: a code of the API, NETWORK when no answer came, LOGIN_CANCELLED, or of a challenge
 * CAPTCHA_UNSOLVED and CHALLENGE_UNKNOWN.
 */
class AcclaimError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} [retryAfterMs]
   */
  constructor(code, message, retryAfterMs = 0) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** True when the same call may work soon. */
  get isRetryable() {
    return RETRYABLE.includes(this.code);
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The wait before the next attempt: at least as long as the server asks, twice as long each time, and spread.
 * @param {number} attempt
 * @param {number} retryAfterMs
 */
function backoff(attempt, retryAfterMs) {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt);
  const own = full / 2 + (Math.random() * full) / 2;
  return Math.max(own, retryAfterMs * (1 + Math.random() / 4));
}

/** A UUID. It must be unique, not secret, so the usual random numbers will do. */
function randomUuid() {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const digit = Math.floor(Math.random() * 16);
    return (place === 'x' ? digit : (digit & 3) | 8).toString(16);
  });
}

/**
 * A header by its name; phones write names in different cases.
 * @param {Record<string, string>} header
 * @param {string} name
 */
function headerOf(header, name) {
  const found = Object.keys(header || {}).find((key) => key.toLowerCase() === name);
  return found === undefined ? undefined : header[found];
}

class Acclaim {
  /**
   * @param {{ origin: string, language?: string, onRetry?: () => void, platform?: Platform, showCaptcha?: ShowCaptcha }}
   *   options the server's scheme and host; the language of messages; a function that is called when a call that
   *   somebody waits for got no answer and is repeated; the platform that the program runs on; a function that shows a
   *   captcha, where the program has one
   */
  constructor({ origin, language = 'zh-CN', onRetry = () => undefined, platform = wechat, showCaptcha = async () => undefined }) {
    this.origin = origin.replace(/\/$/, '');
    this.language = language;
    this.onRetry = onRetry;
    this.platform = platform;
    this.showCaptcha = showCaptcha;
    this.storageKey = `acclaim ${this.origin}`;
    this.running = 0;
    /** @type {(() => void)[]} */
    this.waiting = [];
    /** @type {Promise<Tokens | undefined> | undefined} */
    this.refreshing = undefined;
    /** @type {Promise<Tokens> | undefined} */
    this.signingIn = undefined;
    /** @type {Map<string, Promise<any>>} */
    this.inFlightVotes = new Map();
    this.clockOffsetMs = 0;
    /**
     * The values that the storage did not take, by name; undefined for one that was removed.
     * @type {Map<string, any>}
     */
    this.untaken = new Map();
    /** @type {Socket | undefined} */
    this.socket = undefined;
    /** @type {{ text: string, sinceMs: number } | undefined} */
    this.ticket = undefined;
  }

  /** Now by the server's clock, in milliseconds: count down with it, not with the phone's. */
  now() {
    return Date.now() + this.clockOffsetMs;
  }

  /** The seed of this phone's fair order of nominees, the same before and after signing in; it is no secret. */
  seed() {
    const stored = this.read('seed');
    if (stored !== undefined) return stored;
    const seed = randomUuid();
    this.write('seed', seed);
    return seed;
  }

  /** True when a voter is signed in. */
  get isSignedIn() {
    return this.read('tokens') !== undefined;
  }

  /**
   * Executes a query as the voter who is signed in; as nobody where no session is open or can be renewed soon.
   * @param {Document} document
   * @param {object} variables
   */
  async query(document, variables) {
    const data = await this.execute(document, variables, { needsVoter: false });
    this.takeTicket(data.campaign && data.campaign.ticket);
    return data;
  }

  /**
   * Remembers how this voter came to the campaign at first: by a nominee's shared page or poster, or by none. Votes say
   * it, so that friends who follow a link are told from a crowd without one.
   * @param {string | null} nomineeId
   */
  noteArrival(nomineeId) {
    if (this.read('arrival') === undefined) this.write('arrival', { nomineeId });
  }

  /**
   * Casts a vote. Called again while it is under way, or after it got no answer, it is the same vote: it counts once.
   * Where the server asks for a challenge, the phone works for a second or some, or its owner solves a captcha, and the
   * vote is sent again.
   * @param {string} nomineeId
   * @returns {Promise<{ nominee: any, quota: any, userErrors: UserError[] }>}
   */
  castVote(nomineeId) {
    let vote = this.inFlightVotes.get(nomineeId);
    if (!vote) {
      vote = this.sendVote(nomineeId).finally(() => this.inFlightVotes.delete(nomineeId));
      this.inFlightVotes.set(nomineeId, vote);
    }
    return vote;
  }

  /** The nominees whose votes have no answer yet, from before a restart too: cast them again. */
  pendingVotes() {
    return this.pending().map((vote) => vote.nomineeId);
  }

  /**
   * Likes a nominee or story, or takes it back.
   * @param {string} subjectId
   * @param {boolean} liked
   */
  async setLike(subjectId, liked) {
    const { setLike } = await this.execute(documents.SetLike, { subjectId, liked }, { needsVoter: true });
    return setLike;
  }

  /**
   * Reports views, which count once, however often they are sent. Nobody waits for it.
   * @param {string[]} subjectIds
   */
  recordViews(subjectIds) {
    const variables = { subjectIds, key: randomUuid() };
    this.execute(documents.RecordViews, variables, { needsVoter: false, isBackground: true }).catch(() => undefined);
  }

  /** Signs in by the platform, unless that is done. */
  async signIn() {
    await this.token(true);
  }

  /**
   * The address to open in a web-view, where the voter is the same: within half a minute, and once. Signs in by the
   * platform where that is not done.
   * @param {string} page a page of this server: `/c/campaign`, or its whole address
   */
  async handOver(page) {
    const path = page.startsWith(`${this.origin}/`) ? page.slice(this.origin.length) : page;
    // Whoever has the code is the voter: it goes to no other site.
    if (!/^\/(?!\/)/.test(path)) throw new TypeError(`${page} is no page of ${this.origin}`);
    try {
      const { createHandOver } = await this.execute(documents.CreateHandOver, {}, { needsVoter: true });
      return `${this.origin}${path.replace(/#.*$/s, '')}#hand-over=${createHandOver.code}`;
    } catch (error) {
      if (error instanceof AcclaimError && error.code === 'FORBIDDEN') error.message = this.text('guest');
      throw error;
    }
  }

  /** Forgets the voter on this phone. */
  signOut() {
    this.write('tokens', undefined);
    this.write('pending', undefined);
  }

  /**
   * Polls the public tally; most answers say that nothing has changed.
   * @param {string} slug
   * @param {(tally: any) => void} onTally
   * @param {number} [intervalMs]
   * @returns {() => void} ends it
   */
  pollTally(slug, onTally, intervalMs = 3000) {
    let isStopped = false;
    /** @type {string | undefined} */
    let etag;
    const run = async () => {
      for (let failures = 0; !isStopped; ) {
        try {
          const reply = await this.request('GET', `/campaigns/${encodeURIComponent(slug)}/tally.json`, undefined, {
            ...(etag && { 'if-none-match': etag }),
          });
          if (isStopped) return;
          if (reply.status === 200) {
            etag = headerOf(reply.header, 'etag');
            onTally(reply.data);
          } else if (reply.status !== 304) throw new AcclaimError('UNAVAILABLE', `status ${reply.status}`);
          failures = 0;
          await pause(intervalMs);
        } catch (error) {
          await pause(Math.max(intervalMs, backoff(failures++, 0)));
        }
      }
    };
    run();
    return () => {
      isStopped = true;
    };
  }

  /**
   * Subscribes; all subscriptions share one socket, which comes back by itself. The observer's `open` is called each
   * time it has: what happened meanwhile has not been pushed and must be read.
   * @param {Document} document
   * @param {object} variables
   * @param {Observer} observer
   * @returns {() => void} ends it
   */
  subscribe(document, variables, observer) {
    if (!this.socket) this.socket = new Socket(this);
    return this.socket.subscribe(document, variables, observer);
  }

  // The rest is for this file.

  /** @param {string} nomineeId */
  async sendVote(nomineeId) {
    const others = this.pending();
    let vote = others.find((pending) => pending.nomineeId === nomineeId);
    if (!vote) {
      vote = { nomineeId, key: randomUuid(), sinceMs: Date.now() };
      this.write('pending', [...others, vote]);
    }
    const { key } = vote;
    const settle = () => this.write('pending', this.pending().filter((pending) => pending.key !== key));
    try {
      const ticket = this.ticket && this.ticket.text;
      const sharedBy = (this.read('arrival') || {}).nomineeId;
      let challengeSolution = null;
      for (let solved = 0; ; solved++) {
        const variables = { nomineeId, idempotencyKey: key, challengeSolution, ticket, sharedBy };
        const { castVote } = await this.execute(documents.CastVote, variables, { needsVoter: true });
        // One that has expired meanwhile, as while a phone slept, is asked for anew, once.
        if (!castVote.challenge || solved > 1) {
          settle();
          return castVote;
        }
        challengeSolution = await this.solve(castVote.challenge);
      }
    } catch (error) {
      if (!(error instanceof AcclaimError && error.isRetryable)) settle();
      throw error;
    }
  }

  /**
   * The solution of a challenge.
   * @param {{ algorithm: string, parameters: string }} challenge
   */
  async solve({ algorithm, parameters }) {
    if (algorithm === 'ALTCHA_SHA_256') return solveChallenge(parameters);
    const isCaptcha = algorithm === 'TENCENT_CAPTCHA';
    const ticket = isCaptcha ? await this.showCaptcha(JSON.parse(parameters).captchaAppId) : undefined;
    if (ticket === undefined) throw new AcclaimError('CHALLENGE_UNKNOWN', this.text('challengeUnknown'));
    if (ticket === null) throw new AcclaimError('CAPTCHA_UNSOLVED', this.text('captchaUnsolved'));
    return ticket;
  }

  /**
   * Keeps the ticket with which the campaign was shown, the first of a visit: votes bring it back.
   * @param {string | null | undefined} text
   */
  takeTicket(text) {
    const isOver = !this.ticket || Date.now() - this.ticket.sinceMs > VISIT_MAX_MS;
    if (text && isOver) this.ticket = { text, sinceMs: Date.now() };
  }

  /** @returns {{ nomineeId: string, key: string, sinceMs: number }[]} */
  pending() {
    return (this.read('pending') || []).filter((/** @type {any} */ vote) => Date.now() - vote.sinceMs < PENDING_MAX_MS);
  }

  /**
   * Executes a document and gives its data, after retries where they may help.
   * @param {Document} document
   * @param {object} variables
   * @param {{ needsVoter: boolean, isBackground?: boolean }} options
   */
  async execute(document, variables, { needsVoter, isBackground = false }) {
    const attempts = isBackground ? BACKGROUND_ATTEMPTS_MAX : ATTEMPTS_MAX;
    let isRenewed = false;
    for (let attempt = 0; ; attempt++) {
      try {
        const token = needsVoter ? await this.token(true) : await this.readerToken(this.token(false));
        const device = isBackground ? this.deviceId() : undefined;
        return await this.send(document, variables, token, device).catch(async (error) => {
          if (error.code !== 'UNAUTHENTICATED' || !token || isRenewed) throw error;
          isRenewed = true;
          const renewed = needsVoter ? await this.renew(token) : await this.readerToken(this.renew(token, false));
          return this.send(document, variables, renewed, device);
        });
      } catch (error) {
        if (!(error instanceof AcclaimError)) throw error;
        // A report is not sent again to a server that has refused it.
        const isRefusal = ['RATE_LIMITED', 'OVERLOADED'].includes(error.code);
        if (!error.isRetryable || (isBackground && isRefusal) || attempt + 1 >= attempts) throw error;
        if (!isBackground && !isRefusal) this.onRetry();
        await pause(backoff(attempt, error.retryAfterMs));
      }
    }
  }

  /** The id by which reports of this phone have a bound of their own, behind whatever address. */
  deviceId() {
    const id = this.read('device') || randomUuid();
    this.write('device', id);
    return id;
  }

  /**
   * A token for reading what everybody may see: none where it cannot be had soon.
   * @param {Promise<string | undefined>} token
   * @returns {Promise<string | undefined>}
   */
  readerToken(token) {
    return Promise.race([token.catch(() => undefined), pause(READER_WAIT_MS).then(() => undefined)]);
  }

  /**
   * One try: by hash, and with the text if the server does not know it yet.
   * @param {Document} document
   * @param {object} variables
   * @param {string | undefined} token
   * @param {string} [device]
   */
  async send({ id, text }, variables, token, device) {
    const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
    let answer = await this.post({ extensions, variables }, token, device);
    if (answer.errors && answer.errors[0].extensions?.code === 'PERSISTED_QUERY_NOT_FOUND') {
      answer = await this.post({ extensions, variables, query: text }, token, device);
    }
    if (answer.errors) {
      const { message, extensions = {} } = answer.errors[0];
      throw new AcclaimError(extensions.code || 'INTERNAL', message, extensions.retryAfterMs);
    }
    if (answer.data.serverTime) this.clockOffsetMs = Date.parse(answer.data.serverTime) - Date.now();
    return answer.data;
  }

  /**
   * @param {object} body
   * @param {string | undefined} token
   * @param {string} [device]
   * @returns {Promise<Answer>}
   */
  async post(body, token, device) {
    const reply = await this.request('POST', '/graphql', body, {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(device && { 'x-acclaim-device': device }),
    });
    // Any status lands here. What is no answer of the API comes from something in between, or from a server in need.
    if (!reply.data || typeof reply.data !== 'object' || !('data' in reply.data || 'errors' in reply.data)) {
      const retryAfter = Number(headerOf(reply.header, 'retry-after')) || 0;
      throw new AcclaimError('UNAVAILABLE', `The server answers ${reply.status}.`, 1000 * retryAfter);
    }
    return reply.data;
  }

  /**
   * A request, when it is its turn.
   * @param {'GET' | 'POST'} method
   * @param {string} path
   * @param {object | undefined} data
   * @param {Record<string, string>} header
   * @returns {Promise<Reply>}
   */
  async request(method, path, data, header) {
    if (this.running >= REQUESTS_MAX) await new Promise((resolve) => this.waiting.push(() => resolve(undefined)));
    else this.running += 1;
    try {
      const reply = await this.platform.request({
        url: this.origin + path,
        method,
        data,
        // The second one is for the organiser's figures of turnout.
        header: { 'accept-language': this.language, 'x-acclaim-client': 'mini-program', ...header },
        timeout: REQUEST_TIMEOUT_MS,
      });
      return { ...reply, data: parsed(reply.data) };
    } catch (error) {
      throw this.failure(error);
    } finally {
      // The place goes to the next one, or is free.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  /**
   * The access token; signs in when a voter is needed and nobody is signed in.
   * @param {boolean} needsVoter
   * @returns {Promise<string | undefined>}
   */
  async token(needsVoter) {
    const tokens = this.read('tokens');
    if (tokens && this.now() < tokens.expiresMs - RENEWAL_MARGIN_MS) return tokens.access;
    if (!tokens && !needsVoter) return undefined;
    return this.renew(tokens && tokens.access, needsVoter);
  }

  /**
   * A token that is not the stale one: all who need it wait for one refresh, and one sign-in where a voter is needed.
   * @param {string | undefined} stale
   * @param {boolean} [needsVoter]
   * @returns {Promise<string | undefined>}
   */
  async renew(stale, needsVoter = true) {
    const tokens = this.read('tokens');
    if (tokens && tokens.access !== stale) return tokens.access;
    if (tokens) {
      this.refreshing = this.refreshing || this.refresh(tokens).finally(() => (this.refreshing = undefined));
      const refreshed = await this.refreshing;
      if (refreshed || !needsVoter) return refreshed && refreshed.access;
    }
    this.signingIn = this.signingIn || this.signInByPlatform().finally(() => (this.signingIn = undefined));
    return (await this.signingIn).access;
  }

  /**
   * The successor of tokens; none where their session has ended.
   * @param {Tokens} tokens
   * @returns {Promise<Tokens | undefined>}
   */
  async refresh(tokens) {
    const { refreshSession } = await this.retry(() =>
      this.send(documents.Refresh, { refreshToken: tokens.refresh }, undefined),
    );
    // The voter may have signed out meanwhile.
    const stored = this.read('tokens');
    if (!stored || stored.refresh !== tokens.refresh) return stored;
    if (refreshSession.session) return this.storeTokens(refreshSession.session);
    this.write('tokens', undefined);
    return undefined;
  }

  /** @returns {Promise<Tokens>} */
  async signInByPlatform() {
    const { signInMiniProgram } = await this.retry(async () => {
      // A code is good once: a sign-in whose answer is lost needs a new one.
      const code = await this.platform.login().catch((error) => Promise.reject(this.failure(error)));
      const payload = await this.send(documents.SignIn, { platform: this.platform.name, code }, undefined);
      const refusal = payload.signInMiniProgram.userErrors[0];
      if (refusal && ['PLATFORM_BUSY', 'PLATFORM_UNAVAILABLE'].includes(refusal.code)) {
        throw new AcclaimError('UNAVAILABLE', refusal.message);
      }
      return payload;
    });
    const { session, userErrors } = signInMiniProgram;
    if (!session) {
      this.write('tokens', undefined);
      throw new AcclaimError(userErrors[0].code, userErrors[0].message);
    }
    return this.storeTokens(session);
  }

  /**
   * What a caller gets for an error of the platform.
   * @param {unknown} error
   */
  failure(error) {
    if (!(error instanceof PlatformError)) return error;
    if (error.isCancelled) return new AcclaimError('LOGIN_CANCELLED', this.text('loginCancelled'));
    return new AcclaimError('NETWORK', error.message);
  }

  /** @param {keyof typeof TEXTS} name */
  text(name) {
    return TEXTS[name][this.language.startsWith('zh') ? 0 : 1];
  }

  /**
   * Tries again until it works or an error is not retryable.
   * @param {() => Promise<any>} action
   */
  async retry(action) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await action();
      } catch (error) {
        const isRetryable = error instanceof AcclaimError && error.isRetryable;
        if (!isRetryable || attempt + 1 >= ATTEMPTS_MAX) throw error;
        await pause(backoff(attempt, error.retryAfterMs));
      }
    }
  }

  /** @param {{ accessToken: string, accessTokenExpiresAt: string, refreshToken: string }} session */
  storeTokens(session) {
    const tokens = {
      access: session.accessToken,
      expiresMs: Date.parse(session.accessTokenExpiresAt),
      refresh: session.refreshToken,
    };
    this.write('tokens', tokens);
    return tokens;
  }

  /** @param {'tokens' | 'pending' | 'arrival' | 'seed' | 'device'} name */
  read(name) {
    return this.untaken.has(name) ? this.untaken.get(name) : this.readStored(name);
  }

  /** @param {'tokens' | 'pending' | 'arrival' | 'seed' | 'device'} name */
  readStored(name) {
    try {
      return this.platform.read(`${this.storageKey} ${name}`) || undefined;
    } catch (error) {
      return undefined;
    }
  }

  /**
   * Stores a value; where the phone's storage is full, memory has it until the mini-program is closed.
   * @param {'tokens' | 'pending' | 'arrival' | 'seed' | 'device'} name
   * @param {any} value
   */
  write(name, value) {
    this.untaken.set(name, value);
    try {
      // Removed first: where nothing can be added, an old value must not come back with the next start.
      this.platform.remove(`${this.storageKey} ${name}`);
      if (value !== undefined) this.platform.write(`${this.storageKey} ${name}`, value);
      this.untaken.delete(name);
    } catch (error) {
      // Memory has it.
    }
  }
}

/**
 * WeChat parses `application/json`, and leaves other types of JSON as text.
 * @param {any} data
 */
function parsed(data) {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch (error) {
    return undefined;
  }
}

/** The one socket of a client: graphql-transport-ws, for as long as there are subscriptions. */
class Socket {
  /** @param {Acclaim} client */
  constructor(client) {
    this.client = client;
    /** @type {Map<string, { document: Document, variables: object, observer: Observer }>} */
    this.subscriptions = new Map();
    this.lastId = 0;
    this.failures = 0;
    /** @type {import('./platforms.js').PlatformSocket | undefined} */
    this.task = undefined;
    this.isReady = false;
  }

  /**
   * @param {Document} document
   * @param {object} variables
   * @param {Observer} observer
   */
  subscribe(document, variables, observer) {
    const id = String((this.lastId += 1));
    this.subscriptions.set(id, { document, variables, observer });
    if (this.isReady) this.start(id);
    else if (!this.task) this.open();
    return () => {
      if (!this.subscriptions.delete(id)) return;
      if (this.isReady) this.sendMessage({ id, type: 'complete' });
      if (this.subscriptions.size === 0 && this.task) this.task.close(1000);
    };
  }

  async open() {
    // Taken before the token is there, so that two who subscribe at once open one socket.
    const placeholder = { send: () => undefined, close: () => undefined };
    this.task = placeholder;
    const token = await this.client.readerToken(this.client.token(false));
    if (this.subscriptions.size === 0) {
      this.task = undefined;
      return;
    }
    /** @type {ReturnType<typeof setInterval>} */
    let pingTimer;
    let hasAnswered = true;
    const address = {
      url: `${this.client.origin.replace(/^http/, 'ws')}/graphql/ws`,
      protocol: 'graphql-transport-ws',
    };
    const task = this.client.platform.connectSocket(address, {
      open: () => {
        this.sendMessage({ type: 'connection_init', payload: token ? { authorization: `Bearer ${token}` } : {} });
        pingTimer = setInterval(() => {
          // A phone that has changed its network is told nothing: silence is the only sign.
          if (!hasAnswered) task.close(4000);
          hasAnswered = false;
          this.sendMessage({ type: 'ping' });
        }, PING_MS);
      },
      message: (text) => {
        hasAnswered = true;
        this.receive(JSON.parse(text));
      },
      close: (code) => {
        clearInterval(pingTimer);
        this.closed(code, token);
      },
    });
    this.task = task;
  }

  /**
   * @param {number | undefined} code
   * @param {string | undefined} token
   */
  async closed(code, token) {
    // Where no code is told, the first close before the server's welcome may be for the token.
    const mayBeForbidden = code === undefined && !this.isReady && this.failures === 0;
    this.isReady = false;
    this.task = undefined;
    if (this.subscriptions.size === 0) return;
    if (token && (code === CLOSE_FORBIDDEN || mayBeForbidden)) {
      await this.client.readerToken(this.client.renew(token, false));
    }
    await pause(backoff(this.failures++, 0));
    if (!this.task && this.subscriptions.size > 0) this.open();
  }

  /** @param {{ id: string, type: string, payload: any }} message */
  receive({ id, type, payload }) {
    const subscription = this.subscriptions.get(id);
    switch (type) {
      case 'connection_ack':
        this.isReady = true;
        this.failures = 0;
        this.subscriptions.forEach((_, id) => this.start(id));
        break;
      case 'ping':
        this.sendMessage({ type: 'pong' });
        break;
      case 'next':
        if (subscription && payload.data) subscription.observer.next(payload.data);
        break;
      case 'error':
        this.subscriptions.delete(id);
        if (subscription?.observer.error) {
          const { message, extensions = {} } = payload[0];
          subscription.observer.error(new AcclaimError(extensions.code || 'INTERNAL', message, extensions.retryAfterMs));
        }
        break;
      case 'complete':
        this.subscriptions.delete(id);
        break;
    }
  }

  /** @param {string} id */
  start(id) {
    const subscription = this.subscriptions.get(id);
    if (!subscription) return;
    const { document, variables, observer } = subscription;
    this.sendMessage({ id, type: 'subscribe', payload: { query: document.text, variables } });
    if (observer.open) observer.open();
  }

  /** @param {object} message */
  sendMessage(message) {
    if (this.task) this.task.send(JSON.stringify(message));
  }
}

module.exports = { Acclaim, AcclaimError, PlatformError, documents, platforms: { wechat, douyin, alipay } };
