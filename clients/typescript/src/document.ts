// Documents with the types of their results and variables.

/** The types of a document, as GraphQL Code Generator marks them (`DocumentTypeDecoration`). */
export interface Typed<Result, Variables> {
  /** Never there: carries the types. */
  __apiType?: (variables: Variables) => Result;
}

/** A document with its SHA-256, by which the server knows it. */
export interface Operation<Result, Variables> extends Typed<Result, Variables> {
  id: string;
  text: string;
}

/**
 * A document as GraphQL Code Generator writes it with `documentMode: "string"`, with its hash where it was told to
 * (`persistedDocuments: { hashAlgorithm: "sha256" }`), or just a text.
 */
export interface DocumentText<Result, Variables> extends Typed<Result, Variables> {
  toString(): string;
  __meta__?: Record<string, unknown> | undefined;
}

/** A document in each form that is executed. */
export type Document<Result, Variables> = Operation<Result, Variables> | DocumentText<Result, Variables>;

/** The text of a document, and its hash where it is known. */
export function partsOf(document: Document<any, any>): { id: string | undefined; text: string } {
  if ("text" in Object(document)) return document as Operation<unknown, unknown>;
  const hash = (document as DocumentText<unknown, unknown>).__meta__?.["hash"];
  return { id: typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined, text: String(document) };
}
