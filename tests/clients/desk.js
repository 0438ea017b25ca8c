// The desk as its tests use it: its words in both languages, its sign-in, and the files that organisers have.
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { deflateSync } from "node:zlib";
import { run } from "./api.js";
import { open } from "./browser.js";
import { eventually } from "./waiting.js";

/** The words of the desk that a test looks for, by language; an ellipsis at a button's end is a dialog's. */
export const words = {
  en: {
    email: "E-mail",
    password: "Password",
    signIn: "Sign in",
    signOut: "Sign out",
    menu: "Menu",
    close: "Close",
    save: "Save",
    saved: "Saved.",
  },
  zh: {
    email: "邮箱",
    password: "密码",
    signIn: "登录",
    signOut: "退出登录",
    menu: "菜单",
    close: "关闭",
    save: "保存",
    saved: "已保存。",
  },
};

/** A button, link, tab or the like by its whole name. */
export const named = (place, role, name) => place.getByRole(role, { name, exact: true });

/** Fills in the sign-in that is open. */
export async function signInHere(page, t, email, password) {
  await page.getByLabel(t.email, { exact: true }).fill(email);
  await page.getByLabel(t.password, { exact: true }).fill(password);
  await named(page, "button", t.signIn).click();
}

/** Opens an address of the desk in a window of its own, and signs in. */
export async function openDesk(browser, context, { url, device, t, email, password }) {
  const window = await open(browser, context, url, device);
  await signInHere(window.page, t, email, password);
  await window.page.locator("#side").waitFor({ state: "attached" });
  return window;
}

/** Goes to a view by the side bar, which is behind a button on a phone. */
export async function goBySide(page, t, name) {
  const menu = named(page, "button", t.menu);
  if (await menu.isVisible()) await menu.click();
  const link = page.locator("#side").getByRole("link", { name });
  await link.click();
}

/** The code that an authenticator shows at a time, from the secret in base32. */
export function codeAt(secret, timeMs) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/\s/g, "")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(timeMs / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 0xf) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** The checksum of a part of a PNG. */
function crc32(bytes) {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb8_8320 : 0);
  }
  return ~sum >>> 0;
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A PNG of one colour, upright as portraits are. */
export function png(shade, width = 300, height = 400) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8);
  const rows = Buffer.alloc((width + 1) * height, shade);
  for (let row = 0; row < height; row++) rows[row * (width + 1)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/** A file as browsers take it from a folder. */
export const file = (name, mimeType, buffer) => ({ name, mimeType, buffer });

/** The control with a label, whether or not it is marked as needed. */
export function field(place, label) {
  const literal = label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return place.getByLabel(new RegExp(`^${literal}( · |$)`));
}

/** The access token of a member of staff. */
export async function staffToken(server, email, password) {
  const { signInStaff } = await run(
    server,
    "mutation ($input: SignInStaffInput!) { signInStaff(input: $input) { session { accessToken } userErrors { code } } }",
    { input: { email, password } },
  );
  assert.deepEqual(signInStaff.userErrors, []);
  return signInStaff.session.accessToken;
}

/** Brings a sheet of nominees into a campaign, as a program of the organisers does. */
export async function importNominees(server, token, { organisationId, campaignId, sheet }) {
  const bytes = Buffer.from(sheet);
  const ask = (document, input) => run(server, document, { input }, token);
  const { createUpload } = await ask(
    "mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url } userErrors { code } } }",
    { organisationId, purpose: "SHEET", bytes: bytes.length },
  );
  const { id: uploadId, url } = createUpload.upload;
  const sent = await fetch(new URL(new URL(url, server.origin).pathname, server.origin), { method: "PUT", body: bytes });
  assert.equal(sent.status, 204);
  const { createImport } = await ask(
    "mutation ($input: CreateImportInput!) { createImport(input: $input) { import { id } userErrors { code } } }",
    { campaignId, kind: "NOMINEES", uploadId, idempotencyKey: randomUUID() },
  );
  const { id } = createImport.import;
  const read = async () => {
    const query = "query ($id: ID!) { node(id: $id) { ... on Import { status editRevision faulty } } }";
    const { node } = await run(server, query, { id }, token);
    return node.status === "CHECKED" && node;
  };
  const { editRevision, faulty } = await eventually(read, "the sheet to be read");
  assert.equal(faulty, 0);
  const { applyImport } = await ask(
    "mutation ($input: ApplyImportInput!) { applyImport(input: $input) { import { status } userErrors { code } } }",
    { importId: id, expectedRevision: editRevision },
  );
  assert.deepEqual(applyImport.userErrors, []);
}
