import { findCounts } from "../dataset/counts.ts";
import { formatDatasetFile } from "../dataset/dataset-file.ts";
import type { DatasetInput } from "../dataset/read-options.ts";
import { Reading } from "../dataset/run.ts";
import { AtdataError } from "../errors.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import type { ShardSink, StoredShard } from "../protocols/data-store.ts";
import { baseName } from "../refs/relative-url.ts";
import { redactUrl } from "../refs/schemes.ts";
import { schemaToLocal } from "../schema/local-form.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { datasetFile } from "../stores/replaced-files.ts";
import type { WriteOptions } from "../write/write-options.ts";
import type { WrittenDataset } from "../write/writer.ts";
import { type CopyNamesInput, namesOfCopy } from "./copy-names.ts";
import { copySidecars } from "./copy-sidecars.ts";

/** What is copied as it is. */
export interface CopyFilesInput extends CopyNamesInput, Pick<WriteOptions, "onProgress" | "metadata"> {
  /** Type of its samples. */
  readonly type: SampleType;
}

const REPORT_BYTES = 1024 * 1024;

/**
 * Copies the bytes of shards and sidecars, under their own names where those are free.
 *
 * @throws AtdataError `CHECKSUM_MISMATCH`, `SHARD_TRUNCATED` – a shard is not what was recorded of it.
 */
export async function copyFiles(copy: CopyFilesInput): Promise<WrittenDataset> {
  const { input, store, signal } = copy;
  signal?.throwIfAborted();
  const counts = await countsOf(input, signal);
  const names = await namesOfCopy(copy);
  const write = await store.begin(names.dataset, { signal });
  try {
    const shards: WrittenDataset["shards"][number][] = [];
    const total = { samples: 0, bytes: 0 };
    for (const [i, shard] of input.shards.entries()) {
      const progress = { ...total, shards: i + 1 };
      const name = names.shards[i] as string;
      const stored = await copyShard(copy, shard, await write.shard(name), (bytes) =>
        copy.onProgress?.({ ...progress, bytes: progress.bytes + bytes }),
      );
      const samples = counts[i] as number;
      shards.push({ ...stored, samples });
      total.samples += samples;
      total.bytes += stored.bytes;
    }
    const sidecars = await copySidecars(copy, shards, write);
    const createdAt = new Date().toISOString();
    const file = formatDatasetFile({
      name: names.dataset,
      schema: schemaToLocal(copy.type, { createdAt }),
      shards: shards.map((shard) => ({ ...shard, url: baseName(shard.url) })),
      ...total,
      createdAt,
      ...(sidecars.length > 0 && { sidecars }),
      metadata: copy.metadata,
    });
    signal?.throwIfAborted();
    await write.commit(file);
    copy.onProgress?.({ ...total, shards: shards.length });
    return { name: names.dataset, url: store.url(datasetFile(names.dataset)), shards, ...total };
  } catch (error) {
    await write.abort();
    throw error;
  }
}

/** A dataset file tells the number of samples, so headers are walked where nobody has noted it. */
async function countsOf(
  input: DatasetInput<unknown>,
  signal: AbortSignal | undefined,
): Promise<readonly (number | undefined)[]> {
  const known = input.shards.map(({ samples }) => samples);
  if (!known.includes(undefined)) return known;
  const reading = new Reading(input);
  return (await findCounts(input, await reading.indexes(signal), reading.tables, signal)) ?? known;
}

async function copyShard(
  { input, signal }: CopyFilesInput,
  shard: ShardInfo,
  sink: ShardSink,
  onBytes: (bytes: number) => void,
): Promise<StoredShard> {
  const reader = await input.source.open(shard.url, { signal, sha256: shard.sha256 });
  let [bytes, reported] = [0, 0];
  try {
    for (;;) {
      signal?.throwIfAborted();
      const chunk = await reader.next();
      if (chunk === undefined) break;
      await sink.write(chunk);
      bytes += chunk.length;
      reader.release?.(chunk);
      if (bytes - reported < REPORT_BYTES) continue;
      reported = bytes;
      onBytes(bytes);
    }
  } finally {
    await reader.close();
  }
  const stored = await sink.close();
  checkCopied(shard, stored);
  return stored;
}

function checkCopied(shard: ShardInfo, stored: StoredShard): void {
  const url = redactUrl(shard.url);
  const hint = "fetch or write the shard again";
  if (shard.bytes !== undefined && stored.bytes < shard.bytes) {
    const clause = `shard ends after ${stored.bytes} of its ${shard.bytes} bytes`;
    throw new AtdataError("SHARD_TRUNCATED", clause, { shard: url, offset: stored.bytes }, { hint });
  }
  if (shard.sha256 === undefined || shard.sha256 === stored.sha256) return;
  const fields = { shard: url, want: shard.sha256, got: stored.sha256 };
  throw new AtdataError("CHECKSUM_MISMATCH", "shard differs from its checksum", fields, { hint });
}
