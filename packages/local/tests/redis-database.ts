import { startRedis } from "@atdata/local/services";
import { Redis } from "ioredis";
import { type GivenService, givenService } from "./given-service.ts";

/** A Redis for tests, with databases to be had one after the other. */
export interface RedisForTests extends GivenService {
  /** Empties the next of this file's databases and gives its url. */
  emptyDatabase(): Promise<string>;
}

/** How many databases one test file takes: Redis has sixteen, and test files run side by side. */
const DATABASES = 3;

/** Takes databases of the Redis of `ATDATA_TEST_REDIS_URL`, or starts one. */
export async function redisForTests(): Promise<RedisForTests> {
  const given = await givenService("ATDATA_TEST_REDIS_URL", startRedis);
  const claimed: string[] = [];
  const onRedis = async <T>(use: (client: Redis) => Promise<T>, database = ""): Promise<T> => {
    const url = new URL(given.url);
    if (database !== "") url.pathname = database;
    const client = new Redis(url.href);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  };
  let next = 0;
  return {
    ...given,
    async emptyDatabase() {
      if (claimed.length === 0) claimed.push(...(await onRedis(claim)));
      const database = claimed[next++ % DATABASES] ?? "";
      await onRedis((client) => client.flushdb(), database);
      return new URL(database, given.url).href;
    },
    async stop() {
      if (claimed.length > 0) await onRedis((client) => client.del(claimed.map(claimOf)));
      await given.stop();
    },
  };
}

function claimOf(database: string): string {
  return `atdata-tests-use${database}`;
}

/** Finds databases that no other test file uses, and notes in the first one that they are taken. */
async function claim(client: Redis): Promise<string[]> {
  const databases: string[] = [];
  for (let i = 1; i < 16 && databases.length < DATABASES; i++) {
    // Should this process be killed, they are free again after ten minutes.
    if ((await client.set(claimOf(`/${i}`), "1", "EX", 600, "NX")) === "OK") databases.push(`/${i}`);
  }
  if (databases.length < DATABASES) throw new Error("all databases of that Redis are in use by tests");
  return databases;
}
