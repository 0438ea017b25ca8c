// What signals have found, written into the server's SQLite file: real votes would have to be of a day's campaign. The
// server reads it like what its own examination has stored, and examines no campaign that these functions have taken.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";

// Node.js 20 has no SQLite of its own; bytes go to and fro as hexadecimal digits.
const program = `
import json, sqlite3, sys
path, statement, parameters = json.load(sys.stdin)
database = sqlite3.connect(path, timeout=30, isolation_level=None)
values = [bytes.fromhex(one["hex"]) if isinstance(one, dict) else one for one in parameters]
rows = database.execute(statement, values).fetchall()
print(json.dumps([[one.hex() if isinstance(one, bytes) else one for one in row] for row in rows]))
`;

/** Executes a statement on the server's database; gives its rows. */
export function execute(server, statement, parameters = []) {
  const input = JSON.stringify([join(server.folder, "acclaim.db"), statement, parameters]);
  const { status, stdout, stderr } = spawnSync("python3", ["-c", program], { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const bytes = (uuid) => ({ hex: uuid.replaceAll("-", "") });
const uuidOf = (hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The campaign at a slug, with its nominees' ids by number, as signals know them. Nothing else examines it now. */
export function takeCampaign(server, slug) {
  const [[id]] = execute(server, "SELECT id FROM campaign WHERE slug = ?", [slug]);
  const statement = `INSERT INTO signal_examination (campaign_id, leased_until) VALUES (?, '2100-01-01T00:00:00+00:00')
    ON CONFLICT (campaign_id) DO UPDATE SET leased_until = excluded.leased_until`;
  execute(server, statement, [{ hex: id }]);
  const nominees = execute(server, "SELECT number, id FROM nominee WHERE campaign_id = ?", [{ hex: id }]);
  return { server, id: uuidOf(id), nominees: new Map(nominees.map(([number, nominee]) => [number, uuidOf(nominee)])) };
}

/** The last examination of a campaign that was taken. */
export function writeExamination({ server, id }, { from, to, votes, listed = [] }) {
  const usual = { unseen: 0.031, pace: 1.1, equalModels: 0.012 };
  execute(
    server,
    `UPDATE signal_examination SET examined_from = ?, examined_to = ?, votes = ?, usual = ?, listed = ?
     WHERE campaign_id = ?`,
    [from, to, votes, JSON.stringify(usual), JSON.stringify(listed), bytes(id)],
  );
}

/** A case of a campaign that was taken; gives its id. */
export function writeCase({ server, id }, { alarms, foundAt, isCurrent = true }) {
  const caseId = randomUUID();
  execute(
    server,
    `INSERT INTO signal_case (id, campaign_id, state, is_current, alarms, found_at, grown_at)
     VALUES (?, ?, 'OPEN', ?, ?, ?, ?)`,
    [bytes(caseId), bytes(id), Number(isCurrent), JSON.stringify(alarms), foundAt, foundAt],
  );
  return caseId;
}

/** Changes columns of a case as an examination or somebody else does. */
export function changeCase({ server }, caseId, change) {
  const columns = Object.keys(change);
  const statement = `UPDATE signal_case SET ${columns.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`;
  execute(server, statement, [...Object.values(change), bytes(caseId)]);
}

/** An alarm, with what it does not say. */
export const alarm = (parts) => ({
  place: "anywhere",
  rungAt: parts.until,
  points: [],
  findings: [],
  offers: [],
  ...parts,
});

/** An offer of these votes. */
export const offer = (selector) => ({ id: randomUUID(), selector });
