import { AtdataError } from "../errors.ts";
import { createHasher, type Hasher } from "../hasher.ts";
import type { ByteReader, ShardInfo } from "../protocols/data-source.ts";
import type { DatasetInput } from "./read-options.ts";

/** Opens the bytes of a shard: checked against their sha256 where that is asked for, and without compression. */
export async function openShard(
  input: DatasetInput<unknown>,
  shard: ShardInfo,
  signal: AbortSignal | undefined,
): Promise<ByteReader> {
  const { source, format } = input;
  const bytes = await source.open(shard.url, { signal });
  const verify = input.verify ?? "auto";
  const wanted = verify === true || (verify === "auto" && !source.capabilities.local);
  const checked =
    wanted && shard.sha256 !== undefined
      ? hashed(bytes, shard.url, shard.sha256, (input.createHasher ?? createHasher)())
      : bytes;
  if (format.unwrap === undefined) return checked;
  try {
    return await format.unwrap(checked, shard.url);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

/** Compares the sum at the end of the bytes, which somebody must therefore reach. */
function hashed(inner: ByteReader, shard: string, want: string, hasher: Hasher): ByteReader {
  let done = false;
  return {
    async next() {
      const chunk = await inner.next();
      if (chunk !== undefined) {
        hasher.update(chunk);
        return chunk;
      }
      if (done) return undefined;
      done = true;
      const got = hasher.hex();
      if (got === want.toLowerCase()) return undefined;
      const hint = "fetch the shard again; its samples are not to be trusted";
      throw new AtdataError("CHECKSUM_MISMATCH", "shard differs from its checksum", { shard, want, got }, { hint });
    },
    release: (chunk) => inner.release?.(chunk),
    prefer: (length) => inner.prefer?.(length),
    close: () => inner.close(),
  };
}
