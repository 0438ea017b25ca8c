// Writes the types and hashes of the operations: what they ask for and what comes back, as schema.graphql has it.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import { Kind, buildSchema, parse, print, separateOperations, stripIgnoredCharacters, validate } from "graphql";

/**
 * Writes `operations.ts` into the folder of `operations.graphql`; gives a manifest of the documents in the form of
 * Apollo's generate-persisted-query-manifest.
 */
export async function generate(schemaPath, folder) {
  const schema = parse(await readFile(schemaPath, "utf8"));
  const document = parse(await readFile(join(folder, "operations.graphql"), "utf8"));
  const built = buildSchema(await readFile(schemaPath, "utf8"));
  const errors = validate(built, document);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  const options = {
    onlyOperationTypes: true,
    enumsAsTypes: true,
    skipTypename: true,
    useTypeImports: true,
    avoidOptionals: { field: true },
    scalars: { DateTime: "string", Long: "number", UUID: "string" },
  };
  const types = await codegen({
    schema,
    documents: [{ location: "operations.graphql", document }],
    filename: "operations.ts",
    config: options,
    plugins: [{ typescript: {} }, { operations: {} }],
    pluginMap: { typescript, operations },
  });
  const documents = Object.entries(separateOperations(document)).map(([name, separate]) => {
    const body = stripIgnoredCharacters(print(separate));
    const { operation: type } = separate.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return { id: createHash("sha256").update(body).digest("hex"), name, type, body };
  });
  const constants = documents.map(({ id, name, type, body }) => {
    const result = `${name}${type[0].toUpperCase()}${type.slice(1)}`;
    return `export const ${name}: Operation<${result}, ${result}Variables> = {
  id: "${id}",
  text: ${JSON.stringify(body)},
};
`;
  });
  const heading = `// Written by operations.js from operations.graphql and schema.graphql.

/** A document with its SHA-256, by which the server knows it; what it answers and takes. */
export interface Operation<Result, Variables> {
  id: string;
  text: string;
  /** Never there: carries the types. */
  types?: (variables: Variables) => Result;
}

`;
  await writeFile(join(folder, "operations.ts"), `${heading}${types}\n${constants.join("\n")}`);
  const manifest = { format: "apollo-persisted-query-manifest", version: 1, operations: documents };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
