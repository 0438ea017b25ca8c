// Built from clients/typescript, the client of pages and mini-programs: it is changed there (npm run build).
// @ts-nocheck
var __defProp = Object.defineProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// src/document.ts
function partsOf(document) {
  if ("text" in Object(document)) return document;
  const hash2 = document.__meta__?.["hash"];
  return { id: typeof hash2 === "string" && /^[0-9a-f]{64}$/.test(hash2) ? hash2 : void 0, text: String(document) };
}

// src/error.ts
var retryable = ["NETWORK", "UNAVAILABLE", "OVERLOADED", "RATE_LIMITED", "INTERNAL"];
var AcclaimError = class extends Error {
  constructor(code, message, retryAfterMs = 0) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
  /** True when the same call may work soon; whether it was executed is not known. */
  get isRetryable() {
    return retryable.includes(this.code);
  }
};
var SignInRefused = class extends AcclaimError {
};
var isRetryable = (error) => error instanceof AcclaimError && error.isRetryable;

// src/platform.ts
var PlatformError = class extends Error {
  constructor(message, isCancelled = false) {
    super(message);
    this.isCancelled = isCancelled;
  }
};

// src/signal.ts
var Ending = class {
  constructor() {
    this.aborted = false;
    this.listeners = /* @__PURE__ */ new Set();
  }
  addEventListener(_type, listener) {
    this.listeners.add(listener);
  }
  removeEventListener(_type, listener) {
    this.listeners.delete(listener);
  }
  abort() {
    if (this.aborted) return;
    this.aborted = true;
    this.listeners.forEach((listener) => listener());
    this.listeners.clear();
  }
};
function atEnd(signal, listener) {
  if (!signal) return () => void 0;
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener);
  return () => signal.removeEventListener("abort", listener);
}

// src/api.ts
var attemptsMax = 7;
var backgroundAttemptsMax = 3;
var backoffFirstMs = 400;
var backoffMaxMs = 8e3;
var timeoutMs = 15e3;
var slowMs = 4e3;
function backoff(attempt) {
  const full = Math.min(backoffMaxMs, backoffFirstMs * 2 ** attempt);
  return full / 2 + Math.random() * full / 2;
}
var backoffAfter = (attempt, error) => Math.max(error.retryAfterMs * (1 + Math.random() / 4), backoff(attempt));
function pause(ms, signal, onOnline) {
  return new Promise((done) => {
    const wake = () => {
      clearTimeout(timer);
      leave();
      stop?.();
      done();
    };
    const timer = setTimeout(wake, ms);
    const stop = onOnline?.(wake);
    const leave = atEnd(signal, () => setTimeout(wake));
  });
}
function headerOf(header, name) {
  const found = Object.keys(header || {}).find((key) => key.toLowerCase() === name);
  return found === void 0 ? void 0 : header[found];
}
function errorOf({ message, extensions = {} }) {
  return new AcclaimError(extensions.code ?? "INTERNAL", message, extensions.retryAfterMs);
}
var aborted = () => new AcclaimError("ABORTED", "The call was aborted.");
function parsed(data) {
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data);
  } catch {
    return void 0;
  }
}
var Api = class {
  constructor(options) {
    this.options = options;
    this.clockOffsetMs = 0;
    this.running = 0;
    this.waiting = [];
    this.origin = options.origin.replace(/\/$/, "");
    this.platform = options.platform;
  }
  /** The time now by the server's clock, in milliseconds: a device's own may be wrong by hours. */
  now() {
    return Date.now() + this.clockOffsetMs;
  }
  /** Takes over the server's time from an answer that has just come. */
  noteServerTime(time) {
    this.clockOffsetMs = Date.parse(time) - Date.now();
  }
  /** Waits for `ms`, until the device is online again, or until `signal`. */
  pause(ms, signal) {
    return pause(ms, signal, this.platform.onOnline?.bind(this.platform));
  }
  /** Executes an operation and gives its data. Throws an AcclaimError, after retries where they may help. */
  async execute(document, variables, { as, once: once2 = false, isBackground = false, signal } = {}) {
    const call = {};
    const tell = (event) => isBackground || this.options.onCall?.(call, event);
    const attempts = isBackground ? backgroundAttemptsMax : attemptsMax;
    let renewed;
    try {
      for (let attempt = 0; ; attempt++) {
        const token = renewed ? renewed.token : await as?.token();
        const slow = setTimeout(() => tell("slow"), slowMs);
        try {
          return await this.send(document, variables, token, isBackground, signal);
        } catch (error) {
          if (!(error instanceof AcclaimError)) throw error;
          if (error.code === "UNAUTHENTICATED" && as && token !== void 0 && !renewed) {
            renewed = { token: await as.renew(token) };
            continue;
          }
          const isRefusal = error.code === "RATE_LIMITED" || error.code === "OVERLOADED";
          const mayRepeat = isRefusal ? !isBackground : !once2;
          if (!mayRepeat || !error.isRetryable || attempt + 1 >= attempts) throw error;
          if (!isRefusal) tell("repeated");
          await this.pause(backoffAfter(attempt, error), signal);
        } finally {
          clearTimeout(slow);
        }
      }
    } finally {
      tell("settled");
    }
  }
  /** Does something until it works or fails for good. */
  async retry(action) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await action();
      } catch (error) {
        const mayRepeat = error instanceof AcclaimError && error.isRetryable && attempt + 1 < attemptsMax;
        if (!mayRepeat) throw error;
        await this.pause(backoffAfter(attempt, error));
      }
    }
  }
  /** One try of an operation: by hash, and with the text if the server does not know it yet. */
  async send(document, variables, token, isReport = false, signal) {
    const { id, text } = partsOf(document);
    const header = {
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      ...token && { authorization: `Bearer ${token}` },
      ...isReport && this.options.reporterId && { "x-acclaim-device": this.options.reporterId() }
    };
    const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
    let answer = await this.post(id ? { extensions, variables } : { query: text, variables }, header, signal);
    if (id && answer.errors?.[0]?.extensions?.code === "PERSISTED_QUERY_NOT_FOUND") {
      answer = await this.post({ extensions, variables, query: text }, header, signal);
    }
    if (answer.errors?.[0]) throw errorOf(answer.errors[0]);
    if (!answer.data) throw new AcclaimError("UNAVAILABLE", "The answer has no data.");
    if (answer.data.serverTime) this.noteServerTime(answer.data.serverTime);
    return answer.data;
  }
  async post(body, header, signal) {
    const reply = await this.request("POST", "/graphql", body, header, signal);
    const isAnswer = reply.data && typeof reply.data === "object" && ("data" in reply.data || "errors" in reply.data);
    if (isAnswer) return reply.data;
    const retryAfterMs = 1e3 * (Number(headerOf(reply.header, "retry-after")) || 0);
    throw new AcclaimError("UNAVAILABLE", `The server answers ${reply.status}.`, retryAfterMs);
  }
  /** A request to a path of the server, when it is its turn. */
  async request(method, path, data, header = {}, signal) {
    if (signal?.aborted) throw aborted();
    const { requestsMax: requestsMax2 = Infinity } = this.platform;
    if (this.running >= requestsMax2) await new Promise((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      const { language, kind } = this.options;
      const own = method === "POST" && {
        ...language && { "accept-language": language() },
        ...kind && { "x-acclaim-client": kind }
      };
      const url = this.origin + path;
      const options = { url, method, data, header: { ...own, ...header }, timeout: timeoutMs, signal };
      const reply = await this.platform.request(options);
      return { ...reply, data: parsed(reply.data) };
    } catch (error) {
      if (signal?.aborted) throw aborted();
      throw error instanceof PlatformError ? new AcclaimError("NETWORK", error.message) : error;
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
};

// src/challenge.ts
var sliceDefaultMs = 24;
var numbersALook = 128;
var numbersMax = 1e7;
var base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
var constants = () => {
  const primes = Array.from({ length: 311 }, (_, n) => n + 2).filter((n, _, all) => all.every((m) => m >= n || n % m > 0)).slice(0, 64);
  const fraction = (root) => root % 1 * 4294967296 | 0;
  return {
    initial: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
    rounds: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
  };
};
function hash(words, length, state, { initial, rounds }) {
  words[length] = 1 << 31;
  words.fill(0, length + 1, 15);
  words[15] = length * 32;
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15];
    const y = words[i - 2];
    const low = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
    const high = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    words[i] = words[i - 16] + low + words[i - 7] + high;
  }
  let [a, b, c, d, e, f, g, h] = initial;
  for (let i = 0; i < 64; i++) {
    const high = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const one = h + high + (e & f ^ ~e & g) + rounds[i] + words[i] | 0;
    const low = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const two = low + (a & b ^ a & c ^ b & c);
    h = g;
    g = f;
    f = e;
    e = d + one | 0;
    d = c;
    c = b;
    b = a;
    a = one + two | 0;
  }
  state.set(initial);
  [a, b, c, d, e, f, g, h].forEach((word, i) => state[i] += word);
}
var hexOf = (words) => Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
function base64Of(text) {
  let out = "";
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((n) => text.charCodeAt(i + n));
    out += base64[a >> 2] + base64[(a & 3) << 4 | b >> 4];
    out += i + 1 < text.length ? base64[(b & 15) << 2 | c >> 6] : "=";
    out += i + 2 < text.length ? base64[c & 63] : "=";
  }
  return out;
}
async function solveChallenge(text, sliceMs = sliceDefaultMs) {
  const challenge = JSON.parse(text);
  const { salt, nonce, cost, keyPrefix } = challenge.parameters;
  const head = Int32Array.from((salt + nonce).match(/.{8}/g).map((word) => parseInt(word, 16)));
  const first = parseInt(keyPrefix.slice(0, 8), 16) | 0;
  const words = new Int32Array(64);
  const state = new Int32Array(8);
  const known = constants();
  let sliceEndMs = Date.now() + sliceMs;
  for (let counter = 0; counter < numbersMax; counter++) {
    words.set(head);
    words[head.length] = counter;
    hash(words, head.length + 1, state, known);
    for (let n = 1; n < cost; n++) {
      words.set(state);
      hash(words, 8, state, known);
    }
    if (state[0] === first && hexOf(state).startsWith(keyPrefix)) {
      return base64Of(JSON.stringify({ challenge, solution: { counter, derivedKey: hexOf(state) } }));
    }
    if (counter % numbersALook === 0 && Date.now() >= sliceEndMs) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      sliceEndMs = Date.now() + sliceMs;
    }
  }
  throw new Error("no number fits the challenge");
}

