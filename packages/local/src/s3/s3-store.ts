import { AtdataError, type DataStore, datasetExists, datasetFile, requirePlainName } from "@atdata/core";
import type { S3ClientLike } from "./s3-client.ts";
import { deleteObject, getObject, putObjectIf } from "./s3-object.ts";
import { objectSize, s3Source } from "./s3-source.ts";
import { parseS3Url, s3Url } from "./s3-url.ts";
import { S3Write } from "./s3-write.ts";

/** Where an S3 store keeps its files. */
export interface S3StoreOptions {
  /** The bucket; it must exist. */
  readonly bucket: string;
  /** What all keys begin with, a folder such as `"team/data"`; default none. */
  readonly prefix?: string | undefined;
}

/**
 * Builds a store over a bucket, or a folder in one.
 *
 * Shards and sidecars are uploaded in parts while they are written, in bounded memory, and become objects at the commit,
 * under names with a token of the write; each one's length is compared. Then a conditional request creates
 * `<dataset>.dataset.json`: of several writers of one name one wins, and the others remove what they sent. A process that
 * is killed leaves uploads that were not completed, or objects that nothing names: a lifecycle rule of the bucket that
 * aborts incomplete uploads clears the former.
 *
 * The server must know `If-None-Match: *` and `If-Match` for PutObject, as AWS, R2, MinIO and Ceph do.
 *
 * @param client - An `S3Client` of `@aws-sdk/client-s3`; {@link connectS3} builds one. It stays the caller's to close.
 * @example
 * ```ts
 * import { connectS3, s3Store } from "@atdata/local/s3";
 * const store = s3Store(await connectS3({ region: "eu-central-1" }), { bucket: "my-data", prefix: "digits" });
 * store.url("d.dataset.json"); // -> "s3://my-data/digits/d.dataset.json"
 * ```
 */
export function s3Store(client: S3ClientLike, options: S3StoreOptions): DataStore {
  const folder = (options.prefix ?? "").replace(/^\/+|\/+$/g, "");
  const start = s3Url({ bucket: options.bucket, key: folder === "" ? "" : `${folder}/` });
  if (parseS3Url(start).bucket !== options.bucket) {
    throw new AtdataError(
      "REF_INVALID",
      "not the name of a bucket",
      { ref: options.bucket },
      { hint: "use prefix for a folder" },
    );
  }
  const url = (name: string): string => start + name;
  const urlOf = (name: string): string => {
    requirePlainName(name);
    return url(name);
  };
  return {
    name: "s3",
    source: s3Source(client),
    url,
    async begin(dataset, begin) {
      begin?.signal?.throwIfAborted();
      const last = urlOf(datasetFile(dataset));
      const overwrite = begin?.overwrite ?? false;
      if (!overwrite && (await objectSize(client, last, begin)) !== undefined) {
        throw datasetExists(datasetFile(dataset));
      }
      return new S3Write({ client, dataset, overwrite, url, signal: begin?.signal });
    },
    async get(name, call) {
      return (await getObject(client, urlOf(name), call))?.bytes;
    },
    create: async (name, bytes, call) => putObjectIf(client, urlOf(name), bytes.slice(), undefined, call),
    async delete(name, call) {
      const found = (await objectSize(client, urlOf(name), call)) !== undefined;
      if (found) await deleteObject(client, urlOf(name), call);
      return found;
    },
  };
}
