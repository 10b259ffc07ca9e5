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
  const { sha256 } = shard;
  const bytes = await source.open(shard.url, { signal, sha256 });
  const verify = input.verify ?? "auto";
  const wanted = verify === true || (verify === "auto" && !source.capabilities.local);
  const checked =
    wanted && sha256 !== undefined
      ? hashed(bytes, { ...shard, sha256 }, (input.createHasher ?? createHasher)())
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
function hashed(inner: ByteReader, shard: ShardInfo & { readonly sha256: string }, hasher: Hasher): ByteReader {
  const { url, bytes = 0, sha256: want } = shard;
  let length = 0;
  let done = false;
  return {
    async next() {
      const chunk = await inner.next();
      if (chunk !== undefined) {
        length += chunk.length;
        hasher.update(chunk);
        return chunk;
      }
      if (done) return undefined;
      done = true;
      const got = hasher.hex();
      if (got === want.toLowerCase()) return undefined;
      if (length < bytes) {
        const clause = `shard ends after ${length} of its ${bytes} bytes`;
        const hint = "fetch or write the shard again";
        throw new AtdataError("SHARD_TRUNCATED", clause, { shard: url, offset: length }, { hint });
      }
      const hint = "fetch the shard again; its samples are not to be trusted";
      throw new AtdataError(
        "CHECKSUM_MISMATCH",
        "shard differs from its checksum",
        { shard: url, want, got },
        { hint },
      );
    },
    release: (chunk) => inner.release?.(chunk),
    prefer: (length) => inner.prefer?.(length),
    close: () => inner.close(),
  };
}
