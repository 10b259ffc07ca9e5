import { createHasher } from "../hasher.ts";
import { compilePredicate } from "../predicate/evaluate.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { CallOptions, ShardInfo } from "../protocols/data-source.ts";
import type { StoredShard } from "../protocols/data-store.ts";
import type { PluginIndex, SampleLocation, ShardPlugin, WrittenSample } from "../protocols/shard-plugin.ts";
import { sumUp } from "./field-sums.ts";

interface Row {
  readonly key: string;
  readonly offset: number;
  readonly size: number;
  readonly sha256: string;
  readonly sample: unknown;
}

interface Remembered {
  readonly stored: StoredShard;
  readonly rows: readonly Row[];
}

/**
 * Builds a plugin that remembers, in this process, every sample written through it: for tests and as an example.
 *
 * It answers for a dataset all of whose shards it has seen written, and have not changed in length or checksum since.
 * Copies: each sample, by `structuredClone`.
 */
export function memoryPlugin(): ShardPlugin {
  const shards = new Map<string, Remembered>();
  return {
    name: "memory",
    write() {
      let rows: Row[] = [];
      return {
        sample({ key, offset, size, sample, payload }: WrittenSample) {
          const hasher = createHasher();
          hasher.update(payload);
          rows.push({ key, offset, size, sha256: hasher.hex(), sample: structuredClone(sample) });
        },
        async shardClosed(_name, stored) {
          shards.set(stored.url, { stored, rows });
          rows = [];
        },
      };
    },
    async open(context, options) {
      options?.signal?.throwIfAborted();
      const known = context.shards.map((shard) => unchanged(shard, shards.get(shard.url)));
      return known.every((shard) => shard !== undefined) ? indexOf(known) : undefined;
    },
  };
}

function unchanged(shard: ShardInfo, remembered: Remembered | undefined): Remembered | undefined {
  if (remembered === undefined) return undefined;
  const { bytes, sha256 } = remembered.stored;
  return (shard.bytes ?? bytes) === bytes && (shard.sha256 ?? sha256) === sha256 ? remembered : undefined;
}

function indexOf(shards: readonly Remembered[]): PluginIndex {
  function* locations(): Generator<{ location: SampleLocation; sample: unknown }> {
    let index = 0;
    for (const { stored, rows } of shards) {
      for (const { sample, ...row } of rows) {
        yield { location: { shard: stored.url, index: index++, ...row }, sample };
      }
    }
  }
  return {
    async counts(options?: CallOptions) {
      options?.signal?.throwIfAborted();
      return shards.map(({ rows }) => rows.length);
    },
    async locate(key: string, options?: CallOptions) {
      options?.signal?.throwIfAborted();
      for (const { location } of locations()) if (location.key === key) return location;
      return undefined;
    },
    async places(shard: number, options?: CallOptions) {
      options?.signal?.throwIfAborted();
      const rows = shards[shard]?.rows ?? [];
      return {
        keys: rows.map(({ key }) => key),
        offsets: rows.map(({ offset }) => offset),
        sizes: rows.map(({ size }) => size),
        hashes: rows.map(({ sha256 }) => sha256),
      };
    },
    async *query(predicate: Predicate, options?: CallOptions) {
      const matches = matcher(predicate);
      for (const { location, sample } of locations()) {
        options?.signal?.throwIfAborted();
        if (matches(sample)) yield location;
      }
    },
    async plan(predicate: Predicate, options?: CallOptions) {
      options?.signal?.throwIfAborted();
      const matches = matcher(predicate);
      const holding = shards.filter(({ rows }) => rows.some(({ sample }) => matches(sample)));
      return { shards: holding.length, bytes: 0, reason: "all samples are in memory" };
    },
    async describe(options?: CallOptions) {
      options?.signal?.throwIfAborted();
      return sumUp(shards.flatMap(({ rows }) => rows.map(({ sample }) => sample)));
    },
  };
}

function matcher(predicate: Predicate): (sample: unknown) => boolean {
  const test = compilePredicate(predicate);
  return (sample) => typeof sample === "object" && sample !== null && test(sample);
}
