// Writes lib/documents.js, the documents of documents.graphql with their SHA-256, by which the server knows them (the
// phone has nothing that hashes), and documents.json, these and the client's own as a manifest for
// ACCLAIM_DOCUMENTS=trusted.
// `--check` compares instead.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, print, separateOperations, stripIgnoredCharacters, validate } from "graphql";

const root = import.meta.dirname;
const schema = buildSchema(readFileSync(join(root, "../../schema.graphql"), "utf8"));

function operationsOf(path) {
  const document = parse(readFileSync(join(root, path), "utf8"));
  const errors = validate(schema, document);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  return Object.entries(separateOperations(document)).map(([name, separate]) => {
    const body = stripIgnoredCharacters(print(separate));
    const { operation: type } = separate.definitions.find((definition) => definition.kind === "OperationDefinition");
    return { id: createHash("sha256").update(body).digest("hex"), name, type, body };
  });
}

const own = operationsOf("documents.graphql");
const operations = [...operationsOf("../../clients/typescript/src/operations.graphql"), ...own];

const entries = own.map(({ id, name, body }) => `  ${name}: {\n    id: '${id}',\n    text: ${JSON.stringify(body)},\n  },\n`);
const files = {
  "lib/documents.js": `// Written by documents.mjs from documents.graphql.\nmodule.exports = {\n${entries.join("")}};\n`,
  "documents.json": `${JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations }, null, 2)}\n`,
};
for (const [name, text] of Object.entries(files)) {
  if (!process.argv.includes("--check")) writeFileSync(join(root, name), text);
  else if (readFileSync(join(root, name), "utf8") !== text) {
    console.error(`examples/miniprogram/${name} is not what documents.graphql makes: npm run documents`);
    process.exitCode = 1;
  }
}
