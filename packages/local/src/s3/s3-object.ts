import { randomBytes } from "node:crypto";
import { type CallOptions, isAtdataError } from "@atdata/core";
import { callS3 } from "./call-s3.ts";
import { delay } from "./delay.ts";
import type { S3ClientLike } from "./s3-client.ts";
import { errorStatus } from "./s3-errors.ts";
import { S3Reader } from "./s3-reader.ts";
import { readAll } from "./s3-source.ts";
import { parseS3Url } from "./s3-url.ts";

/** Says in an object who wrote it, so that a writer whose answer was lost knows its own. */
const MARK = "atdata-write";
const CONFLICT_TRIES = 10;

/** A small object. */
export interface SmallObject {
  /** Its content. */
  readonly bytes: Uint8Array;
  /** Its state. */
  readonly etag: string | undefined;
}

/** Reads a small object, or `undefined` when there is none. */
export async function getObject(
  client: S3ClientLike,
  url: string,
  options?: CallOptions,
): Promise<SmallObject | undefined> {
  const reader = new S3Reader(client, url, { start: 0, signal: options?.signal });
  try {
    await reader.connect();
    return { bytes: await readAll(reader), etag: reader.version?.etag };
  } catch (error) {
    if (isAtdataError(error, "NOT_FOUND") && error.clause !== "no such bucket") return undefined;
    throw error;
  } finally {
    await reader.close();
  }
}

/** Removes an object. */
export async function deleteObject(client: S3ClientLike, url: string, options?: CallOptions): Promise<void> {
  const { bucket, key } = parseS3Url(url);
  const object = { Bucket: bucket, Key: key };
  await callS3(client, url, (send, s3) => send(new s3.DeleteObjectCommand(object)), options);
}

/**
 * Puts an object if there is none, or if the one there has this ETag still; tells whether it did.
 *
 * The server decides, so that of many at the same time one wins. Where it says no, or nothing, a mark in the object tells
 * whether an earlier try of this very call got through.
 */
export async function putObjectIf(
  client: S3ClientLike,
  url: string,
  bytes: Uint8Array,
  etag: string | undefined,
  options?: CallOptions,
): Promise<boolean> {
  const mark = randomBytes(16).toString("hex");
  // S3 compares an ETag in quotes; Ceph only one without. A form that it does not take does nothing.
  const conditions = etag === undefined ? [undefined] : [...new Set([etag, etag.replace(/^"|"$/g, "")])];
  for (const condition of conditions) {
    for (let tries = 1; ; tries++) {
      const done = await putOnce(client, url, bytes, condition, mark, options);
      if (done === "done") return true;
      if (done === "refused") break;
      // Another write of the same object was under way.
      if (tries === CONFLICT_TRIES) return false;
      await delay(Math.min(tries, 3), options?.signal);
    }
  }
  return false;
}

async function putOnce(
  client: S3ClientLike,
  url: string,
  bytes: Uint8Array,
  etag: string | undefined,
  mark: string,
  options: CallOptions | undefined,
): Promise<"done" | "refused" | "conflict"> {
  const { bucket, key } = parseS3Url(url);
  const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
  const object = { Bucket: bucket, Key: key, Body: bytes, ContentLength: bytes.length, Metadata: { [MARK]: mark } };
  let status: number | undefined;
  try {
    await callS3(
      client,
      url,
      async (send, s3) => {
        try {
          await send(new s3.PutObjectCommand({ ...object, ...condition }));
        } catch (error) {
          status = errorStatus(error);
          throw error;
        }
      },
      options,
    );
    return "done";
  } catch (error) {
    if ((await markOf(client, url, options).catch(() => undefined)) === mark) return "done";
    if (status === 412) return "refused";
    // What was to be replaced is gone.
    if (status === 404 && etag !== undefined) return "refused";
    if (status === 409) return "conflict";
    throw error;
  }
}

async function markOf(
  client: S3ClientLike,
  url: string,
  options: CallOptions | undefined,
): Promise<string | undefined> {
  const { bucket, key } = parseS3Url(url);
  const head = { Bucket: bucket, Key: key };
  const { Metadata } = await callS3(client, url, (send, s3) => send(new s3.HeadObjectCommand(head)), options);
  return Metadata?.[MARK];
}
