import { AtdataError, type CallOptions, type DataSource, isAtdataError } from "@atdata/core";

/**
 * Reads a sidecar from front to back.
 *
 * @returns `undefined` when there is none, or none that may be read.
 * @throws AtdataError `MANIFEST_INVALID` when it is longer than `limit`; what the source says.
 */
export async function readWhole(
  source: DataSource,
  url: string,
  limit: number,
  options: CallOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const reader = await source.open(url, options);
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > limit) throw new AtdataError("MANIFEST_INVALID", `file is longer than ${limit} bytes`, { url });
      }
    } finally {
      await reader.close();
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  } catch (error) {
    if (isAtdataError(error, "NOT_FOUND", "ACCESS_DENIED")) return undefined;
    throw error;
  }
}
