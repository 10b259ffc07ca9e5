import { isValidTid } from "@atproto/syntax";
import { describe, expect, it } from "vitest";
import { makeTid } from "./tid.ts";

describe("a TID", () => {
  it("is well formed, and sorts after all before it", () => {
    const tids = Array.from({ length: 5000 }, makeTid);
    expect(tids.every((tid) => isValidTid(tid))).toBe(true);
    expect([...new Set(tids)].sort()).toEqual(tids);
  });

  it("tells the time in microseconds", () => {
    const alphabet = "234567abcdefghijklmnopqrstuvwxyz";
    const [before, tid] = [Date.now(), makeTid()];
    const micros = [...tid.slice(0, 11)].reduce((sum, digit) => sum * 32 + alphabet.indexOf(digit), 0);
    expect(Math.abs(micros / 1000 - before)).toBeLessThan(60_000);
  });
});