// src/socket.ts
var pingMs = 1e4;
var closeForbidden = 4403;
var Connection = class {
  constructor(api, token, events) {
    this.events = events;
    this.isReady = false;
    this.isOver = false;
    this.hasAnswered = false;
    const address = { url: `${socketOrigin(api.origin)}/graphql/ws`, protocol: "graphql-transport-ws" };
    this.timer = setInterval(() => {
      if (!this.hasAnswered) return this.close(4e3);
      this.hasAnswered = false;
      this.send({ type: "ping" });
    }, pingMs);
    try {
      this.task = api.platform.connectSocket(address, {
        open: () => this.send({ type: "connection_init", payload: token ? { authorization: `Bearer ${token}` } : {} }),
        message: (text) => this.receive(JSON.parse(text)),
        close: (code) => this.end(code)
      });
    } catch {
      setTimeout(() => this.end());
    }
  }
  start(id, document, variables) {
    this.send({ id, type: "subscribe", payload: { query: partsOf(document).text, variables } });
  }
  send(message) {
    this.task?.send(JSON.stringify(message));
  }
  /** Ends it at once: where the network is gone, the platform would tell of it late. */
  close(code = 1e3) {
    this.task?.close(code);
    this.end(code);
  }
  end(code) {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.timer);
    this.events.closed(code);
  }
  receive(message) {
    this.hasAnswered = true;
    if (this.isOver) return;
    if (message.type === "connection_ack") {
      this.isReady = true;
      this.events.ready();
    } else if (message.type === "ping") this.send({ type: "pong" });
    else if (message.type !== "pong") this.events.message(message);
  }
};
var socketOrigin = (origin) => (origin || (typeof location === "undefined" ? "" : location.origin)).replace(/^http/, "ws");
var socket = async (api, { document, variables, as, onData }, end, onOpen) => {
  if (!api.platform.connectSocket) throw new Error("there are no sockets here");
  const token = await as?.token();
  if (end.aborted) return;
  let leave;
  const code = await new Promise((resolve) => {
    const connection = new Connection(api, token, {
      ready: () => {
        onOpen();
        connection.start("1", document, variables);
      },
      message: ({ type, payload }) => {
        if (type === "next" && payload.data) onData(payload.data);
        else connection.close();
      },
      closed: (code2) => {
        leave?.();
        resolve(code2);
      }
    });
    leave = atEnd(end, () => {
      if (connection.isReady) connection.send({ id: "1", type: "complete" });
      connection.close();
    });
  });
  if (code === closeForbidden && token !== void 0) await as?.renew(token);
};
var SharedSocket = class {
  constructor(api, as) {
    this.api = api;
    this.as = as;
    this.subscriptions = /* @__PURE__ */ new Map();
    this.lastId = 0;
    this.failures = 0;
    this.isOpening = false;
  }
  /** Watches until the function that it gives is called. */
  subscribe(document, variables, observer) {
    const id = String(this.lastId += 1);
    this.subscriptions.set(id, { document, variables, observer });
    if (this.connection?.isReady) this.start(id);
    else void this.open();
    return () => {
      if (!this.subscriptions.delete(id)) return;
      if (this.connection?.isReady) this.connection.send({ id, type: "complete" });
      if (this.subscriptions.size === 0) this.connection?.close();
    };
  }
  async open() {
    if (this.isOpening || this.connection) return;
    this.isOpening = true;
    const token = await this.as.token().catch(() => void 0);
    this.isOpening = false;
    if (this.subscriptions.size === 0) return;
    const connection = new Connection(this.api, token, {
      ready: () => {
        this.failures = 0;
        this.subscriptions.forEach((_, id) => this.start(id));
      },
      message: (message) => this.receive(message),
      closed: (code) => void this.closed(connection, code, token)
    });
    this.connection = connection;
  }
  async closed(connection, code, token) {
    const mayBeForbidden = code === void 0 && !connection.isReady && this.failures === 0;
    this.connection = void 0;
    if (this.subscriptions.size === 0) return;
    this.isOpening = true;
    if (token && (code === closeForbidden || mayBeForbidden)) await this.as.renew(token).catch(() => void 0);
    await this.api.pause(backoff(this.failures++));
    this.isOpening = false;
    if (this.subscriptions.size > 0) void this.open();
  }
  start(id) {
    const { document, variables, observer } = this.subscriptions.get(id);
    this.connection?.start(id, document, variables);
    observer.open?.();
  }
  receive({ id, type, payload }) {
    const observer = this.subscriptions.get(id)?.observer;
    if (type === "next" && payload.data) observer?.next(payload.data);
    else if (type === "error" || type === "complete") {
      this.subscriptions.delete(id);
      if (type === "error") observer?.error?.(errorOf(payload[0]));
      if (this.subscriptions.size === 0) this.connection?.close();
    }
  }
};

