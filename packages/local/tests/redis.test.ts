import { indexProviderCases, register } from "@atdata/conformance";
import { connectRedis, redisIndex } from "@atdata/local/redis";
import { startRedis } from "@atdata/local/services";
import { Redis } from "ioredis";
import { afterAll, describe, it } from "vitest";
import { givenService } from "./given-service.ts";

const redis = await givenService("ATDATA_TEST_REDIS_URL", startRedis);
afterAll(() => redis.stop());

let database = 0;

/** A database of that Redis, emptied; there are sixteen. */
async function emptyDatabase(): Promise<string> {
  database = (database % 15) + 1;
  const url = new URL(redis.url);
  url.pathname = `/${database}`;
  const client = new Redis(url.href);
  await client.flushdb();
  client.disconnect();
  return url.href;
}

describe.skipIf(redis.missing)(`connectRedis${redis.missing ?? ""}`, () => {
  register({ describe, it }, indexProviderCases, async () => {
    const url = await emptyDatabase();
    return { provider: await connectRedis(url), reopen: () => connectRedis(url) };
  });
});

describe.skipIf(redis.missing)(`redisIndex over a client of the caller${redis.missing ?? ""}`, () => {
  register({ describe, it }, indexProviderCases, async () => {
    const client = new Redis(await emptyDatabase());
    return {
      provider: redisIndex(client),
      reopen: async () => redisIndex(client),
      dispose: async () => client.disconnect(),
    };
  });
});
