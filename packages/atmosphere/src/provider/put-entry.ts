import { contentId, type IndexEntry, type NewEntry } from "@atdata/core";
import type { LearnedBlob } from "../blobs/recent-blobs.ts";
import type { JsonRecord, RecordWrite, RepoRecord, RepoState } from "../client/repo-client.ts";
import { makeTid } from "../client/tid.ts";
import type { Identity } from "../identity/identity.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { entryFromRecord } from "../records/entry-from-record.ts";
import { entryToRecord } from "../records/entry-to-record.ts";
import type { PublicBucket } from "../records/public-bucket.ts";
import { publishedFiles } from "./published-files.ts";
import { ifReadable } from "./read-records.ts";
import { timeAfter } from "./record-order.ts";
import { uriOf } from "./record-uri.ts";

/** What entries are written and read with. */
export interface EntrySettings {
  /** Buckets that everybody can read, by name. */
  readonly publicBuckets?: Readonly<Record<string, PublicBucket>> | undefined;
  /** Hosts that entries may name though they look private. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Is told which blobs the urls of entries that were read stand for. */
  learn(url: string, blob: LearnedBlob): void;
}

/** An entry that is about to be written. */
export interface EntryWrite {
  readonly write: RecordWrite;
  /** Its uri. */
  readonly id: string;
  /** Gives it as it is held then. */
  held(cids: ReadonlyMap<string, string>): IndexEntry;
}

/** Prepares putting an entry: what is given looks for one of the same content, whose record it replaces, each time it is asked. */
export function entryPut(
  identity: Identity,
  given: NewEntry,
  settings: EntrySettings,
): (state: RepoState) => Promise<EntryWrite> {
  const { entry: collection } = COLLECTIONS;
  // The same whenever it is asked, so that what it wrote is found when the answer was lost.
  const newKey = makeTid();
  const entry = structuredClone(given);
  return async (state) => {
    const all = await state.all(collection);
    const files = await publishedFiles(identity, state, entry.dataUrls);
    const { publicBuckets, allowHosts } = settings;
    const value = entryToRecord(entry, { createdAt: timeAfter(all), files, publicBuckets, allowHosts });
    const found = recordOfContent(all, contentOf(value, uriOf(identity, collection, newKey)));
    const rkey = found?.rkey ?? newKey;
    const uri = uriOf(identity, collection, rkey);
    return {
      write: { action: found === undefined ? "create" : "update", collection, rkey, value },
      id: uri,
      held: (cids) => readEntry({ uri, rkey, cid: cids.get(`${collection}/${rkey}`) ?? "", value }, settings),
    };
  };
}

/** Reads an entry, and tells which blobs its urls stand for. */
export function readEntry(record: RepoRecord, { learn }: EntrySettings): IndexEntry {
  const { entry, blobs } = entryFromRecord(record);
  for (const [url, blob] of blobs) learn(url, blob);
  return entry;
}

/** Finds the record of an entry by the content id of what is read from it. */
export function recordOfContent(records: readonly RepoRecord[], content: string | undefined): RepoRecord | undefined {
  if (content === undefined) return undefined;
  return records.find(({ value, uri }) => contentOf(value, uri) === content);
}

const contents = new WeakMap<JsonRecord, string>();

function contentOf(value: JsonRecord, uri: string): string | undefined {
  const known = contents.get(value);
  if (known !== undefined) return known === "" ? undefined : known;
  const content = ifReadable(() => contentId(entryFromRecord({ uri, cid: "", rkey: "", value }).entry));
  contents.set(value, content ?? "");
  return content;
}
