import { RowWriter } from "../src/rows/row-writer.ts";
import type { ManifestField } from "../src/summary/shard-summary.ts";
import type { Row } from "./arbitrary-rows.ts";

/** Encodes samples as the rows of a shard: row `n` has key `k<n>`, offset `512 + 1000 n`, size `n`, and 32 bytes `n` as hash. */
export async function rowFile(
  samples: readonly Row[],
  fields: readonly ManifestField[],
  hashes = false,
): Promise<Uint8Array> {
  const writer = new RowWriter(fields, hashes);
  for (const [n, sample] of samples.entries()) {
    writer.add({
      key: `k${n}`,
      offset: 512 + 1000 * n,
      size: n,
      sample,
      ...(hashes && { sha256: new Uint8Array(32).fill(n) }),
    });
  }
  return writer.finish();
}
