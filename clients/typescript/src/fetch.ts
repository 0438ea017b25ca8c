// What browsers and Node have in common: `fetch` and sockets.
import { type Platform, PlatformError, type PlatformSocket, type SocketEvents } from "./platform.js";
import { type Signal, atEnd } from "./signal.js";

/** Sends a request and reads its answer, body and all, within `ms`. Throws a PlatformError where no answer came. */
export async function fetchWithin<Result>(
  ms: number,
  url: string,
  init: RequestInit,
  read: (response: Response) => Promise<Result>,
  signal?: Signal,
): Promise<Result> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ms);
  const leave = atEnd(signal, () => abort.abort());
  let answer: { body: Promise<Result> } | undefined;
  try {
    const response = await fetch(url, { ...init, signal: abort.signal });
    answer = { body: read(response) };
    return await answer.body;
  } catch (error) {
    // What a reader throws of its own is its own; all else is the network's.
    if (answer && !(error instanceof TypeError) && (error as Error).name !== "AbortError") throw error;
    throw new PlatformError("The server cannot be reached.");
  } finally {
    clearTimeout(timer);
    leave();
  }
}

/** The requests of a platform that has `fetch`. */
export const fetchRequests: Pick<Platform, "request" | "stream"> = {
  request({ url, method, data, header, timeout, signal }) {
    const init = { method, headers: header, ...(data && { body: JSON.stringify(data) }) };
    // Tags are the client's own; an answer from the browser's cache would hide that there is a newer one.
    return fetchWithin(timeout, url, { ...init, cache: "no-store" }, async (response) => ({
      status: response.status,
      header: headersOf(response.headers),
      data: await response.text(),
    }), signal);
  },
  async stream({ url, method, data, header, signal }, { open, text }) {
    const abort = new AbortController();
    const leave = atEnd(signal, () => abort.abort());
    try {
      const response = await fetch(url, { method, headers: header, body: JSON.stringify(data), signal: abort.signal });
      if (!response.ok || !response.body) throw new PlatformError(`status ${response.status}`);
      open();
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        text(decoder.decode(value, { stream: true }));
      }
    } finally {
      leave();
      abort.abort();
    }
  },
};

function headersOf(headers: Headers): Record<string, string> {
  const header: Record<string, string> = {};
  headers.forEach((value, name) => (header[name] = value));
  return header;
}

/** A class of sockets, as far as it is used: the browser's, Node's from 22 on, or the one of `ws`. */
export interface SocketClass {
  new (url: string, protocol: string): {
    readonly readyState: number;
    onopen: any;
    onmessage: any;
    onclose: any;
    onerror: any;
    send(text: string): void;
    close(code?: number): void;
  };
}

/** The function that connects sockets of a class. */
export const connectBy =
  (Class: SocketClass) =>
  ({ url, protocol }: { url: string; protocol: string }, { open, message, close }: SocketEvents): PlatformSocket => {
    const socket = new Class(url, protocol);
    socket.onopen = open;
    socket.onmessage = ({ data }: { data: unknown }) => message(String(data));
    socket.onclose = ({ code }: { code: number }) => close(code);
    socket.onerror = () => undefined;
    return {
      send: (text) => socket.readyState === 1 && socket.send(text),
      close(code) {
        // One that is closed before it is open complains to the console.
        if (socket.readyState === 0) socket.onopen = () => socket.close(code);
        else socket.close(code);
      },
    };
  };
