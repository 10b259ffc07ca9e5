import { basename, dirname } from "node:path";
import {
  AtdataError,
  type EntryOptions,
  entryDetails,
  isAtdataError,
  type RawSample,
  redactUrl,
  type SampleType,
  type WriteOptions,
  writeSamples,
} from "@atdata/core";
import { fileStore } from "@atdata/core/node";
import { shardNames, wds } from "@atdata/wds/node";
import { isIndexRef, openUserIndex, type Session } from "./open.ts";
import type { WritableInput } from "./write-input.ts";

/** What was written. */
export interface WrittenFacts {
  /** Url of the `dataset.json`; of a dataset of an index its reference instead, and its id. */
  readonly url?: string;
  readonly ref?: string;
  readonly id?: string;
  readonly samples: number;
  readonly bytes: number;
  readonly shards: number;
}

/** Writes an input as a dataset: at a path, or into a repository by its name. */
export async function writeDataset(
  target: string,
  type: SampleType<RawSample>,
  input: WritableInput,
  options: WriteOptions & EntryOptions,
  session: Session,
): Promise<WrittenFacts> {
  try {
    const write = isIndexRef(target) ? writeEntry : writeFiles;
    return await write(target, type, input, options, session);
  } catch (error) {
    existingHint(input.explain(error));
  }
}

async function writeFiles(
  target: string,
  type: SampleType<RawSample>,
  { samples, key }: WritableInput,
  { description, tags = [], license, ...options }: WriteOptions & EntryOptions,
): Promise<WrittenFacts> {
  if (description !== undefined || license !== undefined || tags.length > 0) {
    const hint = "write into a repository, @repo/name";
    const clause = "description, tags and licence are kept by an index";
    throw new AtdataError("UNSUPPORTED", clause, { operation: "write" }, { hint });
  }
  const path = /\.[^./\\]+$/.test(target) ? target : `${target}.tar`;
  const place = { store: fileStore(dirname(path)), format: wds(), names: shardNames(basename(path)) };
  const written = await writeSamples({ ...options, ...place, type }, samples, key);
  const { samples: count, bytes, shards, url } = written;
  return { url: redactUrl(url), samples: count, bytes, shards: shards.length };
}

async function writeEntry(
  target: string,
  type: SampleType<RawSample>,
  { samples, key }: WritableInput,
  options: WriteOptions & EntryOptions,
  session: Session,
): Promise<WrittenFacts> {
  const index = await openUserIndex(session);
  const entry = await index.write(target, type, samples, { ...options, key });
  const { shards, samples: count = 0, bytes = 0 } = entryDetails(entry);
  return { ref: `@${entry.repo}/${entry.name}`, id: entry.id, samples: count, bytes, shards: shards.length };
}

/** Throws on; the library's hint about a name that is taken names an option of its own. */
export function existingHint(error: unknown): never {
  if (!isAtdataError(error, "DATASET_EXISTS")) throw error;
  const { clause, fields } = error;
  throw new AtdataError(error.code, clause, fields, {
    hint: "another name, or --overwrite to replace it",
    cause: error,
  });
}
