import type { ShardFormat } from "@atdata/core";
import { gunzip } from "./decompress/web.ts";
import { unzstd } from "./decompress/zstd/unzstd.ts";
import { type WdsOptions, wdsFormat } from "./wds-format.ts";

/**
 * Gives the WebDataset format: one tar archive a shard, one member `<key>.msgpack` a sample.
 *
 * Plain WebDatasets, with several files a sample, are read too, and shards that are compressed: gzip through the platform's
 * `DecompressionStream`, zstd by this package's own decoder, bzip2 and xz through `decompress`. Shards are written plain.
 *
 * @example
 * ```ts
 * import { wds } from "@atdata/wds";
 * wds().matches("train-000000.tar.zst"); // -> true
 * ```
 */
export function wds(options: WdsOptions = {}): ShardFormat {
  return wdsFormat(options, { gzip: gunzip, zstd: unzstd });
}