// src/stream.ts
var silenceMaxMs = 35e3;
var stream = async (api, { document, variables, as, onData }, end, onOpen) => {
  if (!api.platform.stream) throw new Error("there are no streams here");
  const token = await as?.token();
  const over = new Ending();
  const leave = atEnd(end, () => over.abort());
  let timer;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => over.abort(), silenceMaxMs);
  };
  let rest = "";
  const take = (text) => {
    listen();
    const events = (rest + text).replace(/\r\n?/g, "\n").split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const value = (name) => new RegExp(`^${name}: ?(.*)$`, "m").exec(event)?.[1];
      if (value("event") === "complete") return over.abort();
      if (value("event") !== "next" || over.aborted) continue;
      const { data, errors } = JSON.parse(value("data"));
      if (!data) throw errorOf(errors[0]);
      onOpen();
      onData(data);
    }
  };
  const options = {
    url: `${api.origin}/graphql/stream`,
    method: "POST",
    data: { query: partsOf(document).text, variables },
    header: {
      "content-type": "application/json",
      accept: "text/event-stream",
      ...token && { authorization: `Bearer ${token}` }
    },
    signal: over
  };
  try {
    listen();
    await api.platform.stream(options, { open: onOpen, text: take });
  } finally {
    clearTimeout(timer);
    leave();
    over.abort();
  }
};

// src/live.ts
var failuresMax = 2;
var upgradeMs = 15e3;
function watch(api, watch2, transports = [socket, stream]) {
  const end = new Ending();
  const onData = (data) => end.aborted || watch2.onData(data);
  const onState = (state) => end.aborted || watch2.onState(state);
  void run(api, { ...watch2, onData, onState }, transports, end);
  return () => end.abort();
}
async function run(api, watch2, transports, end) {
  watch2.onState("connecting");
  while (!end.aborted) {
    for (const transport of transports) await runTransport(api, transport, watch2, end);
    await pollForAWhile(api, watch2, end);
  }
}
async function runTransport(api, transport, watch2, end) {
  for (let failures = 0; failures < failuresMax && !end.aborted; failures++) {
    const onOpen = () => {
      if (failures !== -1) watch2.onState("live");
      failures = -1;
    };
    await transport(api, watch2, end, onOpen).catch(() => void 0);
    if (end.aborted) return;
    if (failures === -1) watch2.onState("lost");
    await api.pause(backoff(0), end);
  }
}
async function pollForAWhile(api, watch2, end) {
  const until = Date.now() + upgradeMs;
  do {
    if (end.aborted) return;
    try {
      await watch2.poll();
      watch2.onState("polling");
    } catch {
      watch2.onState("lost");
    }
    await api.pause(Math.min(watch2.pollMs, upgradeMs), end);
  } while (Date.now() < until);
}

