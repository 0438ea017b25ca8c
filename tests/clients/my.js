// A phone with Alipay, as far as the mini-program's client uses it, and as strict as its documentation.
import { callbacks, connect, exchange, expectShape, isOpen, isSocketUrl, isTextList, isTexts, newPhone } from "./phones.js";

/**
 * The phone of a person: its `my`. An old one has one socket for the whole program, whatever `multiple` says; one where
 * `isFailingByStatus` counts a status of 400 and more as a failure, as one page of the documentation has it, and where
 * `isSilent` tells nothing more of it.
 */
export function alipayPhoneOf(person, platform, { isOld = false, isFailingByStatus = false, isSilent = false } = {}) {
  const phone = { ...newPhone(), isLoginBroken: false, listeners: { open: new Set(), message: new Set(), error: new Set(), close: new Set() } };
  const request = async ({ url, method, data, headers, dataType = "json", success, fail }) => {
    let answer;
    try {
      const { text, ...rest } = await exchange(phone, { url, method, headers, data });
      answer = { ...rest, data: text };
    } catch (error) {
      return fail({ error: error.message === "timeout" ? 13 : 12, errorMessage: error.message });
    }
    if (isFailingByStatus && answer.status >= 400) {
      return fail({ error: 19, errorMessage: "http status error", ...(!isSilent && answer) });
    }
    try {
      if (dataType === "json") answer.data = JSON.parse(answer.data);
    } catch {
      return fail({ ...answer, error: 14, errorMessage: "JSON parse data error" });
    }
    return success(answer);
  };
  const tell = (name, event) => [...phone.listeners[name]].forEach((listener) => listener(event));
  const listening = (name) => (listener) => {
    if (typeof listener !== "function") throw new TypeError("a listener is a function");
    phone.listeners[name].add(listener);
  };
  const silencing = (name) => (listener) => void phone.listeners[name].delete(listener);
  let only;
  const sendTo = (api, socket, message) => {
    expectShape(api, message, { ...callbacks, data: "string", isBuffer: "boolean" }, ["data"]);
    if (isOpen(socket)) socket.send(message.data);
    else message.fail?.({ error: 10, errorMessage: "the socket is not open" });
  };
  const closeIt = (api, socket, options = {}) => {
    expectShape(api, options, { ...callbacks, code: "number", reason: "string" });
    socket?.close(options.code, options.reason);
  };
  phone.my = {
    request(options) {
      expectShape("my.request", options, {
        ...{ ...callbacks, url: "string", data: "object", headers: isTexts },
        method: (method) => ["GET", "POST", "PUT", "DELETE"].includes(method),
        dataType: (type) => ["json", "text", "base64", "arraybuffer"].includes(type),
        timeout: (timeout) => timeout > 0 && timeout <= 60_000,
      }, ["url"]);
      void request(options);
      return { abort: () => undefined };
    },
    getAuthCode(options) {
      const isBase = (scopes) => [scopes].flat().join() === "auth_base";
      expectShape("my.getAuthCode", options, { ...callbacks, scopes: isBase });
      phone.logins += 1;
      const answer = { authErrorScopes: {}, authSuccessScopes: ["auth_base"] };
      if (phone.isLoginBroken) setImmediate(() => options.fail({ error: 12, errorMessage: "the network is busy" }));
      else setImmediate(() => options.success({ ...answer, authCode: platform.loginCode(person) }));
    },
    connectSocket(options) {
      const shape = { ...callbacks, url: isSocketUrl, header: isTexts, protocols: isTextList, data: "object", multiple: "boolean" };
      expectShape("my.connectSocket", options, shape, ["url"]);
      if (isOld || !options.multiple) {
        if (only) return void setImmediate(() => options.fail?.({ error: 2, errorMessage: "there is a socket" }));
        const socket = connect(phone, options);
        only = socket;
        socket.on("open", () => tell("open", {}));
        socket.on("message", (data) => tell("message", { data: data.toString(), isBuffer: false }));
        socket.on("error", ({ message }) => tell("error", { error: 1, errorMessage: message }));
        socket.on("close", () => {
          only = undefined;
          tell("close", { reason: "" });
        });
        return undefined;
      }
      const socket = connect(phone, options);
      const socketTaskID = String(phone.sockets.length);
      return {
        send: (message) => sendTo("SocketTask.send", socket, message),
        close: (options) => closeIt("SocketTask.close", socket, options),
        onOpen: (listener) => void socket.on("open", () => listener({ data: { socketTaskID } })),
        onMessage: (listener) =>
          void socket.on("message", (data) => listener({ data: { socketTaskID, data: data.toString(), isBuffer: false } })),
        onError: (listener) => void socket.on("error", () => listener({ data: { socketTaskID }, error: 1 })),
        onClose: (listener) => void socket.on("close", () => listener({ data: { socketTaskID } })),
      };
    },
    sendSocketMessage: (message) => sendTo("my.sendSocketMessage", only, message),
    closeSocket: (options) => closeIt("my.closeSocket", only, options),
    onSocketOpen: listening("open"),
    onSocketMessage: listening("message"),
    onSocketError: listening("error"),
    onSocketClose: listening("close"),
    offSocketOpen: silencing("open"),
    offSocketMessage: silencing("message"),
    offSocketError: silencing("error"),
    offSocketClose: silencing("close"),
    getStorageSync(options) {
      expectShape("my.getStorageSync", options, { key: "string" }, ["key"]);
      return { data: phone.stored.has(options.key) ? JSON.parse(phone.stored.get(options.key)) : null };
    },
    setStorageSync(options) {
      expectShape("my.setStorageSync", options, { key: "string", data: () => true }, ["key", "data"]);
      if (phone.isStorageFull) return { success: false, error: 15, errorMessage: "the storage is full" };
      phone.stored.set(options.key, JSON.stringify(options.data));
      return { success: true };
    },
    removeStorageSync(options) {
      expectShape("my.removeStorageSync", options, { key: "string" }, ["key"]);
      phone.stored.delete(options.key);
      return { success: true };
    },
  };
  return phone;
}
