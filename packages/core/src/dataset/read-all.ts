import { AtdataError } from "../errors.ts";
import { concatBytes } from "../internal/concat.ts";
import type { CallOptions, DataSource } from "../protocols/data-source.ts";

/**
 * Reads a small file whole.
 *
 * @throws AtdataError `FORMAT_INVALID` when it is longer than `limit`, or what the source says.
 */
export async function readAll(
  source: DataSource,
  url: string,
  limit: number,
  options: CallOptions,
): Promise<Uint8Array> {
  const reader = await source.open(url, options);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const chunk = await reader.next();
      if (chunk === undefined) break;
      length += chunk.length;
      if (length > limit) {
        throw new AtdataError("FORMAT_INVALID", `file is longer than ${limit} bytes`, {
          format: "dataset file",
          url,
        });
      }
      chunks.push(chunk);
    }
  } finally {
    await reader.close();
  }
  return concatBytes(chunks);
}
