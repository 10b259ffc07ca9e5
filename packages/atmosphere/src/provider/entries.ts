import type { IndexProvider } from "@atdata/core";
import type { RepoReader, RepoRecord } from "../client/repo-client.ts";
import { requireCid } from "../client/repo-reader.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { labelPut } from "./labels.ts";
import { type EntrySettings, entryPut, readEntry, recordOfContent } from "./put-entry.ts";
import { listRecords, recordsOf, type Shelf } from "./read-records.ts";
import { keyOf } from "./record-uri.ts";
import type { RepoAccess } from "./repo-access.ts";

type EntryMethods = Pick<
  IndexProvider,
  "putEntry" | "getEntry" | "latestEntry" | "listEntries" | "deleteEntry" | "putLabelled"
>;

/** A content id stands for whatever entry has that content. */
const CONTENT_ID = /^baf[a-z2-7]{56}$/;

/** What a provider does with entries. */
export function entryMethods(
  access: RepoAccess,
  settings: EntrySettings,
): EntryMethods & Required<Pick<EntryMethods, "putLabelled">> {
  const { entry: collection } = COLLECTIONS;
  const shelf: Shelf<ReturnType<typeof readEntry>> = { collection, read: (record) => readEntry(record, settings) };
  return {
    async putEntry(given, options = {}) {
      options.signal?.throwIfAborted();
      const repo = await access.writer("putEntry", options);
      const put = entryPut(repo.identity, given, settings);
      return repo.transact(async (state) => {
        const { write, held } = await put(state);
        return { writes: [write], result: held };
      }, options);
    },
    async putLabelled(given, label, { expect, signal } = {}) {
      signal?.throwIfAborted();
      const repo = await access.writer("putLabelled", { signal });
      const put = entryPut(repo.identity, given, settings);
      const labelled = labelPut(repo.identity, label, expect);
      return repo.transact(
        async (state) => {
          const { write, held, id } = await put(state);
          const labels = await labelled(state, id);
          if (labels === undefined) return { writes: [], result: () => undefined };
          return { writes: [write, labels], result: held };
        },
        { signal },
      );
    },
    async getEntry(id, options = {}) {
      options.signal?.throwIfAborted();
      if (CONTENT_ID.test(id)) {
        const { reader, records } = await recordsOf(access, collection, options);
        const found = recordOfContent(records, id);
        return found && checkedEntry(found, reader, settings);
      }
      const reader = await access.reader(options);
      const rkey = reader && keyOf(reader.identity, id, collection);
      const record = rkey === undefined ? undefined : await reader?.get(collection, rkey, options);
      return record && readEntry(record, settings);
    },
    async latestEntry(name, options = {}) {
      const { reader, records } = await recordsOf(access, collection, options);
      const latest = records.filter(({ value }) => value.name === name).at(-1);
      return latest && checkedEntry(latest, reader, settings);
    },
    listEntries: (options = {}) => listRecords(access, shelf, options),
    async deleteEntry(id, options = {}) {
      options.signal?.throwIfAborted();
      const repo = await access.writer("deleteEntry", options);
      const rkey = keyOf(repo.identity, id, collection);
      if (rkey === undefined) return false;
      let asked = false;
      return repo.transact(async (state) => {
        const there = (await state.all(collection)).some((record) => record.rkey === rkey);
        // Gone since it was asked before: the answer to that was lost.
        const result = there || asked;
        asked ||= there;
        return { writes: there ? [{ action: "delete", collection, rkey }] : [], result: () => result };
      }, options);
    },
  };
}

/** Listings are not hashed; what a name leads to is. */
async function checkedEntry(
  record: RepoRecord,
  reader: RepoReader | undefined,
  settings: EntrySettings,
): Promise<ReturnType<typeof readEntry>> {
  if (reader !== undefined) await requireCid(record, reader.identity.did, COLLECTIONS.entry);
  return readEntry(record, settings);
}
