import { indexProviderCases, register } from "@atdata/conformance";
import { connectRedis, redisIndex } from "@atdata/local/redis";
import { Redis } from "ioredis";
import { afterAll, describe, it } from "vitest";
import { redisForTests } from "./redis-database.ts";

const redis = await redisForTests();
afterAll(() => redis.stop());

describe.skipIf(redis.missing)(`connectRedis${redis.missing ?? ""}`, () => {
  register({ describe, it }, indexProviderCases, async () => {
    const url = await redis.emptyDatabase();
    return { provider: await connectRedis(url), reopen: () => connectRedis(url) };
  });
});

describe.skipIf(redis.missing)(`redisIndex over a client of the caller${redis.missing ?? ""}`, () => {
  register({ describe, it }, indexProviderCases, async () => {
    const client = new Redis(await redis.emptyDatabase());
    return {
      provider: redisIndex(client),
      reopen: async () => redisIndex(client),
      dispose: async () => client.disconnect(),
    };
  });
});
