import { type CallOptions, isAtdataError } from "@atdata/core";
import type { RepoReader, RepoRecord } from "../client/repo-client.ts";
import type { Collection } from "../lexicon/collections.ts";
import { inOrder } from "./record-order.ts";
import type { RepoAccess } from "./repo-access.ts";

/** A collection of an account, and what its records stand for. */
export interface Shelf<T> {
  /** The collection. */
  readonly collection: Collection;
  /** Reads a record. */
  read(record: RepoRecord, reader: RepoReader): T;
}

/** Gives the records of a collection, in the order of putting. */
export async function recordsOf(
  access: RepoAccess,
  collection: Collection,
  options: CallOptions,
): Promise<{ readonly reader: RepoReader | undefined; readonly records: readonly RepoRecord[] }> {
  options.signal?.throwIfAborted();
  const reader = await access.reader(options);
  if (reader === undefined) return { reader, records: [] };
  return { reader, records: inOrder(await reader.all(collection, options)) };
}

/** Reads one record; what is given is the caller's own. */
export function readOwn<T>({ read }: Shelf<T>, record: RepoRecord, reader: RepoReader): T {
  return read({ ...record, value: structuredClone(record.value) }, reader);
}

/**
 * Lists what the records of a collection stand for, in the order of putting, of one moment.
 *
 * What cannot be read is passed over: one bad record, which anybody may have put into their repository, hides no others. Who asks
 * for it by its uri or name is told what is wrong.
 */
export async function* listRecords<T>(
  access: RepoAccess,
  shelf: Shelf<T>,
  { name, signal }: CallOptions & { readonly name?: string | undefined },
): AsyncGenerator<T, void, undefined> {
  const { reader, records } = await recordsOf(access, shelf.collection, { signal });
  if (reader === undefined) return;
  for (const record of records) {
    signal?.throwIfAborted();
    if (name !== undefined && record.value.name !== name) continue;
    const item = ifReadable(() => readOwn(shelf, record, reader));
    if (item !== undefined) yield item;
  }
}

/** Gives `undefined` for what cannot be read. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isAtdataError(error)) return undefined;
    throw error;
  }
}
