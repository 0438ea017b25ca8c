// The adapters of mini-programs: WeChat, Douyin and Alipay, each as the client asks for it.
//
// `wx`, `tt` and `my` are looked up when they are called, so a program of one platform has all three. Each adapter says
// what it bridges.
import { Acclaim as Core, type AcclaimOptions } from "./acclaim.js";
import { type Platform, PlatformError } from "./platform.js";

export * from "./index.js";

declare const wx: any;
declare const tt: any;
declare const my: any;

/** WeChat and Douyin run this many requests at once. */
const requestsMax = 10;

/** A socket's end, which counts once. */
function once(close: (code?: number) => void): (code?: number) => void {
  let isClosed = false;
  return (code) => {
    if (isClosed) return;
    isClosed = true;
    close(code);
  };
}

/** A promise for the answer of a request; ends it where nobody waits for it any more. */
function requested(
  start: (success: (reply: any) => void, fail: (error: Error) => void) => { abort?: () => void } | undefined,
  signal: Parameters<Platform["request"]>[0]["signal"],
): Promise<any> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(new PlatformError("aborted"));
      task?.abort?.();
    };
    const leave = () => signal?.removeEventListener("abort", abort);
    const task = start(
      (reply) => (leave(), resolve(reply)),
      (error) => (leave(), reject(error)),
    );
    signal?.addEventListener("abort", abort);
  });
}

export const wechat: Platform = {
  name: "WECHAT",
  requestsMax,
  request: ({ url, method, data, header, timeout, signal }) =>
    requested(
      (success, fail) =>
        wx.request({
          url,
          method,
          data,
          header,
          timeout,
          success: (reply: any) => success({ status: reply.statusCode, header: reply.header, data: reply.data }),
          fail: ({ errMsg }: any) => fail(new PlatformError(errMsg)),
        }),
      signal,
    ),
  login: () =>
    new Promise((resolve, reject) => {
      wx.login({
        success: ({ code }: any) => resolve(code),
        fail: ({ errMsg }: any) => reject(new PlatformError(errMsg)),
      });
    }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const task = wx.connectSocket({ url, protocols: [protocol] });
    task.onOpen(open);
    task.onMessage(({ data }: any) => message(String(data)));
    task.onError(() => undefined);
    task.onClose(({ code }: any) => close(code));
    return {
      send: (text) => task.send({ data: text, fail: () => undefined }),
      close: (code) => task.close({ code }),
    };
  },
  read: (key) => wx.getStorageSync(key) || undefined,
  write: (key, value) => wx.setStorageSync(key, value),
  remove: (key) => wx.removeStorageSync(key),
};

/**
 * Douyin, much like WeChat. What its documentation has otherwise:
 * - `tt.login` asks somebody who has not signed in to Douyin to do so (`force`). Who declines is a failure ("host login
 *   fail") or a success without `code`, with an `anonymousCode` only, which names a telephone and is no voter.
 * - A socket is closed with 1000 or 1001, and the code of a close that it tells is text; after an error, or where the
 *   call fails, no close is promised.
 * - The types of its package know no `timeout` of a request; the documentation does, from 2.31.0 on.
 */
export const douyin: Platform = {
  name: "DOUYIN",
  requestsMax,
  request: ({ url, method, data, header, timeout, signal }) =>
    requested(
      (success, fail) =>
        tt.request({
          url,
          method,
          data,
          header,
          timeout,
          success: (reply: any) => success({ status: reply.statusCode, header: reply.header, data: reply.data }),
          fail: ({ errMsg }: any) => fail(new PlatformError(errMsg)),
        }),
      signal,
    ),
  login: () =>
    new Promise((resolve, reject) => {
      tt.login({
        force: true,
        success: ({ code, isLogin }: any) => {
          if (code) resolve(code);
          else reject(new PlatformError("tt.login gave no code", !isLogin));
        },
        fail: ({ errMsg }: any) => reject(new PlatformError(errMsg, /host login/.test(errMsg))),
      });
    }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const end = once(close);
    const task = tt.connectSocket({ url, protocols: [protocol], fail: () => setTimeout(end) });
    task.onOpen(open);
    task.onMessage(({ data }: any) => message(String(data)));
    task.onError(() => end());
    task.onClose(({ code }: any) => end(Number(code) || undefined));
    return {
      send: (text) => task.send({ data: text, fail: () => undefined }),
      close: (code) => task.close({ code: code === 1000 ? 1000 : 1001 }),
    };
  },
  read: (key) => tt.getStorageSync(key) || undefined,
  write: (key, value) => tt.setStorageSync(key, value),
  remove: (key) => tt.removeStorageSync(key),
};

