import { type ShardInfo, type StoredShard, walkShard } from "@atdata/core";
import { placeless, type ScanInput, type ScanListener } from "./scan-shard.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Walks the headers of a shard, by range reads that jump over payloads where the source can: keys and places, no samples and no hashes.
 *
 * @returns What is known of the shard without reading it: its length where the source tells it, its checksum where it is recorded.
 * @throws AtdataError `UNSUPPORTED` – the shard is compressed, or its source has no ranges; `SHARD_TRUNCATED`, `SHARD_CORRUPT`, or what
 *   the source says.
 */
export async function walkHeaders(
  { source, format, signal }: ScanInput,
  shard: ShardInfo,
  listener: ScanListener,
): Promise<Partial<StoredShard>> {
  const { url, sha256 } = shard;
  for await (const { ranged, ...place } of walkShard({ source, format, shards: [shard] }, 0, signal)) {
    if (!ranged) throw placeless(url);
    listener.sample({ ...place, sample: undefined, payload: NO_BYTES });
  }
  const bytes = (await source.size?.(url, { signal })) ?? shard.bytes;
  return { url, ...(bytes !== undefined && { bytes }), ...(sha256 !== undefined && { sha256 }) };
}
