// The sites that people sign in with, on this machine: an OpenID provider as an association would run one, and WeChat
// as far as its documentation tells. And a webhook that sends codes to telephones.
import { createHash, createHmac, generateKeyPairSync, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import Provider from "oidc-provider";

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
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
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
