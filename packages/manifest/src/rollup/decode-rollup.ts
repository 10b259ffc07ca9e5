import type { ShardSummary } from "../summary/shard-summary.ts";

/**
 * Decodes a roll-up. Its summaries read from its columns when they are asked, so that pruning pays only for what it looks at.
 *
 * Urls of shards are resolved beside `url`. Copies: no; the summaries keep the decoded columns alive.
 *
 * @throws AtdataError `FORMAT_INVALID`, or `FORMAT_TOO_NEW` when its major version is a newer one.
 */
export async function decodeRollup(bytes: Uint8Array, url: string): Promise<readonly ShardSummary[]> {
  throw new Error(`${bytes.length} bytes of ${url}: to come`);
}
