import { type CallOptions, type DataSource, isAtdataError, isGlob, listNames, type ShardInfo } from "@atdata/core";
import { callS3 } from "./call-s3.ts";
import type { S3ClientLike } from "./s3-client.ts";
import { S3Reader, type S3Version } from "./s3-reader.ts";
import { parseS3Url, s3Url } from "./s3-url.ts";

/** So many objects' states are remembered between range reads. */
const REMEMBERED = 10_000;

/**
 * Builds the source for `s3://bucket/key` urls, over an S3 client.
 *
 * A folder (`s3://bucket/data/`) and a glob (`s3://bucket/data/*.tar`, `**` for folders between) list shards, page by
 * page. A connection that drops or falls silent is taken up at the byte reached; requests that fail as such are tried
 * again by the client. An object that changed in between (ETag or length) is `SOURCE_CHANGED` and never a mixture; for
 * `read` that holds from one range to the next.
 *
 * @param client - An `S3Client` of `@aws-sdk/client-s3`; {@link connectS3} builds one. It stays the caller's to close.
 */
export function s3Source(client: S3ClientLike): DataSource & Required<Pick<DataSource, "read" | "size">> {
  const versions = new Map<string, S3Version>();
  return {
    name: "s3",
    schemes: ["s3"],
    capabilities: { range: true, local: false },
    async *list(ref, options) {
      options?.signal?.throwIfAborted();
      const { key } = parseS3Url(ref);
      const last = key.slice(key.lastIndexOf("/") + 1);
      // What has a suffix is a file; anything else may be a folder.
      if (!isGlob(key) && last.includes(".")) yield { url: ref };
      else yield* listShards(client, ref, options);
    },
    async open(url, options) {
      const reader = new S3Reader(client, url, { start: options?.start ?? 0, signal: options?.signal });
      await reader.connect();
      return reader;
    },
    async read(url, offset, length, options) {
      options?.signal?.throwIfAborted();
      if (length === 0) return new Uint8Array();
      const range = { start: offset, end: offset + length, version: versions.get(url), signal: options?.signal };
      const reader = new S3Reader(client, url, range);
      try {
        const bytes = await readAll(reader);
        if (reader.version !== undefined) remember(versions, url, reader.version);
        return bytes;
      } catch (error) {
        // Reported once; who asks again wants the object as it is now.
        if (isAtdataError(error, "SOURCE_CHANGED")) versions.delete(url);
        throw error;
      } finally {
        await reader.close();
      }
    },
    size: (url, options) => objectSize(client, url, options),
  };
}

/** Tells the length of an object, or `undefined` when there is none. */
export async function objectSize(
  client: S3ClientLike,
  url: string,
  options?: CallOptions,
): Promise<number | undefined> {
  const { bucket, key } = parseS3Url(url);
  const head = { Bucket: bucket, Key: key };
  try {
    return await callS3(
      client,
      url,
      async (send, s3) => (await send(new s3.HeadObjectCommand(head))).ContentLength,
      options,
    );
  } catch (error) {
    if (isAtdataError(error, "NOT_FOUND")) return undefined;
    throw error;
  }
}

/** Reads to the end. */
export async function readAll(reader: S3Reader): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

async function* listShards(
  client: S3ClientLike,
  ref: string,
  options: CallOptions | undefined,
): AsyncGenerator<ShardInfo> {
  const { bucket, key } = parseS3Url(ref);
  const glob = isGlob(key);
  const start = glob ? key.search(/[*?[]/) : key.length;
  const folder = glob || key === "" || key.endsWith("/") ? key : `${key}/`;
  const flat = !folder.slice(start).replace(/\/$/, "").includes("/");
  const files = new Map<string, { readonly length: number }>();
  let token: string | undefined;
  do {
    const page = await callS3(
      client,
      s3Url({ bucket, key: folder }),
      (send, s3) =>
        send(
          new s3.ListObjectsV2Command({
            Bucket: bucket,
            Prefix: folder.slice(0, start + Number(!glob)),
            ...(flat && { Delimiter: "/" }),
            ...(token !== undefined && { ContinuationToken: token }),
          }),
        ),
      options,
    );
    for (const { Key, Size } of page.Contents ?? []) if (Key !== undefined) files.set(Key, { length: Size ?? 0 });
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  yield* listNames(ref, key, files);
}

function remember(versions: Map<string, S3Version>, url: string, version: S3Version): void {
  versions.delete(url);
  versions.set(url, version);
  for (const oldest of versions.keys()) {
    if (versions.size <= REMEMBERED) break;
    versions.delete(oldest);
  }
}
