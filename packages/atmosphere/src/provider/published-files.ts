import { fileKey, parseBlobUrl } from "../blobs/blob-urls.ts";
import { sha256OfCid } from "../blobs/cid.ts";
import { tryFileFromRecord } from "../blobs/file-record.ts";
import type { BlobRef, RepoRecord, RepoState } from "../client/repo-client.ts";
import type { Identity } from "../identity/identity.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import type { PublishedFile, PublishedManifest } from "../records/storage-to-record.ts";

/** Finds the blobs that urls of the account's own files and blobs stand for, as its repository is at one commit. */
export async function publishedFiles(
  { did }: Identity,
  state: RepoState,
  urls: readonly string[],
): Promise<(url: string) => PublishedFile | undefined> {
  const own = urls.filter((url) => url.startsWith(`at://${did}/`));
  if (own.length === 0) return () => undefined;
  const records = await state.all(COLLECTIONS.file);
  const files = filesByKey(records);
  const isBlob = (url: string): boolean => parseBlobUrl(url).kind === "blob";
  const blobs = own.some(isBlob) ? blobsByCid(records, await state.all(COLLECTIONS.entry)) : new Map();
  const known = new Set(own);
  return (url) => {
    if (!known.has(url)) return undefined;
    const { kind, name } = parseBlobUrl(url);
    return kind === "blob" ? blobs.get(name) : fileOf(files, name);
  };
}

const byKey = new WeakMap<readonly RepoRecord[], ReadonlyMap<string, RepoRecord>>();

function filesByKey(records: readonly RepoRecord[]): ReadonlyMap<string, RepoRecord> {
  const known = byKey.get(records) ?? new Map(records.map((record) => [record.rkey, record]));
  byKey.set(records, known);
  return known;
}

function fileOf(files: ReadonlyMap<string, RepoRecord>, name: string): PublishedFile | undefined {
  const found = (each: string): RepoRecord | undefined => files.get(fileKey(each));
  const blobOf = (each: string): BlobRef | undefined => {
    const record = found(each);
    return record && tryFileFromRecord(record)?.blob;
  };
  const blob = blobOf(name);
  if (blob === undefined) return undefined;
  const stem = name.replace(/\.tar$/, "");
  const header = blobOf(`${stem}.manifest.json`);
  const samples = blobOf(`${stem}.manifest.parquet`);
  return withManifest(blob, header, samples);
}

function withManifest(blob: BlobRef, header: BlobRef | undefined, samples: BlobRef | undefined): PublishedFile {
  // A PDS finds Parquet to be of a type of its own, which the lexicon does not know, and compares types only in the
  // first record that names a blob: its file's.
  const manifest: PublishedManifest | undefined = header && {
    header,
    samples: samples && { ...samples, mimeType: "application/octet-stream" },
  };
  return { blob, sha256: sha256OfCid(blob.ref.$link), manifest };
}

/** Blobs have no record of their own: they are known by those that refer to them. */
function blobsByCid(files: readonly RepoRecord[], entries: readonly RepoRecord[]): ReadonlyMap<string, PublishedFile> {
  const blobs = new Map<string, PublishedFile>();
  for (const record of files) {
    const blob = tryFileFromRecord(record)?.blob;
    if (blob !== undefined) blobs.set(blob.ref.$link, withManifest(blob, undefined, undefined));
  }
  for (const { value } of entries) {
    const manifests = list(value.manifests);
    for (const [i, item] of list(member(value.storage, "blobs")).entries()) {
      const blob = asBlob(member(item, "blob"));
      if (blob === undefined) continue;
      const header = asBlob(member(manifests[i], "header"));
      blobs.set(blob.ref.$link, withManifest(blob, header, asBlob(member(manifests[i], "samples"))));
    }
  }
  return blobs;
}

function asBlob(value: unknown): BlobRef | undefined {
  const [link, mimeType, size] = [
    member(member(value, "ref"), "$link"),
    member(value, "mimeType"),
    member(value, "size"),
  ];
  if (typeof link !== "string" || typeof mimeType !== "string" || typeof size !== "number") return undefined;
  return { $type: "blob", ref: { $link: link }, mimeType, size };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
