import type { BlobRef, JsonRecord } from "../src/client/repo-client.ts";
import type {
  EntryRecord,
  FileRecord,
  LabelRecord,
  LensRecord,
  LensVerificationRecord,
  SchemaRecord,
  StorageExternal,
  StorageHttp,
  StorageS3,
} from "../src/lexicon/types.ts";

const cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

const createdAt = "2026-02-03T04:05:06.123456+00:00";
const at = "at://did:plc:abc/science.alt.dataset";
const checksum = { algorithm: "sha256", digest: "0a".repeat(32) };
const code = {
  repository: "https://example.com/r",
  commit: "c0ffee",
  path: "m:get",
  branch: "main",
  language: "python",
};

/** Makes a reference to a blob. */
export function blobOf(mimeType: string): BlobRef {
  return { $type: "blob", ref: { $link: cid }, mimeType, size: 10240 };
}

const entry: EntryRecord = {
  $type: "science.alt.dataset.entry",
  name: "points",
  schemaRef: `${at}.schema/Point:1.0.0`,
  storage: {
    $type: "science.alt.dataset.storageBlobs",
    blobs: [{ blob: blobOf("application/x-tar"), checksum }],
  },
  createdAt,
  description: "Points.",
  metadata: { $bytes: "gaFhwA" },
  tags: ["points"],
  size: { samples: 3, bytes: 10240, shards: 1 },
  license: "MIT",
  metadataSchemaRef: `${at}.schema/About:1.0.0`,
  contentMetadata: { instrument: "ruler" },
  manifests: [{ header: blobOf("application/json"), samples: blobOf("application/octet-stream") }],
};

const http: StorageHttp = {
  $type: "science.alt.dataset.storageHttp",
  shards: [{ url: "https://example.com/a.tar", checksum }],
};
const s3: StorageS3 = {
  $type: "science.alt.dataset.storageS3",
  bucket: "b",
  region: "eu-west-1",
  endpoint: "https://s3.example.com",
  shards: [{ key: "a.tar", checksum }],
};
const external: StorageExternal = {
  $type: "science.alt.dataset.storageExternal",
  urls: ["https://example.com/a-{000..009}.tar"],
};
/** A schema, as its own type. */
export const schema: SchemaRecord = {
  $type: "science.alt.dataset.schema",
  name: "Point",
  version: "1.0.0",
  schemaType: "jsonSchema",
  schema: {
    $type: "science.alt.dataset.schema#jsonSchemaFormat",
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { label: { type: "string" } },
    arrayFormatVersions: { ndarrayBytes: "1.0.0" },
  },
  createdAt,
  description: "A point.",
  metadata: { license: "MIT", tags: ["points"] },
  atdataSchemaVersion: 1,
};
const label: LabelRecord = {
  $type: "science.alt.dataset.label",
  name: "points",
  datasetUri: `${at}.entry/3k2a`,
  createdAt,
  version: "1.0.0",
  description: "The newest.",
};
/** A lens, as its own type. */
export const lens: LensRecord = {
  $type: "science.alt.dataset.lens",
  name: "label_only",
  sourceSchema: `${at}.schema/Point:1.0.0`,
  targetSchema: `${at}.schema/Label:1.0.0`,
  getterCode: code,
  putterCode: code,
  createdAt,
  description: "Only the label.",
  language: "python",
  metadata: { atdata: "{}" },
  sourceSchemaVersion: ">=1.0.0 <2.0.0",
  targetSchemaVersion: "1.0.0",
};
const lensVerification: LensVerificationRecord = {
  $type: "science.alt.dataset.lensVerification",
  lens: `${at}.lens/3k2b`,
  lensCommit: cid,
  verificationMethod: "signedHash",
  createdAt,
  codeHash: checksum,
  proofRef: code,
  description: "Holds.",
};
const file: FileRecord = {
  $type: "science.alt.dataset.file",
  name: "points-000000.tar",
  blob: blobOf("application/x-tar"),
  sha256: "0a".repeat(32),
  createdAt,
};

/** Which record: of each collection, and an entry for each storage. */
export type Kind =
  | "schema"
  | "entry"
  | "entryHttp"
  | "entryS3"
  | "entryExternal"
  | "label"
  | "lens"
  | "lensVerification"
  | "file";

/** Records with every field that their lexicon names. */
export const fullRecords: Readonly<Record<Kind, JsonRecord & { readonly $type: string }>> = {
  schema,
  entry,
  entryHttp: { ...entry, storage: http },
  entryS3: { ...entry, storage: s3 },
  entryExternal: { ...entry, storage: external },
  label,
  lens,
  lensVerification,
  file,
};

/** The fields that each of them cannot do without. */
export const requiredFields: Readonly<Record<Kind, readonly string[]>> = {
  schema: [
    ...["$type", "name", "version", "schemaType", "schema", "createdAt"],
    ...["schema.$type", "schema.$schema", "schema.type", "schema.properties"],
  ],
  entry: [
    ...["$type", "name", "schemaRef", "storage", "createdAt", "storage.$type", "storage.blobs"],
    ...["storage.blobs[0].blob", "storage.blobs[0].checksum.algorithm", "storage.blobs[0].checksum.digest"],
    "manifests[0].header",
  ],
  entryHttp: [
    ...["storage.shards", "storage.shards[0].url", "storage.shards[0].checksum"],
    ...["storage.shards[0].checksum.algorithm", "storage.shards[0].checksum.digest"],
  ],
  entryS3: [
    ...["storage.bucket", "storage.shards", "storage.shards[0].key", "storage.shards[0].checksum"],
    ...["storage.shards[0].checksum.algorithm", "storage.shards[0].checksum.digest"],
  ],
  entryExternal: ["storage.urls"],
  label: ["$type", "name", "datasetUri", "createdAt"],
  lens: [
    ...["$type", "name", "sourceSchema", "targetSchema", "getterCode", "putterCode", "createdAt"],
    ...["getterCode.repository", "getterCode.commit", "getterCode.path"],
    ...["putterCode.repository", "putterCode.commit", "putterCode.path"],
  ],
  lensVerification: [
    ...["$type", "lens", "lensCommit", "verificationMethod", "createdAt", "codeHash.algorithm", "codeHash.digest"],
    ...["proofRef.repository", "proofRef.commit", "proofRef.path"],
  ],
  file: ["$type", "name", "blob", "sha256", "createdAt"],
};
