// Writes the types and hashes of the operations as schema.graphql has them.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import { Kind, buildSchema, parse, print, separateOperations, stripIgnoredCharacters, validate } from "graphql";

/**
 * Writes an `operations.ts` beside the `operations.graphql` of each folder; gives a manifest of all documents in the
 * form of Apollo's generate-persisted-query-manifest. `moduleOf` gives the module from which a folder
 * has the type `Operation`.
 */
export async function generate(schemaPath, folders, moduleOf) {
  const schemaText = await readFile(schemaPath, "utf8");
  const documents = [];
  for (const folder of folders) {
    const document = parse(await readFile(join(folder, "operations.graphql"), "utf8"));
    const errors = validate(buildSchema(schemaText), document);
    if (errors.length > 0) throw new Error(errors.join("\n"));
    const found = documentsOf(document);
    const text = [heading(moduleOf(folder)), await typesOf(parse(schemaText), document), ...found.map(constantOf)].join("\n");
    await writeFile(join(folder, "operations.ts"), text);
    documents.push(...found);
  }
  const manifest = { format: "apollo-persisted-query-manifest", version: 1, operations: documents };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The documents of a file, one for each operation, each with the SHA-256 of its text. */
function documentsOf(document) {
  return Object.entries(separateOperations(document)).map(([name, separate]) => {
    const body = stripIgnoredCharacters(print(separate));
    const { operation: type } = separate.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return { id: createHash("sha256").update(body).digest("hex"), name, type, body };
  });
}

/** The types of results and variables. */
function typesOf(schema, document) {
  const options = {
    onlyOperationTypes: true,
    disableDescriptions: true,
    enumsAsTypes: true,
    skipTypename: true,
    useTypeImports: true,
    avoidOptionals: { field: true },
    scalars: { DateTime: "string", Long: "number", UUID: "string" },
  };
  return codegen({
    schema,
    documents: [{ location: "operations.graphql", document }],
    filename: "operations.ts",
    config: options,
    plugins: [{ typescript: {} }, { operations: {} }],
    pluginMap: { typescript, operations },
  });
}

function heading(module) {
  return `// Written by web/operations.js from operations.graphql and schema.graphql.
import type { Operation } from "${module}";
`;
}

function constantOf({ id, name, type, body }) {
  const result = `${name}${type[0].toUpperCase()}${type.slice(1)}`;
  return `export const ${name}: Operation<${result}, ${result}Variables> = {
  id: "${id}",
  text: ${JSON.stringify(body)},
};
`;
}
