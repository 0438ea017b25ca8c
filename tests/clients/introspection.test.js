// The schema as tools read it: by the introspection of graphql-js, which nests types deeper than any query.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from "graphql";
import { run } from "./api.js";
import { startServer } from "./server.js";

const print = (schema) => printSchema(lexicographicSortSchema(schema));

test("the introspection of graphql-js gives schema.graphql", async (t) => {
  const server = await startServer(t);
  const everything = {
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    oneOf: true,
  };
  const introspection = await run(server, getIntrospectionQuery(everything));
  const sdl = await readFile(join(import.meta.dirname, "../../schema.graphql"), "utf8");
  assert.equal(print(buildClientSchema(introspection)), print(buildSchema(sdl)));
});
