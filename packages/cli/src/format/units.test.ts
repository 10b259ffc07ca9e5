import { expect, test } from "vitest";
import { formatBytes, formatCount, formatNumberOf } from "./units.ts";

test("counts have their thousands apart, and a noun in its number", () => {
  expect([0, 999, 1000, 60_000, 1_234_567].map(formatCount)).toEqual(["0", "999", "1,000", "60,000", "1,234,567"]);
  expect([0, 1, 2000].map((n) => formatNumberOf(n, "shard"))).toEqual(["0 shards", "1 shard", "2,000 shards"]);
});

test("bytes have three digits and the largest unit that leaves one before the point", () => {
  const written = [0, 999, 1000, 9994, 9996, 10_240, 99_960, 999_499, 999_500, 1e9, 2.5e15, 1e18].map(formatBytes);
  expect(written).toEqual([
    "0 B",
    "999 B",
    "1.00 kB",
    "9.99 kB",
    "10.0 kB",
    "10.2 kB",
    "100 kB",
    "999 kB",
    "1.00 MB",
    "1.00 GB",
    "2.50 PB",
    "1000 PB",
  ]);
});
