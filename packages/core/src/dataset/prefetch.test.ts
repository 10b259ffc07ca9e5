import { slowSource } from "@atdata/conformance";
import { describe, expect, it } from "vitest";
import { itemDataset, numbers, remote, upTo } from "../../tests/dataset-fixture.ts";
import type { DataSource } from "../protocols/data-source.ts";

/** Counts what a source does at the same time. */
function busySource(source: DataSource): { source: DataSource; most: { opens: number; reads: number } } {
  const most = { opens: 0, reads: 0 };
  const now = { opens: 0, reads: 0 };
  const during = async <T>(what: "opens" | "reads", work: () => Promise<T>): Promise<T> => {
    now[what] += 1;
    most[what] = Math.max(most[what], now[what]);
    try {
      return await work();
    } finally {
      now[what] -= 1;
    }
  };
  const wrapped: DataSource = {
    ...source,
    open: async (url, options) => {
      const reader = await during("opens", () => source.open(url, options));
      return { ...reader, next: () => during("reads", () => reader.next()), close: () => reader.close() };
    },
  };
  return { source: wrapped, most };
}

/** Gives shards in chunks of a few bytes, and counts those that were not asked for yet. */
function chunked(source: DataSource, length: number, read: (bytes: number) => void): DataSource {
  return {
    ...remote(source),
    open: async (url, options) => {
      let at = options?.start ?? 0;
      return {
        next: async () => {
          await new Promise((resolve) => setTimeout(resolve));
          const chunk = await source.read?.(url, at, length);
          if (chunk === undefined || chunk.length === 0) return undefined;
          at += chunk.length;
          read(chunk.length);
          return chunk;
        },
        close: async () => undefined,
      };
    },
  };
}

describe("prefetch", () => {
  it("opens and reads the shards that follow at the same time, and no more than asked", async () => {
    for (const [shards, opens] of [
      [undefined, 3],
      [0, 1],
      [5, 6],
    ] as const) {
      let most = { opens: 0, reads: 0 };
      const around = (inner: DataSource): DataSource => {
        const busy = busySource(slowSource(inner, 2));
        most = busy.most;
        return busy.source;
      };
      const prefetch = shards === undefined ? {} : { shards };
      const { ds } = itemDataset(
        upTo(9).map(() => 2),
        { around, prefetch },
      );
      expect(await numbers(ds)).toEqual(upTo(18));
      expect(most.opens).toBe(opens);
      expect(most.reads).toBe(opens);
    }
  });

  it("holds no more than its budget and one chunk, and never starves the shard that is read", async () => {
    for (const budget of [0, 1, 250, 1000, 5000]) {
      let read = 0;
      let used = 0;
      let most = 0;
      const { ds, files } = itemDataset([40, 3, 40, 40], {
        around: (inner) =>
          chunked(inner, 100, (bytes) => {
            read += bytes;
            most = Math.max(most, read - used);
          }),
        prefetch: { shards: 3, bytes: budget },
        verify: false,
      });
      const run = ds.iterate({
        onProgress: ({ bytes }) => {
          used = bytes;
        },
      });
      expect(await numbers(run)).toEqual(upTo(123));
      expect(read).toBe([...files.values()].reduce((sum, { length }) => sum + length, 0));
      // Between two reports the consumer has taken one chunk that is not counted as used yet.
      expect(most).toBeLessThanOrEqual(budget + 200);
      if (budget >= 1000) expect(most).toBeGreaterThan(budget / 2);
    }
  });

  it("leaves no rejection behind when shards that are not needed fail", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on("unhandledRejection", note);
    const { ds, source } = itemDataset([3, 3, 3], { around: remote, spoil: (files) => files.delete("s-1.mem") });
    for await (const { n } of ds) if (n === 1) break;
    await expect(numbers(ds)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect(source.openReaders).toBe(0);
  });
});