// src/operations.ts
var operations_exports = {};
__export(operations_exports, {
  CastVote: () => CastVote,
  CreateHandOver: () => CreateHandOver,
  ReadCampaign: () => ReadCampaign,
  ReadNominees: () => ReadNominees,
  ReadStories: () => ReadStories,
  RecordViews: () => RecordViews,
  RedeemHandOver: () => RedeemHandOver,
  RefreshSession: () => RefreshSession,
  RequestPhoneCode: () => RequestPhoneCode,
  SetLike: () => SetLike,
  SignInGuest: () => SignInGuest,
  SignInMiniProgram: () => SignInMiniProgram,
  SignInMiniProgramPhone: () => SignInMiniProgramPhone,
  SignInPhone: () => SignInPhone,
  SignInStaff: () => SignInStaff,
  SignInWays: () => SignInWays,
  SignOut: () => SignOut,
  WatchTally: () => WatchTally
});
var SignInGuest = {
  id: "dd322c8b90cb29ea6dd3ff74410ab6b95d8cb785e926b7f5c906e41528281e03",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInGuest($deviceId:String!){signInGuest(input:{deviceId:$deviceId}){...SignedIn}}"
};
var SignInMiniProgram = {
  id: "77066f6d939c5a213107239dd712b837ec3a4a6dd4129965d6e1fe1aa5dc7fdd",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInMiniProgram($platform:MiniProgramPlatform!$code:String!){signInMiniProgram(input:{platform:$platform code:$code}){...SignedIn}}"
};
var SignInMiniProgramPhone = {
  id: "c6aa959146a242bfd9f47255389c02c6661753a7703df8bded61ea312b581e8c",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInMiniProgramPhone($platform:MiniProgramPlatform!$code:String!){signInMiniProgramPhone(input:{platform:$platform code:$code}){...SignedIn}}"
};
var RequestPhoneCode = {
  id: "ef006e883206ee9d05283892a75811dac504ba6b65424f44d6ec1c43ccfc46e0",
  text: "mutation RequestPhoneCode($phone:String!){requestPhoneCode(input:{phone:$phone}){retryAt userErrors{code message}}}"
};
var SignInPhone = {
  id: "01313e6b0984cf6805e771adbb7230a2076b1f28d19d96f25b0fe80f4e769a4a",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInPhone($phone:String!$code:String!){signInPhone(input:{phone:$phone code:$code}){...SignedIn}}"
};
var SignInStaff = {
  id: "3d23f63b3d682c7f112070167f0315cf71a8f99e1c337cd14461a99a2422b29a",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInStaff($email:String!$password:String!$secondFactorCode:String){signInStaff(input:{email:$email password:$password secondFactorCode:$secondFactorCode}){...SignedIn}}"
};
var RedeemHandOver = {
  id: "19542aafddd384c99ae38a5c44c012e344a73920c5b80e0a24855db521c47c10",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation RedeemHandOver($code:String!){redeemHandOver(input:{code:$code}){...SignedIn}}"
};
var CreateHandOver = {
  id: "c9f880bfac86273a329dc5f7f4738fcf6d0a9c9563c715bc38acb5ec84e22b04",
  text: "mutation CreateHandOver{createHandOver{code}}"
};
var RefreshSession = {
  id: "2dc888b4284b161bc28165a584c9d7e6d5f9db110da187f40266d44ec685cb22",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation RefreshSession($refreshToken:String!){refreshSession(input:{refreshToken:$refreshToken}){...SignedIn}}"
};
var SignOut = {
  id: "037381ae56b212707ea36841e61ffb9350626679e6e53d3fe67d649d5163f1e0",
  text: "mutation SignOut($refreshToken:String!){signOut(input:{refreshToken:$refreshToken}){signedOut}}"
};
var SignInWays = {
  id: "797cb034ca8fab620bfd50d810b24ee5f91cbcd4851f612f4588d9a2d96a99d5",
  text: "query SignInWays{signInWays{kind name path}}"
};
var CastVote = {
  id: "94702fc4ced3cdd46ef4a8afdbbba6a432e84a0a6488d45c65bff744b3c3f06f",
  text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}mutation CastVote($nomineeId:ID!$idempotencyKey:UUID!$challengeSolution:String$ticket:String$sharedBy:ID){castVote(input:{nomineeId:$nomineeId idempotencyKey:$idempotencyKey challengeSolution:$challengeSolution ticket:$ticket sharedBy:$sharedBy}){challenge{algorithm parameters}nominee{id votes viewerHasVoted}quota{...QuotaParts}userErrors{code message}}}"
};
var SetLike = {
  id: "2fd6cbe0670eeabcf80d75e95fcd61d20fd48b9274d78eec41b38e9632df4da8",
  text: "mutation SetLike($subjectId:ID!$liked:Boolean!){setLike(input:{subjectId:$subjectId liked:$liked}){subject{likeCount viewerHasLiked}userErrors{code message}}}"
};
var RecordViews = {
  id: "d277051150536b88a4f6db3c7820d2d149044f12e47331b1582acd42ab55cc12",
  text: "mutation RecordViews($subjectIds:[ID!]!$key:UUID!){recordViews(input:{subjectIds:$subjectIds idempotencyKey:$key}){recorded}}"
};
var ReadCampaign = {
  id: "5024d45614d68735af4ad739014a32e620e17de092a9ae0920e861719dd17ae3",
  text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}query ReadCampaign($slug:String!){serverTime campaign(slug:$slug){id slug title phase votingOpensAt votingClosesAt ticket viewerQuotas{...QuotaParts}categories{id name}}}"
};
var ReadNominees = {
  id: "369c97adb60b5d23f97f00d2ebc85d1c54b2831dcda8487f721b3920d53de693",
  text: "query ReadNominees($slug:String!$first:Int$after:String$category:ID$orderBy:NomineeOrder!=NUMBER$seed:String){campaign(slug:$slug){nominees(first:$first after:$after category:$category orderBy:$orderBy seed:$seed){nodes{id number name employer title portraitUrl(size:SMALL)votes viewerHasVoted}pageInfo{hasNextPage endCursor}}}}"
};
var ReadStories = {
  id: "748f7ed8a8c60f615256e23c514e52ebf14945cd4fea14768c9242f2b7b948bc",
  text: "query ReadStories($slug:String!$first:Int$after:String){campaign(slug:$slug){stories(first:$first after:$after){nodes{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name}}pageInfo{hasNextPage endCursor}}}}"
};
var WatchTally = {
  id: "522b172ba7ea0652837f54fe77e1afdd079a35d9828efc751e80cd2f428fc5c2",
  text: "subscription WatchTally($campaignId:ID!){tallyChanged(campaignId:$campaignId){version countedVotes entries{votes nominee{id number}}}}"
};

