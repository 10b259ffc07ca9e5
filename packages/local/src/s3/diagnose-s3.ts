import { randomBytes } from "node:crypto";
import { type CallOptions, isAtdataError } from "@atdata/core";
import { clockAhead, clockFindings, type Diagnosis, type Finding, foundBroken, medianMs } from "../shared/diagnosis.ts";
import { callS3 } from "./call-s3.ts";
import type { S3ClientLike } from "./s3-client.ts";
import { deleteObject, getObject, putObjectIf } from "./s3-object.ts";
import { objectSize } from "./s3-source.ts";
import type { S3StoreOptions } from "./s3-store.ts";
import { s3Url } from "./s3-url.ts";

/**
 * Tells how fit a bucket is for datasets: whether it is there, what the keys permit, whether the server respects conditional writes, how
 * fast it answers and how its clock goes. Writes and removes a tiny object under a random key.
 *
 * What is wrong is told as findings, and not thrown.
 *
 * @throws AtdataError `UNSUPPORTED` – `@aws-sdk/client-s3` is not installed.
 */
export async function diagnoseS3(
  client: S3ClientLike,
  { bucket, prefix = "" }: S3StoreOptions,
  options: CallOptions = {},
): Promise<Diagnosis> {
  const folder = prefix.replace(/^\/+|\/+$/g, "");
  const where = s3Url({ bucket, key: folder === "" ? "" : `${folder}/` });
  let times: Pick<Diagnosis, "latencyMs" | "clockMs"> = {};
  const findings: Finding[] = [];
  try {
    const head = (): Promise<number | undefined> => headBucket(client, bucket, options);
    let date: number | undefined;
    const clockMs = await clockAhead(async () => {
      date = await head();
      return date ?? Date.now();
    });
    const latencyMs = await medianMs(head);
    times = { latencyMs, ...(date !== undefined && { clockMs }) };
    findings.push(...clockFindings(clockMs));
  } catch (error) {
    if (isAtdataError(error, "UNSUPPORTED")) throw error;
    options.signal?.throwIfAborted();
    // Whoever may not look at the bucket may still be allowed to write.
    if (!isAtdataError(error, "ACCESS_DENIED")) return { where, findings: [missing(bucket, error)] };
  }
  findings.push(...(await tryObject(client, `${where}.atdata-probe-${randomBytes(16).toString("hex")}`, options)));
  findings.push(...(await tryListing(client, { bucket, folder, where }, options)));
  findings.push(...(await versioning(client, bucket, options)));
  return { where, ...times, findings };
}

function missing(bucket: string, error: unknown): Finding {
  if (isAtdataError(error, "NETWORK_ERROR")) {
    return { ...foundBroken(error), advice: "check that it runs, and the endpoint" };
  }
  if (!isAtdataError(error, "NOT_FOUND")) return foundBroken(error);
  const advice = "create it, or check its name and the endpoint";
  return { level: "broken", code: "BUCKET_MISSING", what: `there is no bucket ${bucket}`, advice };
}

/** Looks whether the bucket is there; gives the time of the server, to a second, where it tells. */
function headBucket(client: S3ClientLike, bucket: string, options: CallOptions): Promise<number | undefined> {
  return callS3(
    client,
    s3Url({ bucket, key: "" }),
    async (send, { HeadBucketCommand }) => {
      let date: number | undefined;
      const command = new HeadBucketCommand({ Bucket: bucket });
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
          const parsed = Date.parse(headers?.date ?? "");
          // The server leaves out the fraction.
          if (!Number.isNaN(parsed)) date = parsed + 500;
          return result;
        },
        { step: "deserialize" },
      );
      await send(command);
      return date;
    },
    options,
  );
}

async function tryObject(client: S3ClientLike, url: string, options: CallOptions): Promise<Finding[]> {
  const bytes = new TextEncoder().encode("atdata");
  const findings: Finding[] = [];
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      options.signal?.throwIfAborted();
      findings.push(foundBroken(error, doing));
      return undefined;
    }
  };
  const put = await attempt("an object cannot be put", () => putObjectIf(client, url, bytes, undefined, options));
  if (put === undefined) return findings;
  await attempt("an object cannot be looked at", () => objectSize(client, url, options));
  await attempt("an object cannot be read", () => getObject(client, url, options));
  const again = await attempt("an object cannot be put a second time", async () => {
    const created = await putObjectIf(client, url, bytes, undefined, options);
    return created || (await putObjectIf(client, url, bytes, `"${"0".repeat(32)}"`, options));
  });
  if (again === true) {
    const what = "the server ignores conditions: of two who write one name at the same time both would win";
    const advice =
      "use a server that knows If-None-Match and If-Match, as AWS, R2, MinIO and Ceph do; Ceph only without versions";
    findings.push({ level: "broken", code: "CONDITIONS_IGNORED", what, advice });
  }
  await attempt("an object cannot be deleted", () => deleteObject(client, url, options));
  return findings;
}

interface Place {
  readonly bucket: string;
  readonly folder: string;
  readonly where: string;
}

async function tryListing(client: S3ClientLike, place: Place, options: CallOptions): Promise<Finding[]> {
  const page = { Bucket: place.bucket, Prefix: place.folder, MaxKeys: 1 };
  try {
    await callS3(client, place.where, (send, s3) => send(new s3.ListObjectsV2Command(page)), options);
    return [];
  } catch (error) {
    const { what, ...rest } = foundBroken(error, "folders and globs cannot be listed");
    return [{ ...rest, what, level: "warning" }];
  }
}

async function versioning(client: S3ClientLike, bucket: string, options: CallOptions): Promise<Finding[]> {
  try {
    const url = s3Url({ bucket, key: "" });
    const ask = { Bucket: bucket };
    const { Status } = await callS3(client, url, (send, s3) => send(new s3.GetBucketVersioningCommand(ask)), options);
    if (Status !== "Enabled") return [];
    const what = "the bucket keeps old versions: what is deleted still takes room";
    return [{ level: "note", code: "BUCKET_VERSIONED", what }];
  } catch (error) {
    // It is good to know, and few are permitted to ask.
    if (isAtdataError(error)) return [];
    throw error;
  }
}
