import { RowWriter } from "../src/rows/row-writer.ts";
import type { ManifestField } from "../src/summary/shard-summary.ts";
import type { Row } from "./arbitrary-rows.ts";

/** Encodes samples as the rows of a shard: row `n` has key `k<n>`, offset `512 + 1000 n` and size `n`. */
export async function rowFile(samples: readonly Row[], fields: readonly ManifestField[]): Promise<Uint8Array> {
  const writer = new RowWriter(fields, false);
  for (const [n, sample] of samples.entries()) {
    writer.add({ key: `k${n}`, offset: 512 + 1000 * n, size: n, sample });
  }
  return writer.finish();
}