// src/session.ts
var renewalMarginMs = 6e4;
var readerWaitMs = 3e3;
function tokensOf({ session, userErrors }) {
  if (!session) throw new SignInRefused(userErrors[0]?.code ?? "INTERNAL", userErrors[0]?.message ?? "");
  return {
    access: session.accessToken,
    accessExpiresMs: Date.parse(session.accessTokenExpiresAt),
    refresh: session.refreshToken
  };
}
var Session = class {
  constructor(api, store, signInAgain) {
    this.api = api;
    this.store = store;
    this.signInAgain = signInAgain;
  }
  isOpen() {
    return this.store.read() !== void 0;
  }
  /** Takes over the session of a sign-in. Throws `SignInRefused`. */
  signIn(answer) {
    this.store.write(tokensOf(answer));
  }
  /** Ends it here, and at the server if it can be reached. */
  async close() {
    const tokens = this.store.read();
    this.store.write(void 0);
    if (tokens) await this.api.execute(SignOut, { refreshToken: tokens.refresh }).catch(() => void 0);
  }
  /** The access token; none where nobody is signed in. `maySignIn` where the session has ended. */
  async token(maySignIn = true) {
    const tokens = this.store.read();
    if (!tokens || this.api.now() < tokens.accessExpiresMs - renewalMarginMs) return tokens?.access;
    return this.renew(tokens.access, maySignIn);
  }
  /** A token that is not `stale`: one renewal at a time, and none if another window has been faster. */
  async renew(stale, maySignIn = true) {
    const tokens = this.store.read();
    if (tokens && tokens.access !== stale) return tokens.access;
    if (tokens) {
      this.refreshing ?? (this.refreshing = this.refresh(tokens).finally(() => this.refreshing = void 0));
      const refreshed = await this.refreshing;
      if (refreshed || !maySignIn) return refreshed?.access;
    }
    this.signingIn ?? (this.signingIn = this.signInAnew().finally(() => this.signingIn = void 0));
    return (await this.signingIn)?.access;
  }
  /** Signs in or renews where that is needed; taps at once share one sign-in. Throws when neither can be done. */
  async require() {
    const token = this.isOpen() ? await this.token() : await this.renew(void 0);
    if (token === void 0) throw new AcclaimError("UNAUTHENTICATED", "Nobody is signed in.");
  }
  async refresh(tokens) {
    const { refreshSession } = await this.api.execute(RefreshSession, { refreshToken: tokens.refresh });
    return this.replace(tokens, refreshSession.session ? tokensOf(refreshSession) : void 0);
  }
  async signInAnew() {
    const answer = await this.signInAgain();
    return this.replace(void 0, answer && tokensOf(answer));
  }
  /** Stores the successor of `tokens`, unless they were replaced or signed out meanwhile. */
  replace(tokens, successor) {
    const stored = this.store.read();
    if (stored?.refresh !== tokens?.refresh) return stored;
    this.store.write(successor);
    return successor;
  }
};
var Reader = class {
  /** `onLate` is told of a session that came after something had been read without it: it may be read again. */
  constructor(session, maySignIn, onLate = () => void 0) {
    this.session = session;
    this.maySignIn = maySignIn;
    this.onLate = onLate;
    this.isMissed = false;
  }
  token() {
    return this.ifInTime(this.session.token(this.maySignIn));
  }
  renew(stale) {
    return this.ifInTime(this.session.renew(stale, this.maySignIn));
  }
  async ifInTime(token) {
    const inTime = await Promise.race([
      token.then((value) => ({ value })).catch(() => ({ value: void 0 })),
      pause(readerWaitMs)
    ]);
    if (inTime) return inTime.value;
    this.isMissed = true;
    const tell = (value) => {
      if (value === void 0 || !this.isMissed) return;
      this.isMissed = false;
      this.onLate();
    };
    token.then(tell, () => void 0);
    return void 0;
  }
};

// src/storage.ts
function storedValue(storage, key, untaken) {
  return {
    read() {
      if (untaken.has(key)) return untaken.get(key);
      try {
        return storage.read(key) ?? void 0;
      } catch {
        return void 0;
      }
    },
    write(value) {
      untaken.set(key, value);
      try {
        storage.remove(key);
        if (value !== void 0) storage.write(key, value);
        untaken.delete(key);
      } catch {
      }
    }
  };
}

// src/tally.ts
function tallyReader(api, slug) {
  let etag;
  return async () => {
    const path = `/campaigns/${encodeURIComponent(slug)}/tally.json`;
    const reply = await api.request("GET", path, void 0, etag ? { "if-none-match": etag } : {});
    if (reply.status === 304) return void 0;
    if (reply.status !== 200) {
      throw new AcclaimError(reply.status === 404 ? "NOT_FOUND" : "UNAVAILABLE", `status ${reply.status}`);
    }
    etag = headerOf(reply.header, "etag");
    return reply.data;
  };
}

// src/texts.ts
var texts = {
  loginCancelled: ["您没有登录，投票需要先登录。", "You have not signed in: to vote, sign in."],
  guest: [
    "游客不能转到网页：请先 signOut()，再 signIn()，用平台账号登录。",
    "A guest cannot be handed over: call signOut(), then signIn(), for the platform's account."
  ],
  captchaUnsolved: [
    "验证没有完成，本次未计票，请重试。",
    "The check was not finished, and this vote was not counted. Please try again."
  ],
  challengeUnknown: [
    "这个版本的小程序无法完成投票前的校验，本次未计票。请更新小程序后再试。",
    "This version cannot do the check before a vote, which was not counted. Update the mini-program, then try again."
  ]
};
var textOf = (name, language) => texts[name][language.startsWith("zh") ? 0 : 1];

