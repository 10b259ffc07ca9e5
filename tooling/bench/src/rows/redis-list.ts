import { redisIndex } from "@atdata/local/redis";
import { readByPipeline } from "../baselines/redis-pipeline.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { entryCount, filledRedis } from "../data/redis-entries.ts";

/** The listing has to find out what there is, and looks for what Python has added; the baseline knows the keys. */
export const row: TimedRow = {
  id: "redis-list",
  what: "list 1,000 entries of Redis; against one pipeline of HGETALL for the same keys, decoded",
  unit: "ms",
  bar: 0.67,
  async start(size) {
    const count = entryCount(size, 1000);
    const { client, ids, close } = await filledRedis(count);
    const provider = redisIndex(client);
    return {
      async ours() {
        let seen = 0;
        for await (const entry of provider.listEntries()) if (entry.dataUrls.length === 1) seen += 1;
        expectCount(seen, count);
      },
      async baseline() {
        const entries = await readByPipeline(client, ids);
        expectCount(entries.filter(({ dataUrls }) => Array.isArray(dataUrls) && dataUrls.length === 1).length, count);
      },
      close,
    };
  },
};
