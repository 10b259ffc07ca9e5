import { type CallOptions, isAtdataError, PlaceHashes, type ShardInfo, type ShardPlaces } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import type { Opened } from "../open.ts";

/** Whether a shard is what was recorded; `unrecorded` is one that could be read, and of which no checksum is known. */
export type Verdict = "ok" | "mismatch" | "unrecorded" | "unreadable";

/** In what a shard is not what was recorded, or why that cannot be told. */
export interface Difference {
  /** `CHECKSUM_MISMATCH`, `SIZE_MISMATCH`, `SAMPLE_MISMATCH`, or the code of the error that reading ended in. */
  readonly code: string;
  /** What differs, in a clause. */
  readonly what: string;
}

/** What reading a shard from front to back has shown. */
export interface ReadShard {
  /** Length as it was read; `undefined` where reading failed. */
  readonly bytes: number | undefined;
  /** SHA-256 as it was read. */
  readonly sha256: string | undefined;
  readonly differences: readonly Difference[];
}

/** So many keys are told of a shard. */
const SHOWN = 3;

/** Reads a shard's bytes and compares them with what is recorded, and where `places` has hashes, those of its samples. */
export async function verifyBytes(
  { source }: Opened,
  shard: ShardInfo,
  places: ShardPlaces | undefined,
  { signal, onBytes }: CallOptions & { readonly onBytes: (count: number) => void },
): Promise<ReadShard> {
  const samples = places?.hashes === undefined ? undefined : new PlaceHashes(places, createNodeHasher);
  const hasher = createNodeHasher();
  let bytes = 0;
  try {
    const reader = await source.open(shard.url, { signal });
    try {
      for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
        signal?.throwIfAborted();
        hasher.update(chunk);
        samples?.update(chunk);
        bytes += chunk.length;
        onBytes(chunk.length);
        reader.release?.(chunk);
      }
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (!isAtdataError(error)) throw error;
    return { bytes: undefined, sha256: undefined, differences: [differenceOf(error)] };
  }
  const sha256 = hasher.hex();
  const differences: Difference[] = [];
  if (shard.bytes !== undefined && shard.bytes !== bytes) {
    differences.push({ code: "SIZE_MISMATCH", what: `it has ${bytes} bytes, and ${shard.bytes} are recorded` });
  }
  if (shard.sha256 !== undefined && shard.sha256.toLowerCase() !== sha256) {
    const what = `its sha256 is ${sha256}, and ${shard.sha256} is recorded`;
    differences.push({ code: "CHECKSUM_MISMATCH", what });
  }
  const changed = samples?.finish() ?? [];
  if (changed.length > 0) differences.push({ code: "SAMPLE_MISMATCH", what: keysText(changed) });
  return { bytes, sha256, differences };
}

/** Tells an error as a difference. */
export function differenceOf({ code, clause }: { readonly code: string; readonly clause: string }): Difference {
  return { code, what: clause };
}

/** Sums up what was found of a shard. */
export function verdictOf(shard: ShardInfo, differences: readonly Difference[]): Verdict {
  if (differences.length === 0) return shard.sha256 === undefined ? "unrecorded" : "ok";
  return differences.every(({ code }) => /_MISMATCH$|^MANIFEST_/.test(code) && code !== "SCHEMA_MISMATCH")
    ? "mismatch"
    : "unreadable";
}

function keysText(keys: readonly string[]): string {
  const shown = keys.slice(0, SHOWN).map((key) => JSON.stringify(key));
  const rest = keys.length - shown.length;
  const list = rest === 0 ? shown.join(", ") : `${shown.join(", ")} and ${rest} more`;
  return `samples differ from their hashes in the manifest: ${list}`;
}
