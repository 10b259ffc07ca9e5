// Written from lexicons/ by `npm run check -- --only lexicons --update`.

import type { BlobRef, JsonRecord } from "../client/repo-client.ts";

/** Bytes in JSON, as base64. */
export interface JsonBytes {
  readonly $bytes: string;
}

/** A dataset: what its samples are and where its shards lie. */
export type EntryRecord = {
  readonly $type: "science.alt.dataset.entry";
  /** Name of the dataset. At most 200 bytes. */
  readonly name: string;
  /** The schema record of its samples. Format: at-uri. At most 500 bytes. */
  readonly schemaRef: string;
  /** Where the shards lie. */
  readonly storage: StorageHttp | StorageS3 | StorageBlobs;
  /** When the record was made. Format: datetime. */
  readonly createdAt: string;
  /** What the dataset is. At most 5000 bytes. */
  readonly description?: string | undefined;
  /** A msgpack map of anything else. At most 100000 bytes. */
  readonly metadata?: JsonBytes | undefined;
  /** Words to find it by. At most 30 items. */
  readonly tags?: readonly string[] | undefined;
  /** How large it is. */
  readonly size?: DatasetSize | undefined;
  /** Licence, best as an SPDX identifier. At most 200 bytes. */
  readonly license?: string | undefined;
  /** The schema record of contentMetadata. Format: at-uri. At most 500 bytes. */
  readonly metadataSchemaRef?: string | undefined;
  /** What holds for all samples alike; no floats. */
  readonly contentMetadata?: JsonRecord | undefined;
  /** Manifests of the shards, in the order of the storage's list. At most 10000 items. */
  readonly manifests?: readonly ShardManifestRef[] | undefined;
};

/** How large a dataset is. */
export type DatasetSize = {
  /** Number of samples. At least 0. */
  readonly samples?: number | undefined;
  /** Bytes of all shards together. At least 0. */
  readonly bytes?: number | undefined;
  /** Number of shards. At least 1. */
  readonly shards?: number | undefined;
};

/** Checksum of a shard's bytes. Algorithm none with an empty digest says that it is not known. */
export type ShardChecksum = {
  /** Such as sha256. At most 20 bytes. */
  readonly algorithm: string;
  /** In hexadecimal digits. At most 128 bytes. */
  readonly digest: string;
};

/** What is known of one shard's samples without reading it. */
export type ShardManifestRef = {
  /** Summary of the shard as JSON. Media type: application/json. At most 1048576 bytes. */
  readonly header: BlobRef;
  /** One row for each sample, as Parquet. Media type: application/octet-stream. At most 104857600 bytes. */
  readonly samples?: BlobRef | undefined;
};

/** A file of a dataset, kept as a blob. The key is its name, with ~XX for bytes that keys may not have. */
export type FileRecord = {
  readonly $type: "science.alt.dataset.file";
  /** Name of the file. At least 1 byte. At most 512 bytes. */
  readonly name: string;
  /** The file. */
  readonly blob: BlobRef;
  /** Hash of the file, in lower-case hexadecimal digits. Exactly 64 bytes. */
  readonly sha256: string;
  /** When the record was made. Format: datetime. */
  readonly createdAt: string;
};

/** A name, and maybe a version, that stands for a dataset. The newest of several with one name counts. */
export type LabelRecord = {
  readonly $type: "science.alt.dataset.label";
  /** The name. At most 200 bytes. */
  readonly name: string;
  /** The entry record of the dataset. Format: at-uri. At most 500 bytes. */
  readonly datasetUri: string;
  /** When the record was made. Format: datetime. */
  readonly createdAt: string;
  /** Version in any form. At most 50 bytes. */
  readonly version?: string | undefined;
  /** What it stands for. At most 5000 bytes. */
  readonly description?: string | undefined;
};

/** One function that views a sample as another type, and one that puts a view back. Code is named, not carried. */
export type LensRecord = {
  readonly $type: "science.alt.dataset.lens";
  /** Name of the lens. At most 100 bytes. */
  readonly name: string;
  /** The schema record of what is viewed. Format: at-uri. At most 500 bytes. */
  readonly sourceSchema: string;
  /** The schema record of the view. Format: at-uri. At most 500 bytes. */
  readonly targetSchema: string;
  /** Makes a view. */
  readonly getterCode: CodeReference;
  /** Puts a view back. */
  readonly putterCode: CodeReference;
  /** When the record was made. Format: datetime. */
  readonly createdAt: string;
  /** What the view is for. At most 1000 bytes. */
  readonly description?: string | undefined;
  /** Deprecated: stands in the code references. At most 50 bytes. */
  readonly language?: string | undefined;
  /** What else is told about the lens. */
  readonly metadata?: LensMetadata | undefined;
  /** Version, or range of versions, of the viewed type. At most 100 bytes. */
  readonly sourceSchemaVersion?: string | undefined;
  /** Version, or range of versions, of the view's type. At most 100 bytes. */
  readonly targetSchemaVersion?: string | undefined;
};

/** Where a function's code stands. */
export type CodeReference = {
  /** The repository's url. At most 500 bytes. */
  readonly repository: string;
  /** The commit. At most 40 bytes. */
  readonly commit: string;
  /** The place in it. At most 500 bytes. */
  readonly path: string;
  /** The branch. At most 100 bytes. */
  readonly branch?: string | undefined;
  /** Language of the code. */
  readonly language?: ProgrammingLanguage | undefined;
};

