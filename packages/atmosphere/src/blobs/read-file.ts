import { type CallOptions, type DataSource, isAtdataError } from "@atdata/core";

/** Reads a file whole; `undefined` where there is none. */
export async function readFile(
  source: DataSource,
  url: string,
  options: CallOptions | undefined,
): Promise<Uint8Array | undefined> {
  try {
    const size = await source.size?.(url, options);
    return size === undefined ? undefined : await source.read?.(url, 0, size, options);
  } catch (error) {
    if (isAtdataError(error, "NOT_FOUND")) return undefined;
    throw error;
  }
}
