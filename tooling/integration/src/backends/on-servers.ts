import { randomBytes } from "node:crypto";
import type { MakeIndexProvider, MakeSource } from "@atdata/conformance";
import { connectPostgres } from "@atdata/local/postgres";
import { connectRedis } from "@atdata/local/redis";
import { connectS3, s3Source, s3Store } from "@atdata/local/s3";
import { type S3Service, startCeph, startMoto, startPostgres, startRedis } from "@atdata/local/services";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import pg from "pg";
import { type BuiltIn, indexed } from "./built-in.ts";

const redis: BuiltIn = {
  name: "Redis",
  async open() {
    const service = await startRedis();
    let database = 0;
    const make: MakeIndexProvider = async () => {
      // There are sixteen, and no case has more than two at once.
      database = (database + 1) % 16;
      const url = new URL(`/${database}`, service.url).href;
      const client = new Redis(url);
      await client.flushdb();
      client.disconnect();
      return { provider: await connectRedis(url), reopen: () => connectRedis(url) };
    };
    return { backend: indexed(make), [Symbol.asyncDispose]: () => service.stop() };
  },
};

const postgres: BuiltIn = {
  name: "Postgres",
  async open() {
    const service = await startPostgres();
    // Its end does not wait for its connections, which the server may end first.
    const pool = new pg.Pool({ connectionString: service.url, max: 1 }).on("error", () => {});
    const make: MakeIndexProvider = async () => {
      const schema = newName();
      await pool.query(`CREATE SCHEMA ${schema}`);
      const url = new URL(service.url);
      url.searchParams.set("options", `-c search_path=${schema}`);
      return { provider: await connectPostgres(url.href), reopen: () => connectPostgres(url.href) };
    };
    return {
      backend: indexed(make),
      async [Symbol.asyncDispose]() {
        await pool.end();
        await service.stop();
      },
    };
  },
};

function s3(name: string, start: () => Promise<S3Service>): BuiltIn {
  return {
    name,
    async open() {
      const service = await start();
      const { url: endpoint, region, credentials } = service;
      const client = await connectS3({ endpoint, credentials });
      const sdk = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
      const bucket = "atdata-backends";
      await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
      const makeSource: MakeSource = async (files) => {
        const prefix = newName();
        const put = async (key: string, bytes: Uint8Array): Promise<void> => {
          await sdk.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/${key}`, Body: bytes }));
        };
        for (const [key, bytes] of Object.entries(files)) await put(key, bytes);
        const url = (key: string): string => `s3://${bucket}/${prefix}/${key}`;
        return { source: s3Source(client), url, directory: url(""), glob: url, change: put };
      };
      return {
        backend: { makeSource, makeStore: () => s3Store(client, { bucket, prefix: newName() }) },
        async [Symbol.asyncDispose]() {
          client.destroy();
          sdk.destroy();
          await service.stop();
        },
      };
    },
  };
}

/** A name that nobody else has. */
function newName(): string {
  return `t_${randomBytes(8).toString("hex")}`;
}

/** What needs a server, which is started. */
export const onServers: readonly BuiltIn[] = [
  redis,
  postgres,
  s3("S3 on Ceph", startCeph),
  s3("S3 on moto", startMoto),
];