/** What else is told about a lens; any members. */
export type LensMetadata = JsonRecord;

/** Says that the owner of this repository has verified one version of a lens. */
export type LensVerificationRecord = {
  readonly $type: "science.alt.dataset.lensVerification";
  /** The lens record. Format: at-uri. At most 500 bytes. */
  readonly lens: string;
  /** CID of the lens record as it was verified. At most 128 bytes. */
  readonly lensCommit: string;
  /** How it was verified. */
  readonly verificationMethod: VerificationMethod;
  /** When the record was made. Format: datetime. */
  readonly createdAt: string;
  /** Hash of the code that was verified. */
  readonly codeHash?: CodeHash | undefined;
  /** Where a proof stands. */
  readonly proofRef?: CodeReference | undefined;
  /** What was found. At most 1000 bytes. */
  readonly description?: string | undefined;
};

/** Hash of code. */
export type CodeHash = {
  /** Such as sha256. At most 20 bytes. */
  readonly algorithm: string;
  /** In hexadecimal digits. At most 128 bytes. */
  readonly digest: string;
};

/** Programming languages. Others than those named are allowed. */
export type ProgrammingLanguage = "python" | "typescript" | "javascript" | "rust" | (string & NonNullable<unknown>);

/** The type of a dataset's samples, in one version. */
export type SchemaRecord = {
  readonly $type: "science.alt.dataset.schema";
  /** Name of the type. At most 100 bytes. */
  readonly name: string;
  /** Semantic version of the type. At most 100 bytes. */
  readonly version: string;
  /** Language in which the type is written. */
  readonly schemaType: SchemaType;
  /** The type, in the form that its language has. */
  readonly schema: JsonSchemaFormat;
  /** When the record was made. Format: datetime. */
  readonly createdAt: string;
  /** What the samples are. At most 5000 bytes. */
  readonly description?: string | undefined;
  /** What else is told about the type. */
  readonly metadata?: SchemaMetadata | undefined;
  /** Version of this record's layout; 1 where it is absent. At least 1. */
  readonly atdataSchemaVersion?: number | undefined;
};

/** A JSON Schema of one object, with members beside it that say how arrays are stored. */
export type JsonSchemaFormat = {
  /** Tells this form from others. */
  readonly $type: "science.alt.dataset.schema#jsonSchemaFormat";
  /** The draft of JSON Schema. */
  readonly $schema: "http://json-schema.org/draft-07/schema#";
  /** A sample is an object. */
  readonly type: "object";
  /** JSON Schema of each field, by its name. */
  readonly properties: JsonRecord;
  /** Semantic version of each array format that fields have, by its name. */
  readonly arrayFormatVersions?: JsonRecord | undefined;
};

/** What else is told about a type. More members may be there. */
export type SchemaMetadata = {
  /** Licence, best as an SPDX identifier. At most 200 bytes. */
  readonly license?: string | undefined;
  /** Words to find it by. At most 30 items. */
  readonly tags?: readonly string[] | undefined;
};

/** Languages in which types of samples are written. Others than those named are allowed. */
export type SchemaType = "jsonSchema" | (string & NonNullable<unknown>);

/** Shards that are blobs of the account whose record this is. */
export type StorageBlobs = {
  readonly $type: "science.alt.dataset.storageBlobs";
  /** The shards, in order. At least 1 item. */
  readonly blobs: readonly BlobEntry[];
};

/** A shard. */
export type BlobEntry = {
  /** A tar archive. Media type: application/x-tar. At most 52428800 bytes. */
  readonly blob: BlobRef;
  /** Checksum of the shard. */
  readonly checksum?: ShardChecksum | undefined;
};

/** Deprecated: shards by url without checksums. Read, and no longer written. */
export type StorageExternal = {
  readonly $type: "science.alt.dataset.storageExternal";
  /** The shards, in order. At least 1 item. */
  readonly urls: readonly string[];
};

/** Shards that are fetched by url. */
export type StorageHttp = {
  readonly $type: "science.alt.dataset.storageHttp";
  /** The shards, in order. At least 1 item. */
  readonly shards: readonly StorageHttpShardEntry[];
};

/** A shard. */
export type StorageHttpShardEntry = {
  /** Its url. Format: uri. At most 2000 bytes. */
  readonly url: string;
  /** Checksum of the shard. */
  readonly checksum: ShardChecksum;
};

/** Shards that are objects of one bucket of S3, or of a service like it. */
export type StorageS3 = {
  readonly $type: "science.alt.dataset.storageS3";
  /** The bucket. At most 255 bytes. */
  readonly bucket: string;
  /** Its region. At most 50 bytes. */
  readonly region?: string | undefined;
  /** Url of a service that is not AWS. Format: uri. At most 500 bytes. */
  readonly endpoint?: string | undefined;
  /** The shards, in order. At least 1 item. */
  readonly shards: readonly StorageS3ShardEntry[];
};

/** A shard. */
export type StorageS3ShardEntry = {
  /** Its key. At most 1024 bytes. */
  readonly key: string;
  /** Checksum of the shard. */
  readonly checksum: ShardChecksum;
};

/** Ways to verify a lens. Others than those named are allowed. */
export type VerificationMethod =
  | "codeReview"
  | "formalProof"
  | "signedHash"
  | "automatedTest"
  | (string & NonNullable<unknown>);
