import type { ShardSummary } from "../summary/shard-summary.ts";
import { decodeRollup } from "./decode-rollup.ts";
import { encodeRollup } from "./encode-rollup.ts";

/**
 * Writes a roll-up anew, with other names of shards by the old ones. A shard that is not named stays as it is called.
 *
 * @throws AtdataError what `decodeRollup` throws.
 */
export async function renameRollup(
  bytes: Uint8Array,
  name: string,
  shards: ReadonlyMap<string, string>,
): Promise<Uint8Array> {
  const summaries = await decodeRollup(bytes, name);
  // The properties of a decoded summary are getters, which a spread leaves out.
  return encodeRollup(
    summaries.map(
      ({ url, samples, bytes, sha256, keys, fields }): ShardSummary => ({
        ...{ samples, bytes, sha256, keys, fields },
        url: shards.get(url) ?? url,
      }),
    ),
  );
}
