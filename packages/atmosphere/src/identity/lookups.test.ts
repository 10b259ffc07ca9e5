import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lookups } from "./lookups.ts";

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("lookups", () => {
  it("remember an answer for ten minutes, unless it is to be fresh", async () => {
    let count = 0;
    const { get, keep } = lookups(async (key) => `${key}${++count}`);
    expect([await get("a"), await get("a"), await get("b")]).toEqual(["a1", "a1", "b2"]);
    vi.setSystemTime(Date.now() + 9 * MINUTE);
    expect(await get("a")).toBe("a1");
    expect([await get("a", { fresh: true }), await get("a")]).toEqual(["a3", "a3"]);
    vi.setSystemTime(Date.now() + 11 * MINUTE);
    expect(await get("a")).toBe("a4");
    keep("b", "kept");
    expect(await get("b")).toBe("kept");
    vi.setSystemTime(Date.now() + 11 * MINUTE);
    expect(await get("b")).toBe("b5");
  });

  it("do not remember failures", async () => {
    let count = 0;
    const { get } = lookups(async () => {
      if (++count === 1) throw new Error("once");
      return count;
    });
    await expect(get("a")).rejects.toThrow("once");
    expect(await get("a")).toBe(2);
  });

  it("are shared by those who wait, until the last of them goes", async () => {
    const signals: AbortSignal[] = [];
    const { get } = lookups((_, signal) => {
      signals.push(signal);
      return new Promise<string>((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = [get("a", { signal: one.signal }), get("a", { signal: two.signal })];
    one.abort(new Error("first"));
    await expect(waiting[0]).rejects.toThrow("first");
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    two.abort(new Error("second"));
    await expect(waiting[1]).rejects.toThrow("second");
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    const third = new AbortController();
    const again = get("a", { signal: third.signal });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    third.abort(new Error("third"));
    await expect(again).rejects.toThrow("third");
    await expect(get("a", { signal: third.signal })).rejects.toThrow("third");
    expect(signals).toHaveLength(2);
  });

  it("forget the oldest of very many", async () => {
    let count = 0;
    const { get } = lookups(async () => ++count);
    for (let i = 0; i <= 10_000; i++) await get(String(i));
    expect(await get("1")).toBe(2);
    expect(await get("0")).toBe(10_002);
  });
});
