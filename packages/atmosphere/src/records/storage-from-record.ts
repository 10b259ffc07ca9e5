import { AtdataError, expandBraces, redactUrl, schemeOf } from "@atdata/core";
import { blobUrl, fileUrl } from "../blobs/blob-urls.ts";
import type { LearnedBlob } from "../blobs/recent-blobs.ts";
import type { JsonRecord } from "../client/repo-client.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { isJsonObject } from "../lexicon/problem.ts";
import { namesFromStored } from "./file-names.ts";
import { invalidRecord } from "./read-record.ts";

/** Where the record is that is read, and what its metadata says of it. */
export interface StoragePlace {
  /** DID of the account. */
  readonly did: string;
  /** Uri of the record. */
  readonly uri: string;
  /** Names of the shards that are files. */
  readonly names: unknown;
  /** Whether urls are literal; else braces are expanded, as Python does. */
  readonly literal: boolean;
}

/** Where shards are, and what is known of them. */
export interface ReadStorage {
  /** Their urls. */
  readonly urls: readonly string[];
  /** SHA-256 by url, lower-case hex. */
  readonly sums: ReadonlyMap<string, string>;
  /** Blobs of shards and manifests by url. */
  readonly blobs: ReadonlyMap<string, LearnedBlob>;
}

const SCHEMES: readonly string[] = ["http", "https", "s3", "at"];
const MAX_SHARDS = 100_000;

/**
 * Reads where the shards of an entry are; see {@link refuseUrls} for what was looked at before.
 *
 * @throws AtdataError `RECORD_INVALID` – a storage that is not known, or has no shards.
 */
export function storageFromRecord(value: JsonRecord, place: StoragePlace): ReadStorage {
  const { uri } = place;
  const storage = isJsonObject(value.storage) ? value.storage : {};
  const type = String(storage.$type);
  const kind = /storage(?:Blobs|Http|S3|External)/.exec(type)?.[0];
  if (kind === undefined) throw invalid(`storage is of an unknown kind, ${type.slice(0, 100)}`, "storage.$type", uri);
  const read =
    kind === "storageBlobs" ? blobStorage(storage, value.manifests, place) : urlStorage(kind, storage, place);
  if (read.urls.length === 0) throw invalid("storage has no shards", "storage", uri);
  return read;
}

function blobStorage(storage: JsonRecord, manifests: unknown, { did, uri, names }: StoragePlace): ReadStorage {
  const items = objectsOf(storage.blobs);
  const named = namesFromStored(names, items.length);
  const blobs = new Map<string, LearnedBlob>();
  const sums = new Map<string, string>();
  const headers = objectsOf(manifests);
  const urls = items.map(({ blob, checksum }, i) => {
    const learned = learnedOf(blob);
    if (learned === undefined) throw invalid("not a blob", `storage.blobs[${i}].blob`, uri);
    const name = named?.[i];
    const url = typeof name === "string" ? fileUrl(did, name) : blobUrl(did, learned.cid);
    const stem = url.replace(/\.tar$/, "");
    const sidecars = { header: `${stem}.manifest.json`, samples: `${stem}.manifest.parquet` };
    for (const [part, at] of [
      [blob, url],
      [headers[i]?.header, sidecars.header],
      [headers[i]?.samples, sidecars.samples],
    ] as const) {
      const found = learnedOf(part);
      if (found !== undefined) blobs.set(at, found);
    }
    note(sums, url, checksum);
    return url;
  });
  return { urls, sums, blobs };
}

function urlStorage(kind: string, storage: JsonRecord, { uri, literal }: StoragePlace): ReadStorage {
  const sums = new Map<string, string>();
  const blobs = new Map<string, LearnedBlob>();
  if (kind === "storageExternal") return { urls: expandedAll(texts(storage.urls), uri), sums, blobs };
  const base = kind === "storageS3" ? bucketUrl(storage) : undefined;
  let left = MAX_SHARDS;
  const urls = objectsOf(storage.shards).flatMap(({ url, key, checksum }, i) => {
    const text = base === undefined ? url : key;
    if (typeof text !== "string") throw invalid("shard has no place", `storage.shards[${i}]`, uri);
    const found = base === undefined ? (literal ? [text] : expanded(text, uri, left)) : [base(text)];
    left -= found.length;
    if (found.length === 1) note(sums, found[0] as string, checksum);
    return found;
  });
  return { urls, sums, blobs };
}

/** Gives the urls of a bucket's objects: those that everybody can open, where its server is told. */
function bucketUrl({ bucket, endpoint }: JsonRecord): (key: string) => string {
  if (typeof endpoint !== "string") return (key) => `s3://${String(bucket)}/${key}`;
  const root = `${endpoint.replace(/\/+$/, "")}/${String(bucket)}`;
  return (key) => `${root}/${key.split("/").map(encodeURIComponent).join("/")}`;
}

function learnedOf(blob: unknown): LearnedBlob | undefined {
  if (!isJsonObject(blob) || !isJsonObject(blob.ref)) return undefined;
  const { $link: cid } = blob.ref;
  const { size } = blob;
  return typeof cid === "string" && typeof size === "number" ? { cid, size } : undefined;
}

/** Notes a checksum; other algorithms than SHA-256, and the placeholder `none`, say nothing here. */
function note(sums: Map<string, string>, url: string, checksum: unknown): void {
  if (!isJsonObject(checksum) || checksum.algorithm !== "sha256" || typeof checksum.digest !== "string") return;
  const digest = checksum.digest.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digest)) sums.set(url, digest);
}

/** The limit is one of all urls together: each might stay below one of its own. */
function expandedAll(urls: readonly string[], uri: string): string[] {
  let left = MAX_SHARDS;
  return urls.flatMap((url) => {
    const found = expanded(url, uri, left);
    left -= found.length;
    return found;
  });
}

function expanded(url: string, uri: string, limit: number): string[] {
  if (limit <= 0) throw invalid(`storage has more than ${MAX_SHARDS} shards`, "storage", uri);
  try {
    return expandBraces(url, limit);
  } catch (cause) {
    throw invalid("braces of a url cannot be expanded", "storage", uri, cause);
  }
}

/**
 * Refuses urls that are not opened for others as they stand in a record, whose lexicon may take them for no urls at all.
 *
 * Braces cannot hide another scheme: none has one.
 *
 * @throws AtdataError `URL_REFUSED`.
 */
export function refuseUrls({ storage }: JsonRecord, uri: string): void {
  if (!isJsonObject(storage)) return;
  const shards = objectsOf(storage.shards).map(({ url }) => url);
  for (const url of texts([...shards, ...texts(storage.urls), storage.endpoint])) {
    if (SCHEMES.includes(schemeOf(url))) continue;
    const hint = `urls of records begin with ${SCHEMES.join(", ")}`;
    throw new AtdataError("URL_REFUSED", "a record's url is not opened", { url: redactUrl(url), uri }, { hint });
  }
}

function objectsOf(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.map((item) => (isJsonObject(item) ? item : {})) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function invalid(clause: string, field: string, uri: string, cause?: unknown): Error {
  return invalidRecord(clause, { collection: COLLECTIONS.entry, field, uri }, { cause });
}
