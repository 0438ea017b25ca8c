// A phone with Douyin, as far as the mini-program's client uses it, and as strict as its documentation.
import { callbacks, connect, exchange, expectShape, isOpen, isSocketUrl, isTextList, isTexts, newPhone } from "./phones.js";

const requestsMax = 10;

/**
 * The phone of a person: its `tt`. `login` says what becomes of the platform's own sign-in: "done", "declined" in its
 * window, or "anonymous", as on hosts that do not ask.
 */
export function douyinPhoneOf(person, platform) {
  const phone = { ...newPhone(), login: "done" };
  let running = 0;
  const request = async ({ url, method, data, header, dataType = "json", success, fail }) => {
    if (running >= requestsMax) return fail({ errMsg: "request:fail too many", errNo: 10401 });
    running += 1;
    let settle;
    try {
      const { status, headers, text } = await exchange(phone, { url, method, headers: header, data });
      let content = text;
      try {
        if (dataType === "json") content = JSON.parse(text);
      } catch {
        // It stays text.
      }
      settle = () => success({ statusCode: status, header: headers, data: content, errMsg: "request:ok" });
    } catch (error) {
      settle = () => fail({ errMsg: `request:fail ${error.message}`, errNo: 10502 });
    }
    running -= 1;
    return settle();
  };
  phone.tt = {
    request(options) {
      expectShape("tt.request", options, {
        ...{ ...callbacks, url: "string", data: "object", dataType: "string", responseType: "string", enableCache: "boolean" },
        header: (header) => isTexts(header) && !Object.keys(header).some((name) => /^(referer|user-agent)$/i.test(name)),
        method: (method) => ["GET", "POST", "OPTIONS", "PUT", "HEAD", "DELETE", "PATCH"].includes(method),
        timeout: (timeout) => timeout > 0 && timeout <= 60_000,
      }, ["url"]);
      void request(options);
      return { abort: () => undefined };
    },
    login(options) {
      expectShape("tt.login", options, { ...callbacks, force: "boolean" });
      phone.logins += 1;
      const { success, fail, force = true } = options;
      const isDone = phone.login === "done";
      const answer = { anonymousCode: `anonymous-${phone.logins}`, isLogin: isDone, errMsg: "login:ok" };
      if (isDone) setImmediate(() => success({ ...answer, code: platform.loginCode(person) }));
      else if (force && phone.login === "declined") setImmediate(() => fail({ errMsg: "login:fail host login fail", errNo: 117 }));
      else setImmediate(() => success({ ...answer, code: "" }));
    },
    connectSocket(options) {
      const shape = { ...callbacks, url: isSocketUrl, header: isTexts, protocols: isTextList };
      expectShape("tt.connectSocket", options, shape, ["url"]);
      const socket = connect(phone, options);
      const about = { protocolType: "unknown", socketType: "tradition" };
      return {
        send(message) {
          expectShape("SocketTask.send", message, { ...callbacks, data: "string" }, ["data"]);
          if (isOpen(socket)) socket.send(message.data);
          else message.fail?.({ errMsg: "send:fail not open" });
        },
        close(options = {}) {
          const code = (value) => value === 1000 || value === 1001;
          expectShape("SocketTask.close", options, { ...callbacks, code, reason: "string" });
          socket.close(options.code, options.reason);
        },
        onOpen: (listener) => void socket.on("open", () => listener({ header: {}, ...about })),
        onMessage: (listener) => void socket.on("message", (data) => listener({ data: data.toString(), ...about })),
        onError: (listener) => void socket.on("error", ({ message }) => listener({ errMsg: message })),
        // The code is text, and where there was an error, no close follows.
        onClose(listener) {
          let hasFailed = false;
          socket.on("error", () => (hasFailed = true));
          socket.on("close", (code, reason) => {
            if (!hasFailed) listener({ code: String(code), reason: reason.toString(), errMsg: "closed", ...about });
          });
        },
      };
    },
    getStorageSync(key, ...rest) {
      expectKey("tt.getStorageSync", key, rest);
      return phone.stored.has(key) ? JSON.parse(phone.stored.get(key)) : "";
    },
    setStorageSync(key, data, ...rest) {
      expectKey("tt.setStorageSync", key, rest);
      if (phone.isStorageFull) throw new Error("setStorageSync:fail exceed storage max size");
      phone.stored.set(key, JSON.stringify(data));
    },
    removeStorageSync(key, ...rest) {
      expectKey("tt.removeStorageSync", key, rest);
      phone.stored.delete(key);
    },
  };
  return phone;
}

function expectKey(api, key, rest) {
  if (typeof key !== "string" || key === "" || rest.length > 0) throw new TypeError(`${api} takes a key`);
}
