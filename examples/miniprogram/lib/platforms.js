// The platforms that the client runs on, each as the client asks for it: WeChat, Douyin and Alipay.
//
// Beside acclaim.js nothing in here knows the server, and acclaim.js knows no platform: `wx`, `tt` and `my` are looked
// up when they are called, so a program of one platform may copy the file whole. Each adapter says what it bridges.

/**
 * What the client asks of a platform. Promises are rejected with a PlatformError where no answer came; the storage
 * throws where it does not take a value.
 * @typedef {object} Platform
 * @property {'WECHAT' | 'DOUYIN' | 'ALIPAY'} name its name in the API
 * @property {(options: RequestOptions) => Promise<Reply>} request any status is an answer, and its data may be text
 * @property {() => Promise<string>} login a login code: good once, for minutes
 * @property {(options: { url: string, protocol: string }, events: SocketEvents) => PlatformSocket} connectSocket
 * @property {(key: string) => any} read what is stored; nothing, null or an empty text where nothing is
 * @property {(key: string, value: any) => void} write
 * @property {(key: string) => void} remove
 *
 * @typedef {{
 *   url: string, method: 'GET' | 'POST', data: any, header: Record<string, string>, timeout: number
 * }} RequestOptions
 *
 * @typedef {{ status: number, header: Record<string, string>, data: any }} Reply
 *
 * `close` is called once, with the close code where the platform tells it.
 * @typedef {{ open: () => void, message: (text: string) => void, close: (code?: number) => void }} SocketEvents
 * @typedef {{ send: (text: string) => void, close: (code: number) => void }} PlatformSocket
 */

/** What the platform could not do; `isCancelled` where somebody did not want to, and asking again would not help. */
class PlatformError extends Error {
  /**
   * @param {string} message
   * @param {boolean} [isCancelled]
   */
  constructor(message, isCancelled = false) {
    super(message);
    this.isCancelled = isCancelled;
  }
}

/**
 * A socket's end, which counts once.
 * @param {(code?: number) => void} close
 */
function once(close) {
  let isClosed = false;
  return (/** @type {number | undefined} */ code = undefined) => {
    if (isClosed) return;
    isClosed = true;
    close(code);
  };
}

/** @type {Platform} */
const wechat = {
  name: 'WECHAT',
  request: ({ url, method, data, header, timeout }) =>
    new Promise((resolve, reject) => {
      wx.request({
        url,
        method,
        data,
        header,
        timeout,
        success: ({ statusCode, header, data }) => resolve({ status: statusCode, header, data }),
        fail: ({ errMsg }) => reject(new PlatformError(errMsg)),
      });
    }),
  login: () =>
    new Promise((resolve, reject) => {
      wx.login({
        success: ({ code }) => resolve(code),
        fail: ({ errMsg }) => reject(new PlatformError(errMsg)),
      });
    }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const task = wx.connectSocket({ url, protocols: [protocol] });
    task.onOpen(open);
    task.onMessage(({ data }) => message(String(data)));
    task.onError(() => undefined);
    task.onClose(({ code }) => close(code));
    return {
      send: (text) => task.send({ data: text, fail: () => undefined }),
      close: (code) => task.close({ code }),
    };
  },
  read: (key) => wx.getStorageSync(key),
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
 * @type {Platform}
 */
const douyin = {
  name: 'DOUYIN',
  request: ({ url, method, data, header, timeout }) =>
    new Promise((resolve, reject) => {
      const options = {
        url,
        method,
        data,
        header,
        timeout,
        success: (/** @type {any} */ reply) =>
          resolve({ status: reply.statusCode, header: reply.header, data: reply.data }),
        fail: (/** @type {{ errMsg: string }} */ { errMsg }) => reject(new PlatformError(errMsg)),
      };
      tt.request(options);
    }),
  login: () =>
    new Promise((resolve, reject) => {
      tt.login({
        force: true,
        success: ({ code, isLogin }) => {
          if (code) resolve(code);
          else reject(new PlatformError('tt.login gave no code', !isLogin));
        },
        fail: ({ errMsg }) => reject(new PlatformError(errMsg, /host login/.test(errMsg))),
      });
    }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const end = once(close);
    const task = tt.connectSocket({ url, protocols: [protocol], fail: () => setTimeout(end) });
    task.onOpen(open);
    task.onMessage(({ data }) => message(String(data)));
    task.onError(() => end());
    task.onClose(({ code }) => end(Number(code) || undefined));
    return {
      send: (text) => task.send({ data: text, fail: () => undefined }),
      close: (code) => task.close({ code: code === 1000 ? 1000 : 1001 }),
    };
  },
  read: (key) => tt.getStorageSync(key),
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
 * @type {Platform}
 */
const alipay = {
  name: 'ALIPAY',
  request: ({ url, method, data, header, timeout }) =>
    new Promise((resolve, reject) => {
      const answer = (/** @type {any} */ { status, headers, data }) =>
        resolve({ status, header: typeof headers === 'object' ? headers : {}, data });
      my.request({
        url,
        method,
        data,
        headers: header.accept ? { ...header, accept: 'application/json' } : header,
        timeout,
        dataType: 'text',
        success: answer,
        fail: (/** @type {any} */ failure) => {
          if (failure.error === 19 && failure.status) answer(failure);
          else reject(new PlatformError(`${failure.error} ${failure.errorMessage}`));
        },
      });
    }),
  login: () =>
    new Promise((resolve, reject) => {
      my.getAuthCode({
        scopes: 'auth_base',
        success: ({ authCode }) => {
          if (authCode) resolve(authCode);
          else reject(new PlatformError('my.getAuthCode gave no code'));
        },
        fail: ({ error, errorMessage }) => reject(new PlatformError(`${error} ${errorMessage}`)),
      });
    }),
  connectSocket({ url, protocol }, { open, message, close }) {
    const end = once(close);
    const options = { url, protocols: [protocol], multiple: true, fail: () => setTimeout(end) };
    const made = /** @type {any} */ (my.connectSocket(options));
    const task = made && typeof made.onMessage === 'function' ? made : alipaySocket();
    task.onOpen(open);
    task.onMessage((/** @type {any} */ { data }) => message(String(data.data === undefined ? data : data.data)));
    task.onError(() => end());
    task.onClose(() => end());
    return {
      send: (text) => task.send({ data: text, fail: () => undefined }),
      close: (code) => task.close({ code }),
    };
  },
  read: (key) => my.getStorageSync({ key }).data,
  write: (key, value) => expectSuccess(my.setStorageSync({ key, data: value })),
  remove: (key) => expectSuccess(my.removeStorageSync({ key })),
};

/** The one socket of an old Alipay, as a task: its events are the program's, so they are listened to until it ends. */
function alipaySocket() {
  /** @type {(() => void)[]} */
  const stops = [];
  const listen = (/** @type {any} */ on, /** @type {any} */ off) => (/** @type {(event: any) => void} */ listener) => {
    on(listener);
    stops.push(() => off(listener));
  };
  const untilEnd = (/** @type {any} */ on, /** @type {any} */ off) => (/** @type {() => void} */ listener) =>
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

/** @param {{ success?: boolean, errorMessage?: string } | undefined} answer */
function expectSuccess(answer) {
  if (answer && answer.success === false) throw new PlatformError(String(answer.errorMessage));
}

module.exports = { wechat, douyin, alipay, PlatformError };
