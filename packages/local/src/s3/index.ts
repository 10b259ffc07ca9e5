/**
 * Datasets in S3 and what speaks its language: AWS, Cloudflare R2, MinIO, Ceph.
 *
 * @example
 * ```ts
 * import { connectS3, s3Source, s3Store } from "@atdata/local/s3";
 * const client = await connectS3({ endpoint: "http://127.0.0.1:9000", credentials: { accessKeyId: "me", secretAccessKey: "secret" } });
 * const [source, store] = [s3Source(client), s3Store(client, { bucket: "data" })];
 * [source.schemes, store.url("d.dataset.json")]; // -> [["s3"], "s3://data/d.dataset.json"]
 * ```
 *
 * @module
 */
export type { Diagnosis, Finding } from "../shared/diagnosis.ts";
export { presign } from "./presign.ts";
export { connectS3, type ConnectS3Options, type S3ClientLike, type S3Connection } from "./s3-client.ts";
export { s3Source } from "./s3-source.ts";
export { s3Store, type S3StoreOptions } from "./s3-store.ts";
export { diagnoseS3 } from "./diagnose-s3.ts";