// src/uuid.ts
function randomUuid() {
  const bytes = new Uint8Array(16);
  if (typeof crypto === "undefined") bytes.forEach((_, i) => bytes[i] = Math.random() * 256);
  else crypto.getRandomValues(bytes);
  bytes[6] = bytes[6] & 15 | 64;
  bytes[8] = bytes[8] & 63 | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// src/votes.ts
var pendingMaxMs = 10 * 6e4;
var Votes = class {
  constructor(api, voter, stored, solve) {
    this.api = api;
    this.voter = voter;
    this.stored = stored;
    this.solve = solve;
    this.inFlight = /* @__PURE__ */ new Map();
  }
  /** The nominees of votes that were cast and have no answer yet, from before a restart too. */
  pending() {
    return this.readPending().map(({ nomineeId }) => nomineeId);
  }
  /** Forgets the votes that have no answer. */
  forget() {
    this.stored.write(void 0);
  }
  /** Casts a vote; a second call while the first is under way, or after it got no answer, is the same vote. */
  cast(nomineeId, visit = {}, signal) {
    let cast = this.inFlight.get(nomineeId);
    if (!cast) {
      cast = this.send(nomineeId, visit, signal).finally(() => this.inFlight.delete(nomineeId));
      this.inFlight.set(nomineeId, cast);
    }
    return cast;
  }
  readPending() {
    return (this.stored.read() ?? []).filter(({ sinceMs }) => Date.now() - sinceMs < pendingMaxMs);
  }
  async send(nomineeId, visit, signal) {
    const pending = this.readPending();
    let vote = pending.find((vote2) => vote2.nomineeId === nomineeId);
    if (!vote) {
      vote = { nomineeId, key: randomUuid(), sinceMs: Date.now() };
      this.stored.write([...pending, vote]);
    }
    const { key } = vote;
    const settle = () => this.stored.write(this.readPending().filter((other) => other.key !== key));
    try {
      await this.voter.require();
      let challengeSolution = null;
      for (let solved = 0; ; solved++) {
        const variables = { nomineeId, idempotencyKey: key, challengeSolution, ...visit };
        const { castVote } = await this.api.execute(CastVote, variables, { as: this.voter, signal });
        if (!castVote.challenge || solved > 1) {
          settle();
          return castVote;
        }
        challengeSolution = await this.solve(castVote.challenge);
      }
    } catch (error) {
      const isUnknown = isRetryable(error) || error.code === "ABORTED";
      if (!isUnknown) settle();
      throw error;
    }
  }
};

// src/acclaim.ts
var visitMaxMs = 30 * 6e4;
var tallyPollMs = 3e3;
var Acclaim = class {
  constructor({ origin, platform, language = "en", kind, onRetry, showCaptcha }) {
    this.untaken = /* @__PURE__ */ new Map();
    this.closing = new Ending();
    this.language = language;
    this.platform = platform;
    this.onRetry = onRetry ?? (() => void 0);
    this.showCaptcha = showCaptcha ?? (async () => void 0);
    this.api = new Api({
      origin,
      platform,
      language: () => language,
      ...kind && { kind },
      reporterId: () => this.kept("device"),
      onCall: (_, event) => event === "repeated" && this.onRetry()
    });
    this.origin = this.api.origin;
    this.session = new Session(this.api, this.stored("tokens"), () => this.signInAgain());
    this.reader = new Reader(this.session, false);
    this.votes = new Votes(this.api, this.session, this.stored("pending"), (challenge) => this.solve(challenge));
  }
  /** Now by the server's clock, in milliseconds: count down with it, not with the device's. */
  now() {
    return this.api.now();
  }
  /** The seed of this device's fair order of nominees, the same before and after signing in; it is no secret. */
  seed() {
    return this.kept("seed");
  }
  /** True when somebody is signed in. */
  get isSignedIn() {
    return this.session.isOpen();
  }
  /** Executes a query as the voter who is signed in; as nobody where no session is open or can be renewed soon. */
  async query(document, variables, options = {}) {
    const data = await this.execute(document, variables, { ...options, needsVoter: false });
    this.takeTicket(data.campaign?.ticket);
    return data;
  }
  /**
   * Executes a document as the voter, who is signed in where that is needed. Sent again where no answer comes: give a
   * mutation an idempotency key, or say `once`.
   */
  async execute(document, variables, { needsVoter = true, ...options } = {}) {
    if (needsVoter) await this.session.require();
    const as = needsVoter ? this.session : this.reader;
    return this.untilClosed(
      options.signal,
      (signal) => this.api.execute(document, variables, { ...options, as, signal })
    );
  }
  /**
   * Remembers how this voter came to the campaign at first: by a nominee's shared page or poster, or by none. Votes say
   * it, so that friends who follow a link are told from a crowd without one.
   */
  noteArrival(nomineeId) {
    if (this.read("arrival") === void 0) this.write("arrival", { nomineeId });
  }
  /**
   * Casts a vote. Called again while it is under way, or after it got no answer, it is the same vote: it counts once.
   * Where the server asks for a challenge, the device works for a second or some, or its owner solves a captcha, and
   * the vote is sent again. Why it does not count is in `userErrors`.
   */
  castVote(nomineeId, { signal } = {}) {
    const visit = { ticket: this.ticket?.text, sharedBy: this.read("arrival")?.nomineeId };
    return this.untilClosed(signal, (end) => this.votes.cast(nomineeId, visit, end));
  }
  /** The nominees whose votes have no answer yet, from before a restart too: cast them again. */
  pendingVotes() {
    return this.votes.pending();
  }
  /** Likes a nominee or story, or takes it back. */
  async setLike(subjectId, liked) {
    return (await this.execute(SetLike, { subjectId, liked })).setLike;
  }
  /** Reports views, which count once, however often they are sent. Nobody waits for it. */
  recordViews(subjectIds) {
    const options = { needsVoter: false, isBackground: true };
    this.execute(RecordViews, { subjectIds, key: randomUuid() }, options).catch(() => void 0);
  }
  /** The ways in that the server is set up for. */
  async signInWays() {
    return (await this.query(SignInWays, {})).signInWays;
  }
  /** Signs in, unless that is done: by the platform of a mini-program, elsewhere as the guest of this device. */
  async signIn() {
    await this.session.require();
  }
  /** Signs in by a code of a mini-program's platform: `wx.login`, `tt.login`, `my.getAuthCode`. */
  async signInMiniProgram(platform, code) {
    const answer = await this.asGuest(SignInMiniProgram, { platform, code });
    this.session.signIn(answer.signInMiniProgram);
  }
  /** Joins the voter with the telephone number that the platform vouches for, by the code of its phone button. */
  async signInMiniProgramPhone(code) {
    const platform = this.platform.name ?? "WECHAT";
    const answer = await this.execute(SignInMiniProgramPhone, { platform, code });
    this.session.signIn(answer.signInMiniProgramPhone);
  }
  /** Has a code sent to a telephone number. Refusals are in `userErrors`. */
  async requestPhoneCode(phone) {
    return (await this.api.execute(RequestPhoneCode, { phone }, { once: true })).requestPhoneCode;
  }
  /** Signs in by a telephone number and its code. Throws `SignInRefused`. */
  async signInPhone(phone, code) {
    this.session.signIn((await this.asGuest(SignInPhone, { phone, code }, true)).signInPhone);
  }
  /** Signs in by a hand-over: what a way over another site, or a mini-program, has put behind `#hand-over=`. */
  async redeemHandOver(code) {
    this.session.signIn((await this.asGuest(RedeemHandOver, { code })).redeemHandOver);
  }
  /** Signs in a member of staff, where the voter would be. Throws `SignInRefused`. */
  async signInStaff(email, password, secondFactorCode = null) {
    const variables = { email, password, secondFactorCode };
    this.session.signIn((await this.api.execute(SignInStaff, variables, { once: true })).signInStaff);
  }
  /**
   * The address of a page, in which the voter is the same: to open within half a minute, and once. Signs in where that
   * is not done. `page` is one of this server's: `/c/campaign`, or its whole address.
   */
  async handOver(page) {
    const path = page.startsWith(`${this.origin}/`) ? page.slice(this.origin.length) : page;
    if (!/^\/(?!\/)/.test(path)) throw new TypeError(`${page} is no page of ${this.origin}`);
    try {
      const { createHandOver } = await this.execute(CreateHandOver, {});
      return `${this.origin}${path.replace(/#.*$/s, "")}#hand-over=${createHandOver.code}`;
    } catch (error) {
      if (error instanceof AcclaimError && error.code === "FORBIDDEN") error.message = textOf("guest", this.language);
      throw error;
    }
  }
  /** Forgets the voter on this device, at once, and ends the session at the server if it can be reached. */
  signOut() {
    this.votes.forget();
    void this.session.close();
  }
  /**
   * Watches the tally of a campaign: over a socket, else server-sent events, else by polling. `onState` says how.
   * Gives the function that ends it.
   */
  watchTally({ id, slug }, onTally, onState = () => void 0, transports) {
    const poll = tallyReader(this.api, slug);
    let known = -1;
    const take = (tally) => {
      if (tally.version < known) return;
      known = tally.version;
      onTally(tally);
    };
    const watched = {
      document: WatchTally,
      variables: { campaignId: id },
      as: this.reader,
      onData: ({ tallyChanged: { version, countedVotes, entries } }) => take({ version, countedVotes, votes: new Map(entries.map(({ nominee, votes }) => [nominee.number, votes])) }),
      onState,
      poll: async () => {
        const tally = await poll();
        const entries = tally?.categories.flatMap((category) => category.entries);
        const votes = new Map(entries?.map(({ number, votes: votes2 }) => [number, votes2]));
        if (tally) take({ version: tally.version, countedVotes: tally.countedVotes, votes });
      },
      pollMs: tallyPollMs
    };
    return this.ended(watch(this.api, watched, transports));
  }
  /** Polls the public tally; most answers say that nothing has changed. Gives the function that ends it. */
  pollTally(slug, onTally, intervalMs = tallyPollMs) {
    const end = new Ending();
    const read = tallyReader(this.api, slug);
    const run2 = async () => {
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
    void run2();
    return this.ended(() => end.abort());
  }
  /**
   * Subscribes; all subscriptions share one socket, which comes back by itself. The observer's `open` is called each
   * time it has: what happened meanwhile has not been pushed and must be read. Gives the function that ends it.
   */
  subscribe(document, variables, observer) {
    this.socket ?? (this.socket = new SharedSocket(this.api, this.reader));
    return this.ended(this.socket.subscribe(document, variables, observer));
  }
  /** Ends this client and all that is under way: calls fail with ABORTED. What is stored stays, for the next one. */
  close() {
    this.closing.abort();
  }
  // The rest is for this file and for tests.
  /** Signs in with the guest's token, if there is one: then it stays one voter, with its votes. */
  asGuest(document, variables, once2 = false) {
    return this.api.execute(document, variables, { as: this.session, once: once2 });
  }
  async signInAgain() {
    const { name, login } = this.platform;
    if (!login || !name) {
      const { signInGuest } = await this.api.execute(SignInGuest, { deviceId: this.kept("guest") });
      return signInGuest;
    }
    return this.api.retry(async () => {
      const code = await login.call(this.platform).catch((error) => Promise.reject(this.loginFailure(error)));
      const { signInMiniProgram } = await this.api.send(SignInMiniProgram, { platform: name, code });
      const refusal = signInMiniProgram.userErrors[0];
      if (refusal && ["PLATFORM_BUSY", "PLATFORM_UNAVAILABLE"].includes(refusal.code)) {
        throw new AcclaimError("UNAVAILABLE", refusal.message);
      }
      return signInMiniProgram;
    });
  }
  loginFailure(error) {
    if (!(error instanceof PlatformError)) return error;
    if (error.isCancelled) return new AcclaimError("LOGIN_CANCELLED", textOf("loginCancelled", this.language));
    return new AcclaimError("NETWORK", error.message);
  }
  /** The solution of a challenge. */
  async solve({ algorithm, parameters }) {
    if (algorithm === "ALTCHA_SHA_256") return solveChallenge(parameters);
    const isCaptcha = algorithm === "TENCENT_CAPTCHA";
    const ticket = isCaptcha ? await this.showCaptcha(JSON.parse(parameters).captchaAppId) : void 0;
    if (ticket === void 0) throw new AcclaimError("CHALLENGE_UNKNOWN", textOf("challengeUnknown", this.language));
    if (ticket === null) throw new AcclaimError("CAPTCHA_UNSOLVED", textOf("captchaUnsolved", this.language));
    return ticket;
  }
  /** Keeps the ticket with which the campaign was shown, the first of a visit. */
  takeTicket(text) {
    const isOver = !this.ticket || Date.now() - this.ticket.sinceMs > visitMaxMs;
    if (text && isOver) this.ticket = { text, sinceMs: Date.now() };
  }
  /** Does something with a signal that comes with the caller's and with the client's end. */
  async untilClosed(signal, action) {
    const either = new Ending();
    const leaves = [signal, this.closing].map((end) => atEnd(end, () => either.abort()));
    return action(either).finally(() => leaves.forEach((leave) => leave()));
  }
  /** A function that ends what is watched, which the client's end calls, too. */
  ended(stop) {
    const leave = atEnd(this.closing, stop);
    return () => {
      leave();
      stop();
    };
  }
  /** An id of this device, made when it is asked for first. */
  kept(name) {
    const stored = this.read(name);
    if (stored !== void 0) return stored;
    const made = randomUuid();
    this.write(name, made);
    return made;
  }
  stored(name) {
    return storedValue(this.platform, `acclaim ${this.origin} ${name}`, this.untaken);
  }
  read(name) {
    return this.stored(name).read();
  }
  write(name, value) {
    this.stored(name).write(value);
  }
};

// src/mini_program.ts
var requestsMax = 10;
function once(close) {
  let isClosed = false;
  return (code) => {
    if (isClosed) return;
    isClosed = true;
    close(code);
  };
}
function requested(start, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(new PlatformError("aborted"));
      task?.abort?.();
    };
    const leave = () => signal?.removeEventListener("abort", abort);
    const task = start(
      (reply) => (leave(), resolve(reply)),
      (error) => (leave(), reject(error))
    );
    signal?.addEventListener("abort", abort);
  });
}
var wechat = {
  name: "WECHAT",
  requestsMax,
  request: ({ url, method, data, header, timeout, signal }) => requested(
    (success, fail) => wx.request({
      url,
      method,
      data,
      header,
      timeout,
      success: (reply) => success({ status: reply.statusCode, header: reply.header, data: reply.data }),
      fail: ({ errMsg }) => fail(new PlatformError(errMsg))
    }),
    signal
  ),
  login: () => new Promise((resolve, reject) => {
    wx.login({
      success: ({ code }) => resolve(code),
      fail: ({ errMsg }) => reject(new PlatformError(errMsg))
    });
  }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const task = wx.connectSocket({ url, protocols: [protocol] });
    task.onOpen(open);
    task.onMessage(({ data }) => message(String(data)));
    task.onError(() => void 0);
    task.onClose(({ code }) => close(code));
    return {
      send: (text) => task.send({ data: text, fail: () => void 0 }),
      close: (code) => task.close({ code })
    };
  },
  read: (key) => wx.getStorageSync(key) || void 0,
  write: (key, value) => wx.setStorageSync(key, value),
  remove: (key) => wx.removeStorageSync(key)
};
var douyin = {
  name: "DOUYIN",
  requestsMax,
  request: ({ url, method, data, header, timeout, signal }) => requested(
    (success, fail) => tt.request({
      url,
      method,
      data,
      header,
      timeout,
      success: (reply) => success({ status: reply.statusCode, header: reply.header, data: reply.data }),
      fail: ({ errMsg }) => fail(new PlatformError(errMsg))
    }),
    signal
  ),
  login: () => new Promise((resolve, reject) => {
    tt.login({
      force: true,
      success: ({ code, isLogin }) => {
        if (code) resolve(code);
        else reject(new PlatformError("tt.login gave no code", !isLogin));
      },
      fail: ({ errMsg }) => reject(new PlatformError(errMsg, /host login/.test(errMsg)))
    });
  }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const end = once(close);
    const task = tt.connectSocket({ url, protocols: [protocol], fail: () => setTimeout(end) });
    task.onOpen(open);
    task.onMessage(({ data }) => message(String(data)));
    task.onError(() => end());
    task.onClose(({ code }) => end(Number(code) || void 0));
    return {
      send: (text) => task.send({ data: text, fail: () => void 0 }),
      close: (code) => task.close({ code: code === 1e3 ? 1e3 : 1001 })
    };
  },
  read: (key) => tt.getStorageSync(key) || void 0,
  write: (key, value) => tt.setStorageSync(key, value),
  remove: (key) => tt.removeStorageSync(key)
};
var alipay = {
  name: "ALIPAY",
  requestsMax,
  request: ({ url, method, data, header, timeout, signal }) => requested((success, fail) => {
    const answer = ({ status, headers, data: data2 }) => success({ status, header: typeof headers === "object" ? headers : {}, data: data2 });
    return my.request({
      url,
      method,
      data,
      headers: header["accept"] ? { ...header, accept: "application/json" } : header,
      timeout,
      dataType: "text",
      success: answer,
      fail: (failure) => {
        if (failure.error === 19 && failure.status) answer(failure);
        else fail(new PlatformError(`${failure.error} ${failure.errorMessage}`));
      }
    });
  }, signal),
  login: () => new Promise((resolve, reject) => {
    my.getAuthCode({
      scopes: "auth_base",
      success: ({ authCode }) => {
        if (authCode) resolve(authCode);
        else reject(new PlatformError("my.getAuthCode gave no code"));
      },
      fail: ({ error, errorMessage }) => reject(new PlatformError(`${error} ${errorMessage}`))
    });
  }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const end = once(close);
    const made = my.connectSocket({ url, protocols: [protocol], multiple: true, fail: () => setTimeout(end) });
    const task = made && typeof made.onMessage === "function" ? made : alipaySocket();
    task.onOpen(open);
    task.onMessage(({ data }) => message(String(data.data === void 0 ? data : data.data)));
    task.onError(() => end());
    task.onClose(() => end());
    return {
      send: (text) => task.send({ data: text, fail: () => void 0 }),
      close: (code) => task.close({ code })
    };
  },
  read: (key) => my.getStorageSync({ key }).data || void 0,
  write: (key, value) => expectSuccess(my.setStorageSync({ key, data: value })),
  remove: (key) => expectSuccess(my.removeStorageSync({ key }))
};
function alipaySocket() {
  const stops = [];
  const listen = (on, off) => (listener) => {
    on(listener);
    stops.push(() => off(listener));
  };
  const untilEnd = (on, off) => (listener) => listen(on, off)(() => {
    stops.splice(0).forEach((stop) => stop());
    listener();
  });
  return {
    onOpen: listen(my.onSocketOpen, my.offSocketOpen),
    onMessage: listen(my.onSocketMessage, my.offSocketMessage),
    onError: untilEnd(my.onSocketError, my.offSocketError),
    onClose: untilEnd(my.onSocketClose, my.offSocketClose),
    send: my.sendSocketMessage,
    close: my.closeSocket
  };
}
function expectSuccess(answer) {
  if (answer && answer.success === false) throw new PlatformError(String(answer.errorMessage));
}
var platforms = { wechat, douyin, alipay };
var Acclaim2 = class extends Acclaim {
  constructor(options) {
    super({ language: "zh-CN", platform: wechat, kind: "mini-program", ...options });
  }
};
var createClient = (options) => new Acclaim2(options);
module.exports = {
  Acclaim: Acclaim2,
  AcclaimError,
  Api,
  Ending,
  PlatformError,
  Reader,
  Session,
  SharedSocket,
  SignInRefused,
  Votes,
  alipay,
  backoff,
  backoffAfter,
  createClient,
  documents: operations_exports,
  douyin,
  isRetryable,
  pause,
  platforms,
  randomUuid,
  socket,
  solveChallenge,
  storedValue,
  stream,
  tallyReader,
  watch,
  wechat
};