/**
 * Alipay. What its documentation has otherwise than WeChat's:
 * - `my.request` takes `headers` and gives `status` and `headers`. Where JSON is asked for, anything else fails with
 *   error 14, so it is asked for text. A status of 400 and more is a success by one page and a failure with error 19 by
 *   another, with the answer or without: the server is asked for `application/json`, whose errors rarely have one.
 * - `my.getAuthCode` gives an `authCode`; with `auth_base` nobody is asked anything.
 * - `my.connectSocket` gives a task for `multiple` only, and none in old versions: there all of a program's sockets are
 *   one, with events and methods of `my`. A task's messages are one level deeper (`data.data`). No close tells a code.
 * - The storage takes and gives objects, and says in its answer what went wrong instead of throwing.
 */
export const alipay: Platform = {
  name: "ALIPAY",
  requestsMax,
  request: ({ url, method, data, header, timeout, signal }) =>
    requested((success, fail) => {
      const answer = ({ status, headers, data }: any) =>
        success({ status, header: typeof headers === "object" ? headers : {}, data });
      return my.request({
        url,
        method,
        data,
        headers: header["accept"] ? { ...header, accept: "application/json" } : header,
        timeout,
        dataType: "text",
        success: answer,
        fail: (failure: any) => {
          if (failure.error === 19 && failure.status) answer(failure);
          else fail(new PlatformError(`${failure.error} ${failure.errorMessage}`));
        },
      });
    }, signal),
  login: () =>
    new Promise((resolve, reject) => {
      my.getAuthCode({
        scopes: "auth_base",
        success: ({ authCode }: any) => {
          if (authCode) resolve(authCode);
          else reject(new PlatformError("my.getAuthCode gave no code"));
        },
        fail: ({ error, errorMessage }: any) => reject(new PlatformError(`${error} ${errorMessage}`)),
      });
    }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const end = once(close);
    const made = my.connectSocket({ url, protocols: [protocol], multiple: true, fail: () => setTimeout(end) });
    const task = made && typeof made.onMessage === "function" ? made : alipaySocket();
    task.onOpen(open);
    task.onMessage(({ data }: any) => message(String(data.data === undefined ? data : data.data)));
    task.onError(() => end());
    task.onClose(() => end());
    return {
      send: (text) => task.send({ data: text, fail: () => undefined }),
      close: (code) => task.close({ code }),
    };
  },
  read: (key) => my.getStorageSync({ key }).data || undefined,
  write: (key, value) => expectSuccess(my.setStorageSync({ key, data: value })),
  remove: (key) => expectSuccess(my.removeStorageSync({ key })),
};

/** The one socket of an old Alipay, as a task: its events are the program's, so they are listened to until it ends. */
function alipaySocket(): any {
  const stops: (() => void)[] = [];
  const listen = (on: any, off: any) => (listener: (event: any) => void) => {
    on(listener);
    stops.push(() => off(listener));
  };
  const untilEnd = (on: any, off: any) => (listener: () => void) =>
    listen(on, off)(() => {
      stops.splice(0).forEach((stop) => stop());
      listener();
    });
  return {
    onOpen: listen(my.onSocketOpen, my.offSocketOpen),
    onMessage: listen(my.onSocketMessage, my.offSocketMessage),
    onError: untilEnd(my.onSocketError, my.offSocketError),
    onClose: untilEnd(my.onSocketClose, my.offSocketClose),
    send: my.sendSocketMessage,
    close: my.closeSocket,
  };
}

function expectSuccess(answer: { success?: boolean; errorMessage?: string } | undefined): void {
  if (answer && answer.success === false) throw new PlatformError(String(answer.errorMessage));
}

export const platforms = { wechat, douyin, alipay };

/** The client of a mini-program; WeChat's without a `platform`. */
export class Acclaim extends Core {
  constructor(options: Omit<AcclaimOptions, "platform" | "kind"> & { platform?: Platform }) {
    super({ language: "zh-CN", platform: wechat, kind: "mini-program", ...options });
  }
}

/** The same as a function, as in the other adapters. */
export const createClient = (options: ConstructorParameters<typeof Acclaim>[0]): Acclaim => new Acclaim(options);
