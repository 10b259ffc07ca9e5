import { AtdataError, type CallOptions, isAtdataError } from "@atdata/core";
import type { JsonRecord, RecordWrite, RepoRecord, RepoState, RepoWriter } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import type { BlobUploads } from "./blob-uploads.ts";
import { fileKey, fileName } from "./blob-urls.ts";
import { fileToRecord, type StoredFile, tryFileFromRecord } from "./file-record.ts";

/** As many records go into one commit of a repository. */
export const MOST_WRITES = 200;

const collection = COLLECTIONS.file;

/** Writes and removes the records that make blobs files with a name. */
export class FileRecords {
  readonly #repo: RepoWriter;
  readonly #uploads: BlobUploads;

  /** Writes nothing yet. */
  constructor(repo: RepoWriter, uploads: BlobUploads) {
    this.#repo = repo;
    this.#uploads = uploads;
  }

  /** Makes a file of this name if there is none; tells whether it did. */
  create(file: StoredFile, options?: CallOptions): Promise<boolean> {
    const [rkey, value] = [fileKey(file.name), fileToRecord(file)];
    return this.#sendingAgain([file], options, () =>
      this.#repo.transact(async (state) => {
        const found = await findRecord(state, rkey);
        const writes = found === undefined ? [create(rkey, value)] : [];
        // What is there may be our own: then the answer was lost.
        const made = found === undefined || isSame(found, value);
        return { writes, result: () => made };
      }, options),
    );
  }

  /** Makes files whose names nobody else uses. */
  async add(files: readonly StoredFile[], options?: CallOptions): Promise<void> {
    for (const some of batches(files)) {
      const records = some.map((file) => [fileKey(file.name), fileToRecord(file)] as const);
      await this.#sendingAgain(some, options, () =>
        this.#repo.transact(async (state) => {
          const there = await keysOf(state);
          const left = records.filter(([rkey]) => !there.has(rkey));
          return { writes: left.map(([rkey, value]) => create(rkey, value)), result: () => undefined };
        }, options),
      );
    }
  }

  /**
   * Makes `last` and, in the same commit, `files`, whose names nobody else uses.
   *
   * @param replaced - Looks at the file that is there by the name of `last`, and tells the names of those that go with it;
   * throws when it must stay. What has no room in the same commit is removed after it.
   */
  async commit(
    files: readonly StoredFile[],
    last: StoredFile,
    replaced: (old: RepoRecord) => Promise<readonly string[]>,
    options?: CallOptions,
  ): Promise<void> {
    const [rkey, value] = [fileKey(last.name), fileToRecord(last)];
    const records = files.map((file) => [fileKey(file.name), fileToRecord(file)] as const);
    let [gone, left]: [string[], string[]] = [[], []];
    await this.#sendingAgain([...files, last], options, () =>
      this.#repo.transact(async (state) => {
        const there = await recordsOf(state);
        const old = there.get(rkey);
        // What is there may be our own: then the answer was lost.
        if (old !== undefined && isSame(old, value)) return { writes: [], result: () => undefined };
        const names = new Set(old === undefined ? [] : await replaced(old));
        const going = [...there.keys()].filter((key) => names.has(fileName(key) ?? ""));
        const writes = records.map(([key, record]) => create(key, record));
        writes.push({ action: old === undefined ? "create" : "update", collection, rkey, value });
        const room = MOST_WRITES - writes.length;
        writes.push(...going.slice(0, room).map(remove));
        left = going.slice(room);
        gone = [...going, rkey].flatMap((key) => cidOf(there.get(key)) ?? []);
        return { writes, result: () => undefined };
      }, options),
    );
    await this.#uploads.forget(gone);
    // The new file is there; what is left of the old ones is no failure of it.
    await this.#removeKeys(left, undefined).catch(() => 0);
  }

  /** Removes files; tells how many were there. */
  remove(names: readonly string[], options?: CallOptions): Promise<number> {
    return this.#removeKeys(names.map(fileKey), options);
  }

  async #removeKeys(keys: readonly string[], options: CallOptions | undefined): Promise<number> {
    let count = 0;
    for (const some of batches(keys)) {
      const removed = new Map<string, string | undefined>();
      await this.#repo.transact(async (state) => {
        const there = await recordsOf(state);
        const found = some.filter((rkey) => there.has(rkey));
        // One that is gone when this is asked again was removed by an earlier attempt.
        for (const rkey of found) removed.set(rkey, cidOf(there.get(rkey)));
        return { writes: found.map(remove), result: () => undefined };
      }, options);
      await this.#uploads.forget([...removed.values()].flatMap((cid) => cid ?? []));
      count += removed.size;
    }
    return count;
  }

  /** The journal may know of blobs that the PDS has dropped: they are sent again, each once. */
  async #sendingAgain<T>(
    files: readonly StoredFile[],
    options: CallOptions | undefined,
    write: () => Promise<T>,
  ): Promise<T> {
    const left = new Map(files.map((file) => [file.blob.ref.$link, file]));
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!isAtdataError(error, "PDS_FAILED") || error.fields.error !== "BlobNotFound") throw error;
        const cid = /b[a-z2-7]{58}/.exec(error.message)?.[0] ?? "";
        const file = left.get(cid);
        left.delete(cid);
        if (file !== undefined && (await this.#uploads.resend(file, options))) continue;
        // The next run sends all of them.
        if (file === undefined) await this.#uploads.forget(left.keys());
        throw dropped(error);
      }
    }
  }
}

/** Builds the error for a blob that was uploaded, and that the PDS does not have any more. */
function dropped(cause: AtdataError<"PDS_FAILED">): AtdataError {
  const hint = "write it again: what the PDS does not have is sent then";
  return new AtdataError("PDS_FAILED", "the PDS has dropped a blob that was uploaded", cause.fields, { hint, cause });
}

function create(rkey: string, value: JsonRecord): RecordWrite {
  return { action: "create", collection, rkey, value };
}

function remove(rkey: string): RecordWrite {
  return { action: "delete", collection, rkey };
}

function* batches<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += MOST_WRITES) yield items.slice(at, at + MOST_WRITES);
}

async function recordsOf(state: RepoState): Promise<ReadonlyMap<string, RepoRecord>> {
  return new Map((await state.all(collection)).map((record) => [record.rkey, record]));
}

async function keysOf(state: RepoState): Promise<ReadonlySet<string>> {
  return new Set((await state.all(collection)).map(({ rkey }) => rkey));
}

async function findRecord(state: RepoState, key: string): Promise<RepoRecord | undefined> {
  return (await state.all(collection)).find(({ rkey }) => rkey === key);
}

function cidOf(record: RepoRecord | undefined): string | undefined {
  return record && tryFileFromRecord(record)?.blob.ref.$link;
}

/** Each record has a time of its own, so that of two writers of the same bytes each knows which it made. */
function isSame({ value }: RepoRecord, own: JsonRecord): boolean {
  return value.sha256 === own.sha256 && value.createdAt === own.createdAt;
}
