import { randomBytes } from "node:crypto";
import { isAtdataError } from "@atdata/core";
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { connectS3, type S3ClientLike } from "../src/s3/index.ts";
import { type S3Service, startCeph, startMoto } from "../src/services/index.ts";

/** A bucket on a server of its own. */
export interface TestBucket {
  readonly service: S3Service;
  readonly client: S3ClientLike & { destroy(): void };
  /** The SDK's client, for what the library does not do. */
  readonly sdk: S3Client;
  readonly bucket: string;
  /** Stops all. */
  stop(): Promise<void>;
}

/** The servers that tests run on. */
export const servers: Readonly<Record<string, () => Promise<S3Service>>> = { Ceph: startCeph, moto: startMoto };

/** Starts a server and makes a bucket, or says why not: only what is not installed is a reason, and Ceph always is in CI. */
export async function startBucket(name: string): Promise<TestBucket | string> {
  let service: S3Service;
  try {
    service = await (servers[name] as () => Promise<S3Service>)();
  } catch (error) {
    if (!isAtdataError(error, "UNSUPPORTED") || (process.env.CI === "true" && name !== "moto")) throw error;
    return error.message;
  }
  const { url: endpoint, region, credentials } = service;
  const client = await connectS3({ endpoint, credentials });
  const sdk = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const bucket = "atdata-test";
  await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
  const stop = async (): Promise<void> => {
    client.destroy();
    sdk.destroy();
    await service.stop();
  };
  return { service, client, sdk, bucket, stop };
}

/** A folder that nobody else has. */
export function newPrefix(): string {
  return `t-${randomBytes(8).toString("hex")}`;
}

/** Puts an object as it is. */
export async function putObject({ sdk, bucket }: TestBucket, key: string, bytes: Uint8Array): Promise<void> {
  await sdk.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
}

/** A client that passes commands through `change`, which may send them on, or do something else. */
export function changedClient(
  { client }: TestBucket,
  change: (command: SentCommand, send: () => Promise<unknown>) => Promise<unknown>,
): S3ClientLike {
  return { send: (command, options) => change(command as SentCommand, () => client.send(command, options)) };
}

/** What a client sees of a command. */
export interface SentCommand {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}

/** Fails as a connection does that breaks before the answer comes. */
export function lostAnswer(): Error {
  return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
}

/** All keys in a folder, without it, and the uploads in it that are not complete. */
export async function contents({ sdk, bucket }: TestBucket, prefix: string): Promise<string[]> {
  const page = await sdk.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}/` }));
  const uploads = await sdk.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: `${prefix}/` }));
  const names = (page.Contents ?? []).map(({ Key }) => String(Key).slice(prefix.length + 1));
  return [...names, ...(uploads.Uploads ?? []).map(({ Key }) => `incomplete ${Key}`)];
}
