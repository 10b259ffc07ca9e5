import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { inParallel } from "./in-parallel.ts";

describe("doing things in parallel", () => {
  it("gives results in the order of the items, and never has more than eight under way", async () => {
    let [now, most] = [0, 0];
    const results = await inParallel(
      Array.from({ length: 40 }, (_, i) => i),
      async (i) => {
        most = Math.max(most, ++now);
        await sleep((i * 7) % 5);
        now -= 1;
        return i * 2;
      },
    );
    expect(results).toEqual(Array.from({ length: 40 }, (_, i) => i * 2));
    expect(most).toBe(8);
    expect(await inParallel([], async () => 1)).toEqual([]);
  });

  it("begins no more after a failure, waits for those under way, and gives the first", async () => {
    let ended = 0;
    const begun: number[] = [];
    const work = inParallel(
      Array.from({ length: 40 }, (_, i) => i),
      async (i) => {
        begun.push(i);
        if (i === 3) throw new Error("third");
        await sleep(5);
        ended += 1;
        if (i === 4) throw new Error("fourth");
      },
    );
    await expect(work).rejects.toThrow("third");
    expect([begun.length, ended]).toEqual([8, 7]);
  });
});
