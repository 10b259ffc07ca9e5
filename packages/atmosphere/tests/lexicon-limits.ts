import { blobOf, type Kind } from "./lexicon-records.ts";

/** A field and two values for it, of which only the first is within its limits. */
export interface LimitRow {
  readonly field: string;
  readonly fits: unknown;
  readonly breaks: unknown;
}

// Two bytes each, so that who counts characters is found out.
const twoByte = (bytes: number): string => "é".repeat(bytes / 2) + "a".repeat(bytes % 2);
const text = (field: string, bytes: number): LimitRow => ({
  field,
  fits: twoByte(bytes),
  breaks: twoByte(bytes + 1),
});
const filled = (start: string, bytes: number): string => start + "a".repeat(bytes - start.length);
const grown = (field: string, start: string, bytes: number): LimitRow => ({
  field,
  fits: filled(start, bytes),
  breaks: filled(start, bytes + 1),
});
const atUri = (field: string): LimitRow[] => [
  grown(field, "at://did:plc:abc/science.alt.dataset.entry/", 500),
  { field, fits: "at://alice.test/science.alt.dataset.entry/a", breaks: "https://alice.test/a" },
];
const uri = (field: string, bytes: number): LimitRow[] => [
  grown(field, "https://example.com/", bytes),
  { field, fits: "s3://bucket/key", breaks: "not a url" },
];
const createdAt: LimitRow[] = [
  { field: "createdAt", fits: "2026-02-03T04:05:06.123456+00:00", breaks: "2026-02-03 04:05" },
  { field: "createdAt", fits: "2026-02-03T04:05:06Z", breaks: 1_770_000_000 },
];
const object = (field: string): LimitRow => ({ field, fits: { a: { b: [1, null, true, "c"] } }, breaks: "text" });
const atLeast = (field: string, least: number): LimitRow[] => [
  { field, fits: least, breaks: least - 1 },
  { field, fits: least, breaks: least + 0.5 },
];
const tags = (field: string): LimitRow[] => [
  { field, fits: new Array(30).fill("a"), breaks: new Array(31).fill("a") },
  { field, fits: [], breaks: "a" },
  text(`${field}[0]`, 150),
];
const someOf = (field: string, item: unknown): LimitRow => ({ field, fits: [item], breaks: [] });
const checksum = (field: string): LimitRow[] => [
  text(`${field}.algorithm`, 20),
  text(`${field}.digest`, 128),
  { field, fits: { algorithm: "none", digest: "" }, breaks: "sha256" },
];
const blob = (field: string, mimeType: string | undefined, maxSize: number | undefined): LimitRow[] => {
  const whole = blobOf(mimeType ?? "text/plain");
  return [
    { field, fits: whole, breaks: { ...whole, ref: { $link: "no-cid" } } },
    ...(mimeType === undefined ? [] : [{ field: `${field}.mimeType`, fits: mimeType, breaks: "text/plain" }]),
    ...(maxSize === undefined ? [] : [{ field: `${field}.size`, fits: maxSize, breaks: maxSize + 1 }]),
  ];
};
const code = (field: string): LimitRow[] => [
  text(`${field}.repository`, 500),
  text(`${field}.commit`, 40),
  text(`${field}.path`, 500),
  text(`${field}.branch`, 100),
  text(`${field}.language`, 50),
  { field, fits: { repository: "r", commit: "c", path: "p" }, breaks: "r" },
];
const constant = (field: string, value: string): LimitRow => ({ field, fits: value, breaks: `${value}x` });

const shard = { url: "https://example.com/a.tar", checksum: { algorithm: "none", digest: "" } };
const keyed = { key: "a.tar", checksum: { algorithm: "none", digest: "" } };
const manifest = { header: blobOf("application/json") };
const tar = { blob: blobOf("application/x-tar") };

const bytesOf = (length: number): { $bytes: string } => ({ $bytes: Buffer.alloc(length).toString("base64") });

