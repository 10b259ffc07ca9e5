import { schemeOf } from "@atdata/core";
import { parseBlobUrl } from "../blobs/blob-urls.ts";
import type { BlobRef, JsonRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import type { PublicBucket } from "./public-bucket.ts";
import type { PublicUrlOptions } from "./public-url.ts";
import { privateUrl, requirePublic } from "./public-url.ts";
import { invalidRecord } from "./read-record.ts";

/** A file of a repository that an entry refers to. */
export interface PublishedFile {
  /** Its blob. */
  readonly blob: BlobRef;
  /** SHA-256 of the file in hex. */
  readonly sha256?: string | undefined;
  /** The manifest that lies beside it, where it is a shard that has one. */
  readonly manifest?: PublishedManifest | undefined;
}

/** The manifest of a shard, as blobs. */
export interface PublishedManifest {
  /** `X.manifest.json`. */
  readonly header: BlobRef;
  /** `X.manifest.parquet`. */
  readonly samples?: BlobRef | undefined;
}

/** What decides how shards are published. */
export interface StorageOptions extends PublicUrlOptions {
  /** Finds what an `at://` url stands for: a file or a blob of the same repository; `undefined` for all others. */
  readonly files: (url: string) => PublishedFile | undefined;
  /** Buckets that everybody can read, by name. */
  readonly publicBuckets?: Readonly<Record<string, PublicBucket>> | undefined;
}

/** The storage of an entry, as its record has it. */
export interface WrittenStorage {
  /** One of the members of the union `storage`. */
  readonly storage: JsonRecord;
  /** The manifests of the shards, where all have one. */
  readonly manifests?: readonly PublishedManifest[];
  /** Of shards that are files, their names; null for a plain blob. */
  readonly names?: readonly (string | null)[];
}

type Place =
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "s3"; readonly url: string; readonly bucket: string; readonly key: string }
  | { readonly kind: "blob"; readonly url: string; readonly file: PublishedFile; readonly name: string | null };

/**
 * Writes where shards are as the storage of a record.
 *
 * @param sums - SHA-256 of shards by url.
 * @throws AtdataError `URL_PRIVATE`, `RECORD_INVALID` – shards in places of several kinds, or in several buckets.
 */
export function storageToRecord(
  urls: readonly string[],
  sums: ReadonlyMap<string, string>,
  options: StorageOptions,
): WrittenStorage {
  const places = urls.map((url) => placeOf(url, options));
  const blobs = places.filter((place) => place.kind === "blob");
  const objects = places.filter((place) => place.kind === "s3");
  const webs = places.filter((place) => place.kind === "http");
  const [object] = objects;
  if ([blobs, objects, webs].filter(({ length }) => length > 0).length > 1) throw mixed("places of several kinds");
  if (objects.some(({ bucket }) => bucket !== object?.bucket)) throw mixed("several buckets");
  if (blobs.length > 0) return blobStorage(blobs, sums);
  if (object !== undefined) {
    const { endpoint, region } = options.publicBuckets?.[object.bucket] ?? {};
    const shards = objects.map(({ url, key }) => ({ key, checksum: checksum(sums.get(url)) }));
    const where = { ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) };
    return { storage: { $type: "science.alt.dataset.storageS3", bucket: object.bucket, ...where, shards } };
  }
  const shards = webs.map(({ url }) => ({ url, checksum: checksum(sums.get(url)) }));
  return { storage: { $type: "science.alt.dataset.storageHttp", shards } };
}

function blobStorage(
  places: readonly Extract<Place, { readonly kind: "blob" }>[],
  sums: ReadonlyMap<string, string>,
): WrittenStorage {
  const blobs = places.map(({ url, file: { blob, sha256 } }) => {
    const sum = sums.get(url) ?? sha256;
    return { blob, ...(sum !== undefined && { checksum: checksum(sum) }) };
  });
  const names = places.map(({ name }) => name);
  const manifests = places.flatMap(({ file: { manifest } }) => {
    if (manifest === undefined) return [];
    const { header, samples } = manifest;
    return [{ header, ...(samples !== undefined && { samples }) }];
  });
  return {
    storage: { $type: "science.alt.dataset.storageBlobs", blobs },
    ...(manifests.length === places.length && { manifests }),
    ...(names.some((name) => name !== null) && { names }),
  };
}

function placeOf(url: string, options: StorageOptions): Place {
  switch (schemeOf(url)) {
    case "http":
    case "https":
      requirePublic(url, options);
      return { kind: "http", url };
    case "s3": {
      const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/([\s\S]+)$/i.exec(url) ?? [];
      const { publicBuckets = {} } = options;
      if (Object.hasOwn(publicBuckets, bucket)) return { kind: "s3", url, bucket, key };
      throw privateUrl(url, "the bucket is not one that everybody can read");
    }
    case "at": {
      const file = options.files(url);
      if (file === undefined) throw privateUrl(url, "not a file of this repository");
      const { kind, name } = parseBlobUrl(url);
      return { kind: "blob", url, file, name: kind === "file" ? name : null };
    }
    default:
      throw privateUrl(url, "others cannot open a file of this machine");
  }
}

/** Algorithm none stands for a sum that is not known. */
function checksum(sha256: string | undefined): JsonRecord {
  return sha256 === undefined ? { algorithm: "none", digest: "" } : { algorithm: "sha256", digest: sha256 };
}

function mixed(what: string): Error {
  const hint = "copy the dataset: its shards then lie in your repository";
  return invalidRecord(
    `shards of one record lie in ${what}`,
    { collection: COLLECTIONS.entry, field: "storage" },
    { hint },
  );
}
