// What the client asks of the place that it runs in: a browser, Node or a mini-program. The core knows no other.
import type { Signal } from "./signal.js";

export interface RequestOptions {
  url: string;
  method: "GET" | "POST";
  /** JSON to be. */
  data?: object | undefined;
  header: Record<string, string>;
  timeout: number;
  /** The end of whoever waits for the answer. */
  signal?: Signal | undefined;
}

/** An answer, whatever its status; `data` is JSON, read or as text. */
export interface Reply {
  status: number;
  header: Record<string, string>;
  data: any;
}

/** `close` is called once, with the close code where the platform tells it. */
export interface SocketEvents {
  open: () => void;
  message: (text: string) => void;
  close: (code?: number) => void;
}

export interface PlatformSocket {
  send(text: string): void;
  close(code: number): void;
}

/** `open` is called once there is a good answer, `text` with each part of it. */
export interface StreamEvents {
  open: () => void;
  text: (text: string) => void;
}

/** Values by name. It may throw where it does not take one: memory has it then, for as long as the program is open. */
export interface Storage {
  /** Undefined or null where there is nothing. */
  read(key: string): any;
  write(key: string, value: any): void;
  remove(key: string): void;
}

/** Promises are rejected with a PlatformError where no answer came. */
export interface Platform extends Storage {
  request(options: RequestOptions): Promise<Reply>;
  /** The requests that it runs at once; any number without. */
  requestsMax?: number;
  connectSocket?(address: { url: string; protocol: string }, events: SocketEvents): PlatformSocket;
  /** Reads an answer as it comes; settled once it has ended. */
  stream?(options: Omit<RequestOptions, "timeout">, events: StreamEvents): Promise<void>;
  /** Calls the listener when there is a network again; gives the function that ends it. */
  onOnline?(listener: () => void): () => void;
  /** The name of a mini-program's platform in the API, and its login codes: good once, for minutes. */
  name?: "WECHAT" | "DOUYIN" | "ALIPAY";
  login?(): Promise<string>;
}

/** The reason why there is no answer; `isCancelled` where somebody did not want to, and asking again would not help. */
export class PlatformError extends Error {
  constructor(
    message: string,
    readonly isCancelled = false,
  ) {
    super(message);
  }
}
