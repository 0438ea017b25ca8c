// The adapter of Node, 20 and newer.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { Acclaim, type AcclaimOptions } from "./acclaim.js";
import { type SocketClass, connectBy, fetchRequests } from "./fetch.js";
import type { Platform, Storage } from "./platform.js";

export * from "./index.js";

/** A storage that ends with the process. */
export function memoryStorage(): Storage {
  const values = new Map<string, unknown>();
  return {
    read: (key) => values.get(key),
    write: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
  };
}

/** A storage in a file that its owner alone may read: whoever has it is the voter. For one process at a time. */
export function fileStorage(path: string): Storage {
  const values = (): Record<string, unknown> => {
    try {
      return JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return {};
      throw error;
    }
  };
  const change = (key: string, value: unknown) => {
    writeFileSync(`${path}.new`, JSON.stringify({ ...values(), [key]: value }), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  return { read: (key) => values()[key], write: change, remove: (key) => change(key, undefined) };
}

export interface NodeOptions {
  storage?: Storage;
  /** The class of sockets: Node's own by default, which it has from 22 on, or that of `ws`. With null, streams do. */
  webSocket?: SocketClass | null;
}

/** Node as a platform. */
export function node({ storage = memoryStorage(), webSocket }: NodeOptions = {}): Platform {
  const Class = webSocket === undefined ? (globalThis.WebSocket as SocketClass | undefined) : webSocket;
  return { ...fetchRequests, ...storage, ...(Class && { connectSocket: connectBy(Class) }) };
}

/** The client of a program. */
export function createClient({
  storage,
  webSocket,
  ...options
}: NodeOptions & Omit<AcclaimOptions, "platform">): Acclaim {
  const platform = node({ ...(storage && { storage }), ...(webSocket !== undefined && { webSocket }) });
  return new Acclaim({ ...options, platform });
}
