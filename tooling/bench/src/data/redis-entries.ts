import { redisIndex } from "@atdata/local/redis";
import { startRedis } from "@atdata/local/services";
import { Redis } from "ioredis";
import type { Size } from "../bench-row.ts";

/** A Redis with an index of many entries, and a client of it. */
export interface FilledRedis {
  readonly client: Redis;
  /** Ids of the entries, in the order of putting; the name of the i-th is `nameAt(i)`. */
  readonly ids: readonly string[];
  close(): Promise<void>;
}

/** Tells the name of an entry. */
export function nameAt(i: number): string {
  return `dataset-${i}`;
}

/** Starts a Redis and puts so many entries of a shard into it through the provider. */
export async function filledRedis(entries: number): Promise<FilledRedis> {
  const service = await startRedis();
  const client = new Redis(service.url);
  const provider = redisIndex(client);
  const ids: string[] = [];
  for (let from = 0; from < entries; from += 1000) {
    const numbers = Array.from({ length: Math.min(1000, entries - from) }, (_, i) => from + i);
    const put = numbers.map(async (i) => {
      const url = `s3://bucket/${nameAt(i)}/data-000000.tar`;
      const checksums = { [url]: "0123456789abcdef".repeat(4) };
      const schemaRef = "atdata://local/schema/Digit@1.0.0";
      return provider.putEntry({
        name: nameAt(i),
        schemaRef,
        dataUrls: [url],
        metadata: { checksums, tags: ["digits"] },
      });
    });
    for (const { id } of await Promise.all(put)) ids.push(id);
  }
  return {
    client,
    ids,
    async close() {
      client.disconnect();
      await service.stop();
    },
  };
}

/** Scales a number of entries down for a quick run. */
export function entryCount(size: Size, full: number): number {
  return size === "full" ? full : full / 100;
}
