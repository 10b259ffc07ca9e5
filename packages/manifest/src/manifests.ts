import { createHasher, type ShardPlugin } from "@atdata/core";
import type { ScanEngine } from "./engine/scan-engine.ts";
import type { Provenance } from "./header/format-header.ts";
import { ManifestWriter } from "./manifest-writer.ts";
import { openIndex } from "./read/open-index.ts";
import { renameRollup } from "./rollup/rename-rollup.ts";

/** Options of {@link manifests}. */
export interface ManifestsOptions {
  /**
   * Note a hash of every sample's payload, so that a range read can be checked.
   *
   * Without it, they are noted where everybody can read what is written, as on ATProto.
   */
  readonly sampleHash?: "sha256" | undefined;
  /** Where the shards come from, noted in every header. */
  readonly provenance?: Provenance | undefined;
  /** Note keys and places only, no fields and no hashes; headers say so. Default false. */
  readonly partial?: boolean | undefined;
  /** Gives the SHA-256 of bytes, 32 bytes. The default works everywhere; that of `@atdata/manifest/node` is faster. */
  readonly sha256?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** Runs queries over many rows, such as the one of `@atdata/manifest/duckdb`; the portable one is built in. */
  readonly engine?: ScanEngine | undefined;
}

/**
 * Builds the plugin that writes manifests with the shards, and answers queries, `get` and counts from them.
 *
 * For a shard `X.tar` it writes `X.manifest.json` and `X.manifest.parquet`, for a dataset `D` at the end `D.rollup.parquet`.
 * A field's `manifest` option says how it takes part.
 */
export function manifests(options: ManifestsOptions = {}): ShardPlugin {
  const { sampleHash, provenance, partial, sha256 = portableSha256, engine } = options;
  if (sampleHash !== undefined && sampleHash !== "sha256") {
    throw new TypeError(`sampleHash must be "sha256", got ${String(sampleHash)}`);
  }
  return {
    name: "manifest",
    write(context) {
      const hashed = (sampleHash !== undefined || context.published === true) && partial !== true;
      return new ManifestWriter(context, { hash: hashed ? sha256 : undefined, provenance, partial });
    },
    open: (context, call) => openIndex(context, { ...call, engine }),
    rename: async (name, bytes, shards) => {
      // Headers and rows know their shard by its bytes.
      return name.endsWith(".rollup.parquet") ? renameRollup(bytes, name, shards) : undefined;
    },
  };
}

function portableSha256(bytes: Uint8Array): Uint8Array {
  const hasher = createHasher();
  hasher.update(bytes);
  return Uint8Array.from(hasher.hex().match(/../g) as string[], (pair) => Number.parseInt(pair, 16));
}
