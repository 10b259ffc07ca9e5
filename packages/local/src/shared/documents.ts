import { type CallOptions, type Created, type IndexProvider, type ListOptions, localSchemaRef } from "@atdata/core";

/** A schema or a lens: JSON under a name and a version. */
export interface StoredDocument {
  readonly name: string;
  readonly version: string;
  readonly json: unknown;
}

/** What a server does with schemas, or with lenses. */
export interface Documents {
  create(document: StoredDocument, options?: CallOptions): Promise<Created<StoredDocument>>;
  get(name: string, version: string, options?: CallOptions): Promise<StoredDocument | undefined>;
  list(options?: ListOptions): AsyncGenerator<StoredDocument, void, undefined>;
}

type DocumentCalls = Pick<
  IndexProvider,
  "createSchema" | "getSchema" | "listSchemas" | "createLens" | "getLens" | "listLenses"
>;

/** Builds the calls of a provider for schemas and lenses: only schemas have a ref. */
export function documentCalls(schemas: Documents, lenses: Documents): DocumentCalls {
  return {
    async createSchema(schema, options) {
      const { created, held } = await schemas.create(schema, options);
      return { created, held: withRef(held) };
    },
    async getSchema(name, version, options) {
      const schema = await schemas.get(name, version, options);
      return schema && withRef(schema);
    },
    async *listSchemas(options) {
      for await (const schema of schemas.list(options)) yield withRef(schema);
    },
    createLens: (lens, options) => lenses.create(lens, options),
    getLens: (name, version, options) => lenses.get(name, version, options),
    listLenses: (options) => lenses.list(options),
  };
}

function withRef(schema: StoredDocument): StoredDocument & { readonly ref: string } {
  return { ...schema, ref: localSchemaRef(schema.name, schema.version) };
}
