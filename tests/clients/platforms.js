// The sites that people sign in with, on this machine: an OpenID provider as an association would run one, and WeChat,
// Douyin and Alipay as far as their documentation tells. And a webhook that sends codes to telephones, and a captcha.
import {
  createHash,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import Provider from "oidc-provider";
import { temporaryFolder } from "./server.js";

/** Serves on a free port until the tests of the context have ended; gives the origin. */
async function serve(context, listener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** Reads a body to its end. */
async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/**
 * Starts a provider that asks for a name on a page of its own, or takes it from the cookie of an earlier sign-in. It
 * knows the server's address once it is told.
 */
export async function startProvider(context) {
  const client = { client_id: "acclaim", client_secret: "a secret of the two", redirect_uris: [] };
  let answer;
  const issuer = await serve(context, (request, response) => answer(request, response));
  return {
    issuer,
    settings: {
      ACCLAIM_OIDC_ISSUER: issuer,
      ACCLAIM_OIDC_CLIENT_ID: client.client_id,
      ACCLAIM_OIDC_CLIENT_SECRET: client.client_secret,
      ACCLAIM_OIDC_NAME: "the Association",
    },
    serve(origin) {
      client.redirect_uris.push(`${origin}/sign-in/oidc/callback`);
      answer = provider(issuer, client);
    },
  };
}

function provider(issuer, client) {
  const { privateKey: key } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const settings = {
    clients: [client],
    cookies: { keys: [randomUUID()] },
    jwks: { keys: [{ ...key.export({ format: "jwk" }), use: "sig" }] },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  };
  const oidc = new Provider(issuer, settings);
  const callback = oidc.callback();
  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, issuer);
    if (!pathname.startsWith("/interaction/")) return callback(request, response);
    const accountId = searchParams.get("name");
    const said = accountId ? { login: { accountId } } : { error: "access_denied" };
    if (searchParams.has("name")) return oidc.interactionFinished(request, response, said);
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><link rel="icon" href="data:,"><title>The Association</title><form><label>Name <input name="name"></label>
      <button>Sign in</button></form><a href="?name=">Cancel</a>`);
  };
}

const appIds = { wechat: "wx-program", wechatWeb: "wx-account" };

/**
 * Starts WeChat: its page sends a browser straight back, as `person` of the moment; a code is good once. The mini-program
 * and the official account are bound: a person has one unionid.
 */
export async function startWeChat(context) {
  const tickets = { ticket: `ticket-${randomUUID()}` };
  const codes = new Map();
  const wechat = {
    person: "lin",
    /** Set for the browse-only mode, which makes up a user. */
    isSnapshot: false,
    /** A login code of the mini-program. */
    loginCode(person) {
      const code = randomUUID();
      codes.set(code, { person });
      return code;
    },
    /** Whether a signature is that of an address. */
    hasSigned({ nonceStr, timestamp, signature }, url) {
      const text = `jsapi_ticket=${tickets.ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`;
      return createHash("sha1").update(text).digest("hex") === signature;
    },
  };
  const account = (code, scope) => {
    const found = codes.get(code);
    codes.delete(code);
    if (!found) return { errcode: 40163, errmsg: "code been used" };
    const { person, isSnapshot } = found;
    if (isSnapshot) return { openid: `virtual-${randomUUID()}`, is_snapshotuser: 1 };
    return { openid: `openid-${scope}-${person}`, unionid: `unionid-${person}` };
  };
  const answers = {
    "/sns/jscode2session": (query) => account(query.get("js_code"), "program"),
    "/sns/oauth2/access_token": (query) => account(query.get("code"), "web"),
    "/cgi-bin/stable_token": () => ({ access_token: "token-of-the-account", expires_in: 7200 }),
    "/cgi-bin/ticket/getticket": () => ({ errcode: 0, ...tickets, expires_in: 7200 }),
  };
  const origin = await serve(context, (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://wechat");
    if (pathname === "/connect/oauth2/authorize") {
      const code = randomUUID();
      codes.set(code, { person: wechat.person, isSnapshot: wechat.isSnapshot });
      const back = new URL(searchParams.get("redirect_uri"));
      back.search = new URLSearchParams({ code, state: searchParams.get("state") });
      return response.writeHead(302, { location: back.href }).end();
    }
    response.end(JSON.stringify(answers[pathname]?.(searchParams) ?? { errcode: 48001 }));
  });
  wechat.settings = {
    ACCLAIM_WECHAT_APP_ID: appIds.wechat,
    ACCLAIM_WECHAT_SECRET: "secret of the program",
    ACCLAIM_WECHAT_BASE_URL: origin,
    ACCLAIM_WECHAT_WEB_APP_ID: appIds.wechatWeb,
    ACCLAIM_WECHAT_WEB_APP_SECRET: "secret of the account",
    ACCLAIM_WECHAT_WEB_BASE_URL: origin,
    ACCLAIM_WECHAT_WEB_AUTHORIZE_URL: origin,
  };
  return wechat;
}

/** Whether a call is signed as Standard Webhooks has it, and fresh. */
function isSigned(key, headers, body) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures = "" } = headers;
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) < 300)) return false;
  const wanted = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(" ").some((signature) => {
    const [version, text = ""] = signature.split(",");
    const given = Buffer.from(text, "base64");
    return version === "v1" && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

/** Starts an operator's webhook that sends text messages: it keeps the last code of each number. */
export async function startWebhook(context) {
  const key = randomBytes(32);
  const codes = new Map();
  const webhook = { codes, status: 204 };
  const origin = await serve(context, async (request, response) => {
    const body = await bodyOf(request);
    if (!isSigned(key, request.headers, body)) return response.writeHead(401).end();
    const { phone, code } = JSON.parse(body);
    if (webhook.status < 300) codes.set(phone, code);
    response.writeHead(webhook.status).end();
  });
  webhook.settings = {
    ACCLAIM_SMS_WEBHOOK_URL: `${origin}/codes`,
    ACCLAIM_SMS_WEBHOOK_SECRET: `whsec_${key.toString("base64")}`,
  };
  return webhook;
}

/** Starts a captcha's service: `ok-` is good, `away-` finds it away; anything else is refused. */
export async function startCaptcha(context) {
  const captcha = { asked: [] };
  const origin = await serve(context, async (request, response) => {
    const { Ticket, CaptchaAppId, AppSecretKey, UserIp } = JSON.parse(await bodyOf(request));
    captcha.asked.push(Ticket);
    const isOurs = CaptchaAppId === 199999164 && AppSecretKey === "a secret of the captcha" && UserIp === "127.0.0.1";
    if (Ticket.startsWith("away-")) return response.writeHead(503).end();
    const CaptchaCode = isOurs ? (Ticket.startsWith("ok-") ? 1 : 21) : 100;
    response.end(JSON.stringify({ Response: { CaptchaCode, CaptchaMsg: "", RequestId: "" } }));
  });
  captcha.settings = {
    ACCLAIM_CAPTCHA_APP_ID: "199999164",
    ACCLAIM_CAPTCHA_APP_SECRET_KEY: "a secret of the captcha",
    ACCLAIM_CAPTCHA_SECRET_ID: "AKID",
    ACCLAIM_CAPTCHA_SECRET_KEY: "a secret of the account",
    ACCLAIM_CAPTCHA_BASE_URL: origin,
  };
  return captcha;
}

/** Login codes: each is good once, for the person who got it. */
function loginCodes() {
  const people = new Map();
  return {
    loginCode(person) {
      const code = randomUUID();
      people.set(code, person);
      return code;
    },
    take(code) {
      const person = people.get(code);
      people.delete(code);
      return person;
    },
  };
}

/** Starts Douyin's platform as far as a mini-program's sign-in needs it. */
export async function startDouyin(context) {
  const { loginCode, take } = loginCodes();
  const program = { appid: "tt-acclaim-clients", secret: "a secret of Douyin's" };
  const answer = (path, type, { appid, secret, code }) => {
    if (path !== "/api/apps/v2/jscode2session" || type !== "application/json") return { err_no: 40014, err_tips: "bad params" };
    if (appid !== program.appid) return { err_no: 40015, err_tips: "bad appid" };
    if (secret !== program.secret) return { err_no: 40017, err_tips: "bad secret" };
    const person = take(code);
    if (person === undefined) return { err_no: 40018, err_tips: "bad code" };
    const data = { session_key: "a session key", openid: `openid-of-${person}`, anonymous_openid: "", unionid: `unionid-of-${person}` };
    return { err_no: 0, err_tips: "success", data };
  };
  const origin = await serve(context, async (request, response) => {
    const body = JSON.parse(await bodyOf(request));
    const { pathname } = new URL(request.url, "http://douyin");
    const given = { data: null, log_id: "2024102117", ...answer(pathname, request.headers["content-type"], body) };
    response.setHeader("content-type", "application/json").end(JSON.stringify(given));
  });
  const { appid: ACCLAIM_DOUYIN_APP_ID, secret: ACCLAIM_DOUYIN_APP_SECRET } = program;
  return { loginCode, settings: { ACCLAIM_DOUYIN_APP_ID, ACCLAIM_DOUYIN_APP_SECRET, ACCLAIM_DOUYIN_BASE_URL: origin } };
}

/** Starts Alipay's gateway for `alipay.system.oauth.token`: it verifies what it is asked and signs what it answers. */
export async function startAlipay(context) {
  const { loginCode, take } = loginCodes();
  const appId = "2021000000000002";
  const encoding = { publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } };
  const newKey = () => generateKeyPairSync("rsa", { modulusLength: 2_048, ...encoding });
  const [program, platform] = [newKey(), newKey()];
  const folder = temporaryFolder();
  const keep = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const isAsDocumented = ({ sign: signature = "", ...fields }) => {
    const text = Object.keys(fields).sort().map((name) => `${name}=${fields[name]}`).join("&");
    const wanted = { app_id: appId, method: "alipay.system.oauth.token", charset: "utf-8", version: "1.0", sign_type: "RSA2" };
    return (
      Object.entries(wanted).every(([name, value]) => fields[name] === value) &&
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(fields.timestamp) &&
      verify("sha256", text, program.publicKey, Buffer.from(signature, "base64"))
    );
  };
  const answer = (fields) => {
    if (!isAsDocumented(fields)) return ["error_response", { code: "40002", sub_code: "isv.invalid-signature" }];
    const person = fields.grant_type === "authorization_code" ? take(fields.code) : undefined;
    if (person === undefined) return ["error_response", { code: "40002", sub_code: "isv.code-invalid" }];
    const token = { access_token: "a session key", expires_in: 3600, re_expires_in: 3600, refresh_token: "a session key" };
    return ["alipay_system_oauth_token_response", { ...token, open_id: `openid-of-${person}` }];
  };
  const origin = await serve(context, async (request, response) => {
    const [name, content] = answer(Object.fromEntries(new URLSearchParams(await bodyOf(request))));
    // What is signed stands in the answer byte for byte.
    const text = JSON.stringify(content);
    const signature = sign("sha256", text, platform.privateKey).toString("base64");
    response.setHeader("content-type", "text/html;charset=utf-8").end(`{"${name}":${text},"sign":"${signature}"}`);
  });
  return {
    loginCode,
    settings: {
      ACCLAIM_ALIPAY_APP_ID: appId,
      ACCLAIM_ALIPAY_PRIVATE_KEY_FILE: keep("program.pem", program.privateKey),
      ACCLAIM_ALIPAY_PUBLIC_KEY_FILE: keep("platform.pem", platform.publicKey),
      ACCLAIM_ALIPAY_GATEWAY_URL: `${origin}/gateway.do`,
    },
  };
}
