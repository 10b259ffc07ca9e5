import {
  AtdataError,
  baseName,
  type DataStore,
  type PluginWriter,
  type ShardInfo,
  type StoredShard,
} from "@atdata/core";
import { type ManifestsOptions, manifests } from "../manifests.ts";
import { type ScanInput, type ScanListener, scanShard } from "./scan-shard.ts";
import { SidecarStore } from "./sidecar-store.ts";
import { walkHeaders } from "./walk-headers.ts";

/** How far a build is. */
export interface BuildProgress {
  /** Shards whose manifests are written. */
  readonly shards: number;
  /** Samples met. */
  readonly samples: number;
  /** Bytes read; of a walk through headers not counted. */
  readonly bytes: number;
}

/** What manifests are built of, and where they go. */
export interface BuildInput extends ScanInput, ManifestsOptions {
  /** Stem of the dataset, which names the roll-up; by default that of the first shard. */
  readonly dataset?: string | undefined;
  /** The shards in order. */
  readonly shards: readonly ShardInfo[];
  /** Where the manifests go: beside the shards, or anywhere else. */
  readonly store: Pick<DataStore, "create" | "delete">;
  /** Walks headers by range reads and notes keys and places only, without fields and hashes. Default false. */
  readonly headersOnly?: boolean | undefined;
  /** Told about once a chunk and after every shard. */
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}

/**
 * Makes the manifests and the roll-up of shards that were written without, replacing what manifests there are.
 *
 * Each shard is read once from front to back. The result is what `manifests()` would have written with the shards, times apart.
 * Manifests become visible one shard after the other; an error or abort leaves those of the shards before it.
 *
 * @returns How much was read.
 * @throws AtdataError `UNSUPPORTED` – a shard is compressed; `REF_INVALID` – two shards of one name; `CHECKSUM_MISMATCH` – a shard differs from
 *   the sha256 that its dataset records; what reading a shard or the store says.
 */
export async function buildManifests(input: BuildInput): Promise<BuildProgress> {
  const { shards, store, type, signal, headersOnly = false, onProgress } = input;
  requireNames(shards);
  const first = shards[0];
  if (first === undefined) throw new AtdataError("NO_SHARDS", "no shards to build manifests of", { ref: "" });
  const dataset = input.dataset ?? stemOf(first.url);
  const sidecars = new SidecarStore(store);
  const plugin = manifests({ ...input, partial: headersOnly });
  const writer = plugin.write?.({ dataset, type, store: sidecars }) as PluginWriter;
  let [done, samples, bytes] = [0, 0, 0];
  const report = (): void => onProgress?.({ shards: done, samples, bytes });
  const listener: ScanListener = {
    sample: (written) => {
      samples += 1;
      writer.sample(written);
    },
    bytes: (read) => {
      bytes += read;
      report();
    },
  };
  for (const shard of shards) {
    signal?.throwIfAborted();
    const stored = await (headersOnly ? walkHeaders(input, shard, listener) : scanShard(input, shard, listener));
    // Of a shard that was not read, its writer notes as much as is known.
    await writer.shardClosed(baseName(shard.url), stored as StoredShard);
    await sidecars.flush({ signal });
    done += 1;
    report();
  }
  await writer.finish?.();
  await sidecars.flush({ signal });
  return { shards: done, samples, bytes };
}

/** Gives the stem of the dataset that a shard is of, by its name alone: `a/digits-000003.tar` is of `digits`. */
export function stemOf(url: string): string {
  return baseName(url)
    .replace(/\.[^.]*$/, "")
    .replace(/-\d{6}$/, "");
}

function requireNames(shards: readonly ShardInfo[]): void {
  const names = new Set<string>();
  for (const { url } of shards) {
    const name = baseName(url);
    if (names.has(name)) {
      const hint = "build the manifests of one folder at a time";
      throw new AtdataError("REF_INVALID", "two shards have the same name", { ref: name }, { hint });
    }
    names.add(name);
  }
}