/** Every limit of every field, by the kind of record that has the field. */
export const limitRows: Readonly<Record<Kind, readonly LimitRow[]>> = {
  schema: [
    constant("$type", "science.alt.dataset.schema"),
    text("name", 100),
    grown("version", "1.0.0-", 100),
    { field: "version", fits: "1.2.3-rc.1+build.5", breaks: "1.2" },
    { field: "version", fits: "0.0.0", breaks: "01.0.0" },
    text("schemaType", 50),
    { field: "schema", fits: { $type: "com.example.form" }, breaks: { $schema: "no type" } },
    constant("schema.$schema", "http://json-schema.org/draft-07/schema#"),
    constant("schema.type", "object"),
    object("schema.properties"),
    object("schema.arrayFormatVersions"),
    ...createdAt,
    text("description", 5000),
    object("metadata"),
    text("metadata.license", 200),
    ...tags("metadata.tags"),
    ...atLeast("atdataSchemaVersion", 1),
  ],
  entry: [
    constant("$type", "science.alt.dataset.entry"),
    text("name", 200),
    ...atUri("schemaRef"),
    { field: "storage", fits: { $type: "com.example.storage" }, breaks: { shards: [] } },
    ...createdAt,
    text("description", 5000),
    { field: "metadata", fits: bytesOf(100_000), breaks: bytesOf(100_001) },
    { field: "metadata", fits: { $bytes: "gaFhwA==" }, breaks: { a: null } },
    { field: "metadata", fits: { $bytes: "gaFhwA" }, breaks: { $bytes: "not base64!" } },
    ...tags("tags"),
    object("size"),
    ...atLeast("size.samples", 0),
    ...atLeast("size.bytes", 0),
    ...atLeast("size.shards", 1),
    text("license", 200),
    ...atUri("metadataSchemaRef"),
    object("contentMetadata"),
    { field: "manifests", fits: new Array(10_000).fill(manifest), breaks: new Array(10_001).fill(manifest) },
    { field: "manifests[0]", fits: manifest, breaks: "header" },
    ...blob("manifests[0].header", "application/json", 1_048_576),
    ...blob("manifests[0].samples", "application/octet-stream", 104_857_600),
    { field: "storage.blobs[0]", fits: tar, breaks: "blob" },
    { field: "storage.blobs", fits: [tar], breaks: [] },
    ...blob("storage.blobs[0].blob", "application/x-tar", 52_428_800),
    ...checksum("storage.blobs[0].checksum"),
  ],
  entryHttp: [
    someOf("storage.shards", shard),
    { field: "storage.shards[0]", fits: shard, breaks: "https://example.com/a.tar" },
    ...uri("storage.shards[0].url", 2000),
    ...checksum("storage.shards[0].checksum"),
  ],
  entryS3: [
    text("storage.bucket", 255),
    text("storage.region", 50),
    ...uri("storage.endpoint", 500),
    someOf("storage.shards", keyed),
    { field: "storage.shards[0]", fits: keyed, breaks: "a.tar" },
    text("storage.shards[0].key", 1024),
    ...checksum("storage.shards[0].checksum"),
  ],
  entryExternal: [
    someOf("storage.urls", "https://example.com/{0..3}.tar"),
    ...uri("storage.urls[0]", 1000),
    { field: "storage.urls[0]", fits: "https://example.com/a-{000000..000009}.tar", breaks: 1 },
  ],
  label: [
    constant("$type", "science.alt.dataset.label"),
    text("name", 200),
    ...atUri("datasetUri"),
    ...createdAt,
    text("version", 50),
    text("description", 5000),
  ],
  lens: [
    constant("$type", "science.alt.dataset.lens"),
    text("name", 100),
    ...atUri("sourceSchema"),
    ...atUri("targetSchema"),
    ...code("getterCode"),
    ...code("putterCode"),
    ...createdAt,
    text("description", 1000),
    text("language", 50),
    object("metadata"),
    text("sourceSchemaVersion", 100),
    text("targetSchemaVersion", 100),
  ],
  lensVerification: [
    constant("$type", "science.alt.dataset.lensVerification"),
    ...atUri("lens"),
    text("lensCommit", 128),
    text("verificationMethod", 50),
    ...createdAt,
    text("codeHash.algorithm", 20),
    text("codeHash.digest", 128),
    { field: "codeHash", fits: { algorithm: "sha256", digest: "00" }, breaks: "00" },
    ...code("proofRef"),
    text("description", 1000),
  ],
  file: [
    constant("$type", "science.alt.dataset.file"),
    text("name", 512),
    { field: "name", fits: "a", breaks: "" },
    ...blob("blob", undefined, undefined),
    { field: "sha256", fits: "0a".repeat(32), breaks: `${"0a".repeat(31)}0` },
    { field: "sha256", fits: "f".repeat(64), breaks: "F".repeat(64) },
    { field: "sha256", fits: "f".repeat(64), breaks: "f".repeat(65) },
    ...createdAt,
  ],
};
