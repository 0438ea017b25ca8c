// A phone of the platform, as far as the mini-program's client uses it, and the platform's server behind its sign-in.
import { createServer } from "node:http";
import { once } from "node:events";
import { WebSocket } from "ws";

/** The platform runs this many requests of a mini-program at once, and fails one more. */
const requestsMax = 10;
const socketsMax = 5;

export const appId = "wx-acclaim-clients";
export const appSecret = "a secret of the test";

/** The platform's server: a code is good once, for the person who got it. */
export async function startPlatform(after) {
  const people = new Map();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://platform");
    const code = searchParams.get("js_code");
    const answer = () => {
      if (pathname !== "/sns/jscode2session") return { errcode: 40066, errmsg: "invalid url" };
      if (searchParams.get("appid") !== appId || searchParams.get("secret") !== appSecret) {
        return { errcode: 40125, errmsg: "invalid appsecret" };
      }
      const person = people.get(code);
      if (!people.has(code)) return { errcode: 40029, errmsg: "invalid code" };
      if (person === undefined) return { errcode: 40163, errmsg: "code been used" };
      people.set(code, undefined);
      return { openid: `openid-of-${person}`, session_key: "a session key" };
    };
    // JSON as text, as the platform sends it.
    response.setHeader("content-type", "text/plain").end(JSON.stringify(answer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close().closeAllConnections());
  let codes = 0;
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** A login code for a person. */
    codeFor(person) {
      const code = `code-${(codes += 1)}-${person}`;
      people.set(code, person);
      return code;
    },
  };
}

/**
 * The phone of a person: its `wx`, and a record of its requests. `intercept` may hold, change (`json`) or drop an
 * answer on its way. `isStorageFull` and `isLoginBroken` say what else is wrong; `connect` takes the network away and
 * gives it back.
 */
export function phoneOf(person, platform) {
  const storage = new Map();
  const networkListeners = new Set();
  const phone = { logins: 0, requests: [], toasts: [], tabs: [], concurrentMax: 0, intercept: () => undefined };
  phone.language = "zh_CN";
  phone.isConnected = true;
  phone.connect = (isConnected) => {
    phone.isConnected = isConnected;
    for (const listener of networkListeners) listener({ isConnected, networkType: isConnected ? "wifi" : "none" });
  };
  phone.networkListeners = networkListeners;
  phone.isStorageFull = false;
  phone.isLoginBroken = false;
  let running = 0;
  let sockets = 0;
  const request = async ({ url, method = "GET", data, header = {}, success, fail }) => {
    if (running >= requestsMax) return fail({ errMsg: "request:fail exceed max task count" });
    running += 1;
    phone.concurrentMax = Math.max(phone.concurrentMax, running);
    const entry = { url, data, header, at: Date.now(), status: undefined, answer: undefined };
    phone.requests.push(entry);
    let settle;
    try {
      if (!phone.isConnected) throw new Error("no network");
      const response = await fetch(url, { method, headers: header, body: data && JSON.stringify(data) });
      const text = await response.text();
      // Only this type is parsed.
      const isJson = response.headers.get("content-type")?.startsWith("application/json");
      entry.status = response.status;
      entry.answer = text;
      entry.answeredAt = Date.now();
      // Header names as iOS writes them.
      const upper = (name) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
      const names = Object.fromEntries([...response.headers].map(([name, value]) => [upper(name), value]));
      entry.json = text.startsWith("{") ? JSON.parse(text) : undefined;
      const isDropped = (await phone.intercept(entry)) === "drop";
      const body = isJson ? entry.json : entry.json ? JSON.stringify(entry.json) : text;
      const reply = { statusCode: response.status, header: names, data: body };
      settle = isDropped ? () => fail({ errMsg: "request:fail timeout" }) : () => success(reply);
    } catch (error) {
      settle = () => fail({ errMsg: `request:fail ${error.message}` });
    }
    running -= 1;
    settle();
  };
  phone.wx = {
    request: (options) => void request(options),
    login: ({ success, fail }) => {
      phone.logins += 1;
      if (phone.isLoginBroken) return setImmediate(() => fail({ errMsg: "login:fail system error" }));
      return setImmediate(() => success({ code: platform.codeFor(person) }));
    },
    showToast: ({ title }) => void phone.toasts.push(title),
    setNavigationBarTitle: ({ title }) => void (phone.title = title),
    setTabBarItem: ({ index, text }) => void (phone.tabs[index] = text),
    getAppBaseInfo: () => ({ language: phone.language }),
    getNetworkType: ({ success }) => success({ networkType: phone.isConnected ? "wifi" : "none" }),
    onNetworkStatusChange: (listener) => void networkListeners.add(listener),
    offNetworkStatusChange: (listener) => void networkListeners.delete(listener),
    addPhoneCalendar: (entry) => void (phone.calendar = entry),
    pageScrollTo: () => undefined,
    stopPullDownRefresh: () => undefined,
    previewImage: ({ urls }) => void (phone.previewed = urls),
    setClipboardData: ({ data }) => void (phone.copied = data),
    // Values are copied, as the platform does.
    getStorageSync: (key) => (storage.has(key) ? JSON.parse(storage.get(key)) : ""),
    setStorageSync: (key, value) => {
      if (phone.isStorageFull) throw new Error("setStorageSync:fail exceed storage max size");
      storage.set(key, JSON.stringify(value));
    },
    removeStorageSync: (key) => void storage.delete(key),
    connectSocket: ({ url, protocols, header }) => {
      if (sockets >= socketsMax) throw new Error("connectSocket:fail exceed max socket count");
      sockets += 1;
      const socket = new WebSocket(url, protocols, { headers: header });
      phone.socket = socket;
      socket.on("error", () => undefined);
      socket.on("close", () => (sockets -= 1));
      return {
        send: ({ data, fail }) => (socket.readyState === WebSocket.OPEN ? socket.send(data) : fail?.({ errMsg: "not open" })),
        close: ({ code } = {}) => socket.close(code),
        onOpen: (listener) => socket.on("open", listener),
        onMessage: (listener) => socket.on("message", (data) => listener({ data: data.toString() })),
        onError: (listener) => socket.on("error", listener),
        onClose: (listener) => socket.on("close", (code, reason) => listener({ code, reason: reason.toString() })),
      };
    },
  };
  return phone;
}
