// GraphQL over HTTP, as the specification's own audit sees it: one test for each audit, whose name says how much it
// binds.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { serverAudits } from "graphql-http";
import { startServer } from "./server.js";

const server = await startServer({ after });

describe("graphql-http: audits", () => {
  for (const audit of serverAudits({ url: server.url, fetchFn: fetch })) {
    test(`${audit.id} ${audit.name}`, async (t) => {
      const result = await audit.fn();
      // Where a body is left unread its connection stays open.
      await result.response?.body?.cancel().catch(() => {});
      if (audit.name.startsWith("MAY")) {
        t.diagnostic(`${result.status} ${result.reason ?? ""}`);
      } else {
        assert.equal(result.status, "ok", result.reason);
      }
    });
  }
});
