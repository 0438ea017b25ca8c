// What phones of all platforms have in common: a record of requests, a storage that copies, and complaints about
// arguments that a platform's documentation does not know.
import { WebSocket } from "ws";

/** A phone. `intercept` may drop an answer on its way; `isStorageFull` and `isConnected` say what is wrong with it. */
export const newPhone = () => ({
  requests: [],
  logins: 0,
  stored: new Map(),
  sockets: [],
  isConnected: true,
  isStorageFull: false,
  intercept: () => undefined,
});

/** Complains of an argument that is not as documented: `shape` has a type, or a check, of each documented name. */
export function expectShape(api, options, shape, required = []) {
  if (typeof options !== "object" || options === null) throw new TypeError(`${api}: its argument is an object`);
  for (const name of required) if (options[name] === undefined) throw new TypeError(`${api}: ${name} is missing`);
  for (const [name, value] of Object.entries(options)) {
    if (!(name in shape)) throw new TypeError(`${api}: there is no ${name}`);
    const isGood = typeof shape[name] === "function" ? shape[name](value) : typeof value === shape[name];
    if (value !== undefined && !isGood) throw new TypeError(`${api}: ${name} is ${typeof value}`);
  }
}

export const callbacks = { success: "function", fail: "function", complete: "function" };
export const isTexts = (value) => Object.values(value).every((text) => typeof text === "string");
export const isTextList = (value) => Array.isArray(value) && isTexts(value);
export const isSocketUrl = (value) => /^wss?:\/\//.test(value);

/** Sends a request as a phone does; gives its answer as text, or throws where none comes. */
export async function exchange(phone, { url, method = "GET", headers = {}, data }) {
  const entry = { url, method, headers, data, status: undefined };
  phone.requests.push(entry);
  if (!phone.isConnected) throw new Error("no network");
  const response = await fetch(url, { method, headers, body: data && JSON.stringify(data) });
  const text = await response.text();
  entry.status = response.status;
  if ((await phone.intercept(entry)) === "drop") throw new Error("timeout");
  return { status: response.status, headers: Object.fromEntries(response.headers), text };
}

/** Opens a socket as a phone does. */
export function connect(phone, { url, protocols, header }) {
  const socket = new WebSocket(phone.isConnected ? url : "ws://127.0.0.1:1", protocols, { headers: header });
  phone.sockets.push(socket);
  return socket;
}

export const isOpen = (socket) => socket?.readyState === WebSocket.OPEN;
