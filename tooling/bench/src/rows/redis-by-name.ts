import { redisIndex } from "@atdata/local/redis";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { entryCount, filledRedis, nameAt } from "../data/redis-entries.ts";

/** One at a time, as a program asks: a round trip each, to another process on this machine. */
export const row: TimedRow = {
  id: "redis-by-name",
  what: "find 2,000 entries by name among 100,000 in Redis; against a bare GET of a key by the same name with as many bytes",
  unit: "ms",
  bar: 0.5,
  async start(size) {
    const count = entryCount(size, 100_000);
    const lookups = entryCount(size, 2000);
    const { client, ids, close } = await filledRedis(count);
    const provider = redisIndex(client);
    const hash = await client.hgetallBuffer(`LocalDatasetEntry:${ids[0]}`);
    const bytes = Buffer.concat(Object.values(hash));
    await Promise.all(ids.map((_, i) => client.set(`bare:${nameAt(i)}`, bytes)));
    const step = Math.floor(count / lookups);
    return {
      async ours() {
        let seen = 0;
        for (let i = 0; i < lookups; i++) {
          const entry = await provider.latestEntry(nameAt(i * step));
          if (entry?.id === ids[i * step]) seen += 1;
        }
        expectCount(seen, lookups);
      },
      async baseline() {
        let seen = 0;
        for (let i = 0; i < lookups; i++) {
          const held = await client.getBuffer(`bare:${nameAt(i * step)}`);
          if (held?.length === bytes.length) seen += 1;
        }
        expectCount(seen, lookups);
      },
      close,
    };
  },
};
