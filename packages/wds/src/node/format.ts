import type { ShardFormat } from "@atdata/core";
import { type WdsOptions, wdsFormat } from "../wds-format.ts";
import { gunzip, unzstd } from "./decompress.ts";

/**
 * Gives the WebDataset format as the root entry does, with the decompressors of `node:zlib`: several times as fast, and gzip files of
 * several members are read on every version.
 *
 * @example
 * ```ts
 * import { wds } from "@atdata/wds/node";
 * wds().name; // -> "wds"
 * ```
 */
export function wds(options: WdsOptions = {}): ShardFormat {
  return wdsFormat(options, { gzip: gunzip, zstd: unzstd });
}
