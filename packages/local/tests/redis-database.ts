import { startRedis } from "@atdata/local/services";
import { Redis } from "ioredis";
import { type GivenService, givenService } from "./given-service.ts";

/** A Redis for tests, with databases to be had one after the other. */
export interface RedisForTests extends GivenService {
  /** Empties the next of its databases and gives its url. */
  emptyDatabase(): Promise<string>;
}

/** Takes the Redis of `ATDATA_TEST_REDIS_URL`, or starts one. */
export async function redisForTests(): Promise<RedisForTests> {
  const given = await givenService("ATDATA_TEST_REDIS_URL", startRedis);
  let database = 0;
  return {
    ...given,
    async emptyDatabase() {
      database = (database % 15) + 1;
      const url = new URL(given.url);
      url.pathname = `/${database}`;
      const client = new Redis(url.href);
      await client.flushdb();
      client.disconnect();
      return url.href;
    },
  };
}
