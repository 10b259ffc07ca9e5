import {
  AtdataError,
  createHasher as createCoreHasher,
  type DataSource,
  type Hasher,
  httpSource,
  PlaceHashes,
  type PluginIndex,
  type ShardInfo,
  type ShardPlaces,
  sourceFor,
} from "@atdata/core";
import { blobSource } from "../blobs/blob-source.ts";
import { sha256OfCid } from "../blobs/cid.ts";
import { memoryBlobCache } from "../blobs/memory-blob-cache.ts";
import type { ReadEntry } from "../records/entry-from-record.ts";
import { type Chain, type Look, look } from "./chain.ts";
import { onlyNamed } from "./only-named.ts";
import type { Account } from "./signed-record.ts";
import type { VerifyEntryOptions } from "./verify-options.ts";

/** Manifests of one shard after the other; shards are not kept. */
const CACHE_BYTES = 128 << 20;
/** So many keys are told of a shard. */
const SHOWN = 3;

/** What is read of one shard. */
interface ShardPlace {
  readonly shard: ShardInfo;
  /** SHA-256 of the blob that it is, by its CID. */
  readonly cidSha256: string | undefined;
  /** What the record says that it is. */
  readonly told: string | undefined;
  /** Whether the record names a manifest. */
  readonly hasManifest: boolean;
  readonly source: DataSource;
}

interface ShardManifest {
  readonly index: PluginIndex | undefined;
  readonly places: ShardPlaces | undefined;
}

/** Looks at the shards of an entry one after the other: their bytes, their manifests, and where that is asked for their samples. */
export async function verifyShards(
  chain: Chain,
  read: ReadEntry,
  account: Account,
  options: VerifyEntryOptions,
): Promise<void> {
  const { entry, sums } = read;
  const sources = await sourcesOf(read, account, options);
  for (const url of entry.dataUrls) {
    options.signal?.throwIfAborted();
    const blob = read.blobs.get(url);
    const cidSha256 = blob && sha256OfCid(blob.cid);
    const told = sums.get(url);
    const shard = { url, bytes: blob?.size, sha256: told ?? cidSha256 };
    const place = await look(async () => {
      const source = sourceFor(sources, url);
      const hasManifest = read.blobs.has(`${url.replace(/\.tar$/, "")}.manifest.json`);
      return { ok: true, what: "", value: { shard, cidSha256, told, hasManifest, source } };
    });
    if (place.ok === false) chain.add("shard", place, url);
    else await verifyShard(chain, place.value, options);
  }
}

/** Reads what the record names as the record says, and nothing that was read before. */
async function sourcesOf(
  { blobs }: ReadEntry,
  { identity }: Account,
  { atmosphere, createHasher, signal }: VerifyEntryOptions,
): Promise<readonly DataSource[]> {
  const { open, network } = atmosphere;
  const source = blobSource({ repo: open, cache: memoryBlobCache(CACHE_BYTES), createHasher });
  for (const [url, blob] of blobs) source.learn(url, blob);
  const { sources = [httpSource()] } = await network.open(identity.did, { signal });
  return [blobs.size > 0 ? onlyNamed(source, blobs) : source, ...sources];
}

async function verifyShard(chain: Chain, place: ShardPlace, options: VerifyEntryOptions): Promise<void> {
  const { url } = place.shard;
  const { samples = false, createHasher = createCoreHasher } = options;
  const manifest = await look(() => readManifest(place, options));
  const places = manifest.ok === false ? undefined : manifest.value.places;
  const hashes = samples && places?.hashes !== undefined ? new PlaceHashes(places, createHasher) : undefined;
  const shard = await look(() => readShard(place, hashes, createHasher, options));
  chain.add("shard", shard, url);
  chain.add("manifest", manifest, url);
  if (!samples) return;
  if (shard.ok === false && hashes !== undefined) {
    chain.tell({ link: "samples", ok: undefined, what: "the shard cannot be trusted", url });
  } else if (hashes === undefined || places === undefined) {
    chain.tell({ link: "samples", ok: undefined, what: "there are no hashes of samples", url });
  } else tellSamples(chain, hashes.finish(), places, url);
}

function tellSamples(chain: Chain, changed: readonly string[], { keys }: ShardPlaces, url: string): void {
  if (changed.length === 0) {
    chain.tell({ link: "samples", ok: true, what: `${keys.length} samples have their hashes`, url });
    return;
  }
  const shown = changed.slice(0, SHOWN).map((key) => JSON.stringify(key));
  const more = changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : "";
  const what = `samples differ from their hashes: ${shown.join(", ")}${more}`;
  chain.tell({ link: "samples", ok: false, code: "CHECKSUM_MISMATCH", what, url });
}

/** Reads a shard from front to back. That a blob has its CID is checked by its source. */
async function readShard(
  { shard, cidSha256, told, source }: ShardPlace,
  samples: PlaceHashes | undefined,
  createHasher: () => Hasher,
  { signal }: VerifyEntryOptions,
): Promise<Exclude<Look<undefined>, { ok: false }>> {
  const { url } = shard;
  const hasher = cidSha256 === undefined && told !== undefined ? createHasher() : undefined;
  let bytes = 0;
  const reader = await source.open(url, { signal });
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      signal?.throwIfAborted();
      hasher?.update(chunk);
      samples?.update(chunk);
      bytes += chunk.length;
      reader.release?.(chunk);
    }
  } finally {
    await reader.close();
  }
  const got = cidSha256 ?? hasher?.hex();
  if (told !== undefined && got !== undefined && told !== got) {
    throw new AtdataError("CHECKSUM_MISMATCH", "the shard differs from its checksum", { shard: url, want: told, got });
  }
  if (got === undefined) return { ok: undefined, what: `${bytes} bytes, and no checksum is told`, value: undefined };
  return { ok: true, what: `${bytes} bytes, with the sha256 ${got}`, value: undefined };
}

/** Opens the manifest of one shard; whoever reads manifests compares it with what is known of the shard. */
async function readManifest(
  { shard, hasManifest, source }: ShardPlace,
  { plugins = [], samples = false, signal }: VerifyEntryOptions,
): Promise<Exclude<Look<ShardManifest>, { ok: false }>> {
  const none = (what: string, index?: PluginIndex): Exclude<Look<ShardManifest>, { ok: false }> => {
    return { ok: undefined, what, value: { index, places: undefined } };
  };
  const readers = plugins.filter(({ open }) => open !== undefined);
  if (readers.length === 0) return none("there is no plugin that reads manifests");
  for (const plugin of readers) {
    const index = await plugin.open?.({ shards: [shard], source }, { signal });
    if (index === undefined) continue;
    if (index.places === undefined) return none("it does not tell of which shard it is", index);
    const places = samples ? await index.places(0, { signal }) : undefined;
    return { ok: true, what: "it is of this shard", value: { index, places } };
  }
  if (!hasManifest) return none("the record names none");
  throw new AtdataError("NOT_FOUND", "the manifest that the record names is not there", { url: shard.url });
}
