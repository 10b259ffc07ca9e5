import { type CallOptions, isAtdataError, type PluginIndex, redactUrl, type ShardInfo } from "@atdata/core";
import { checkSamples } from "../doctor/check-samples.ts";
import { type Opened, readManifests } from "../open.ts";
import { type Difference, differenceOf, type ReadShard, type Verdict, verdictOf, verifyBytes } from "./verify-shard.ts";

/** What was found of one shard. */
export interface VerifiedShard {
  /** Where it is, without credentials. */
  readonly url: string;
  readonly verdict: Verdict;
  /** Length as it was read; null where it could not be. */
  readonly bytes: number | null;
  /** SHA-256 as it was read. */
  readonly sha256: string | null;
  readonly differences: readonly Difference[];
}

/** What is looked at. */
export interface VerifyInput extends CallOptions {
  /** Whether samples are decoded, counted and compared with hashes in manifests; shards are then read twice. */
  readonly deep: boolean;
  readonly signal: AbortSignal;
  /** Told of bytes that were read. */
  readonly onBytes: (count: number) => void;
}

/** Reads the shards of a dataset one after the other, and tells of each whether it is what was recorded; goes on after a bad one. */
export async function* verifyDataset(opened: Opened, input: VerifyInput): AsyncGenerator<VerifiedShard> {
  const manifests = input.deep ? await openManifests(opened, input) : undefined;
  for (const [index, shard] of opened.dataset.shards.entries()) {
    const { bytes, sha256, differences } = input.deep
      ? await verifyDeep(opened, shard, { index, manifests }, input)
      : await verifyBytes(opened, shard, undefined, input);
    const verdict = verdictOf(shard, differences);
    yield { url: redactUrl(shard.url), verdict, bytes: bytes ?? null, sha256: sha256 ?? null, differences };
  }
}

interface Manifests {
  readonly index: number;
  readonly manifests: PluginIndex | undefined;
}

async function verifyDeep(
  opened: Opened,
  shard: ShardInfo,
  { index, manifests }: Manifests,
  input: VerifyInput,
): Promise<ReadShard> {
  const differences: Difference[] = [];
  const places = await manifests?.places?.(index, input).catch((error: unknown) => {
    if (!isAtdataError(error)) throw error;
    differences.push(differenceOf(error));
    return undefined;
  });
  const read = await verifyBytes(opened, shard, places, input);
  differences.push(...read.differences);
  if (read.bytes !== undefined) {
    // The checksum has been looked at; without it, all samples of a shard that differs are read.
    const problems = await checkSamples(opened, { ...shard, sha256: undefined }, input.signal);
    differences.push(...problems.map(({ code, what }) => ({ code, what })));
  }
  return { ...read, differences };
}

async function openManifests({ dataset, source }: Opened, options: CallOptions): Promise<PluginIndex | undefined> {
  try {
    return await readManifests(undefined).open?.({ shards: dataset.shards, source }, options);
  } catch (error) {
    // Manifests that cannot be read say nothing; `manifest check` tells why.
    if (isAtdataError(error)) return undefined;
    throw error;
  }
}
