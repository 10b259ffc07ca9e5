import type { DataSource, DataStore } from "@atdata/core";
import type { S3ClientLike, S3Connection } from "@atdata/local/s3";
import { s3Source, s3Store } from "@atdata/local/s3";
import type { Config } from "./config.ts";
import type { S3Config } from "./parse-config.ts";

type S3Source = ReturnType<typeof s3Source>;

/** A client of S3 that is made when it is first used, and closed with the rest. */
export interface LazyS3 extends S3ClientLike, AsyncDisposable {}

/** Makes it; without an endpoint it is AWS, or what the variables of the AWS SDK say. */
export function lazyS3(config: S3Config): LazyS3 {
  let connecting: Promise<S3Connection> | undefined;
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const endpoint = config.endpoint ?? (AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined);
  return {
    async send(command, options) {
      connecting ??= import("@atdata/local/s3").then(({ connectS3 }) => connectS3({ ...config, endpoint }));
      return (await connecting).send(command, options);
    },
    async [Symbol.asyncDispose]() {
      (await connecting?.catch(() => undefined))?.destroy();
    },
  };
}

/** The bucket and the prefix of an `s3://` url. */
export function bucketOf(url: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(url) ?? [];
  return { bucket, prefix };
}

/** Builds the store of an `s3://` url, which closes its client. */
export function lazyS3Store(url: string, config: S3Config): DataStore {
  const client = lazyS3(config);
  const store = s3Store(client, bucketOf(url));
  return { ...store, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}

/**
 * Builds what reads `s3://` urls: with the settings of the repository that keeps its shards in that bucket, else with the defaults.
 *
 * Settings are read when the first url is.
 */
export function configuredS3(config: () => Promise<Config>): DataSource & AsyncDisposable {
  const clients: LazyS3[] = [];
  const sources = new Map<string, Promise<S3Source>>();
  const open = async (bucket: string): Promise<S3Source> => {
    const { repos } = await config();
    const repo = Object.values(repos).find(({ store = "" }) => bucketOf(store).bucket === bucket);
    const client = lazyS3(repo?.s3 ?? {});
    clients.push(client);
    return s3Source(client);
  };
  const sourceOf = (url: string): Promise<S3Source> => {
    const { bucket } = bucketOf(url);
    const source = sources.get(bucket) ?? open(bucket);
    sources.set(bucket, source);
    return source;
  };
  return {
    name: "s3",
    schemes: ["s3"],
    capabilities: { range: true, local: false },
    async *list(ref, options) {
      yield* (await sourceOf(ref)).list(ref, options);
    },
    open: async (url, options) => (await sourceOf(url)).open(url, options),
    read: async (url, ...args) => (await sourceOf(url)).read(url, ...args),
    size: async (url, options) => (await sourceOf(url)).size(url, options),
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client[Symbol.asyncDispose]();
    },
  };
}
