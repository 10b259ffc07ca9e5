import type { CallOptions, Created, IndexProvider, StoredLensRecord, StoredSchema } from "@atdata/core";
import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { requireCid } from "../client/repo-reader.ts";
import { makeTid } from "../client/tid.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { lensFromRecord, lensToRecord } from "../records/lens-record.ts";
import { schemaFromAtRecord, schemaKey, schemaToAtRecord } from "../records/schema-record.ts";
import { ifReadable, listRecords, readOwn, recordsOf, type Shelf } from "./read-records.ts";
import { inOrder, timeAfter } from "./record-order.ts";
import { keyOf, uriOf } from "./record-uri.ts";
import type { RepoAccess } from "./repo-access.ts";

type Methods<T extends keyof IndexProvider> = Required<Pick<IndexProvider, T>>;

/** What has a name and a version, and stays as it was put first. */
interface Documents<TNew, T> extends Shelf<T> {
  /** How the method is called that creates one. */
  readonly operation: string;
  /** Writes one as a record. */
  write(given: TNew, createdAt: string): JsonRecord;
  /** The key that the record had best have. */
  key(given: TNew): string | undefined;
  /** Tells the version that a record is of. */
  version(record: RepoRecord): unknown;
}

interface Named {
  readonly name: string;
  readonly version: string;
}

/** What a provider does with schemas. */
export function schemaMethods(
  access: RepoAccess,
): Methods<"createSchema" | "getSchema" | "schemaByRef" | "listSchemas"> {
  const documents: Documents<Parameters<IndexProvider["createSchema"]>[0], StoredSchema> = {
    operation: "createSchema",
    collection: COLLECTIONS.schema,
    read: schemaFromAtRecord,
    write: (given, createdAt) => schemaToAtRecord(given, { createdAt }),
    key: ({ name, version }) => schemaKey(name, version),
    version: ({ value }) => value.version,
  };
  return {
    createSchema: (given, options = {}) => create(access, documents, given, options),
    getSchema: (name, version, options = {}) => find(access, documents, { name, version }, options),
    schemaByRef: (ref, options = {}) => byUri(access, documents, ref, options),
    listSchemas: (options = {}) => listRecords(access, documents, options),
  };
}

/** What a provider does with lenses. */
export function lensMethods(access: RepoAccess): Methods<"createLens" | "getLens" | "lensByRef" | "listLenses"> {
  const documents: Documents<StoredLensRecord, StoredLensRecord> = {
    operation: "createLens",
    collection: COLLECTIONS.lens,
    read: lensFromRecord,
    write: (given, createdAt) => lensToRecord(given, { createdAt }),
    key: () => undefined,
    version: (record) => lensFromRecord(record).version,
  };
  return {
    createLens: (given, options = {}) => create(access, documents, given, options),
    getLens: (name, version, options = {}) => find(access, documents, { name, version }, options),
    lensByRef: (ref, options = {}) => byUri(access, documents, ref, options),
    listLenses: (options = {}) => listRecords(access, documents, options),
  };
}

async function create<TNew extends Named, T>(
  access: RepoAccess,
  documents: Documents<TNew, T>,
  given: TNew,
  options: CallOptions,
): Promise<Created<T>> {
  const { operation, collection } = documents;
  options.signal?.throwIfAborted();
  const repo = await access.writer(operation, options);
  const document = structuredClone(given);
  const newKey = makeTid();
  let planned: JsonRecord | undefined;
  return repo.transact<Created<T>>(async (state) => {
    const all = await state.all(collection);
    const held = firstOf(documents, inOrder(all), document);
    if (held !== undefined) {
      // It was not there when this was planned: then the answer was lost after it had been written.
      const created = planned !== undefined && textOf(held.value) === textOf(planned);
      return { writes: [], result: () => ({ created, held: readOwn(documents, held, repo) }) };
    }
    const value = documents.write(document, timeAfter(all));
    planned = value;
    const key = documents.key(document);
    const rkey = key === undefined || all.some((record) => record.rkey === key) ? newKey : key;
    const uri = uriOf(repo.identity, collection, rkey);
    const result = (cids: ReadonlyMap<string, string>): Created<T> => {
      const record = { uri, rkey, cid: cids.get(`${collection}/${rkey}`) ?? "", value };
      return { created: true, held: readOwn(documents, record, repo) };
    };
    return { writes: [{ action: "create", collection, rkey, value }], result };
  }, options);
}

async function find<TNew, T>(
  access: RepoAccess,
  documents: Documents<TNew, T>,
  named: Named,
  options: CallOptions,
): Promise<T | undefined> {
  const { reader, records } = await recordsOf(access, documents.collection, options);
  const record = firstOf(documents, records, named);
  if (reader === undefined || record === undefined) return undefined;
  // Listings are not hashed; what a name leads to is.
  await requireCid(record, reader.identity.did, documents.collection);
  return readOwn(documents, record, reader);
}

async function byUri<TNew, T>(
  access: RepoAccess,
  documents: Documents<TNew, T>,
  uri: string,
  options: CallOptions,
): Promise<T | undefined> {
  options.signal?.throwIfAborted();
  const { collection } = documents;
  const reader = await access.reader(options);
  const rkey = reader && keyOf(reader.identity, uri, collection);
  const record = rkey === undefined ? undefined : await reader?.get(collection, rkey, options);
  return reader && record && readOwn(documents, record, reader);
}

/** Finds the record that was put first under a name and version; Python puts more than one. */
function firstOf<TNew, T>(
  { version }: Documents<TNew, T>,
  records: readonly RepoRecord[],
  named: Named,
): RepoRecord | undefined {
  return records.find(
    (record) => record.value.name === named.name && ifReadable(() => version(record)) === named.version,
  );
}

/** A text that two records share whose values are the same: maps come back in another order. */
function textOf(value: JsonRecord): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
