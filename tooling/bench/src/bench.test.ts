import { expect, test } from "vitest";
import { bench, machine } from "./bench.ts";
import { measureRow, median } from "./measure.ts";
import { rows } from "./rows.ts";
import { formatRow } from "./table.ts";

// Whatever takes no time to speak of; `memory` starts many processes.
const QUICK = [
  ...["read-mnist", "read-mnist-pax", "read-small", "read-http", "write-mnist"],
  ...["write-manifest", "query-pruned", "query-scan", "query-scan-duckdb"],
  "sqlite-by-name",
];
const FOUNDATION = [
  ...["read-mnist", "read-mnist-raw", "read-mnist-chain", "read-mnist-batch", "read-mnist-pax", "read-mnist-verify"],
  ...["read-small", "read-image", "read-http", "write-mnist", "write-stream", "memory"],
];
const MANIFESTS = ["write-manifest", "write-manifest-hashed", "query-pruned", "query-scan", "query-scan-duckdb"];
const LOCAL = ["sqlite-by-name", "redis-by-name", "redis-list", "s3-upload", "s3-download"];

test("runs rows in processes of their own and reports exactly the promised keys", { timeout: 120_000 }, async () => {
  const seen: string[] = [];
  for await (const { result, details } of bench(QUICK, "quick")) {
    seen.push(result.id);
    expect(Object.keys(result)).toEqual(["id", "what", "ours", "baseline", "unit", "ratio", "bar", "pass"]);
    expect(result.ours).toBeGreaterThan(0);
    expect(result.baseline).toBeGreaterThan(0);
    expect(result.pass).toBe(result.ratio >= (result.bar ?? 0));
    expect(details.join("\n")).toContain("first pass");
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  }
  expect(seen).toEqual(QUICK);
});

test("has every row of the foundation, of manifests and of local indexes under its own name, with a bar", async () => {
  for (const id of [...FOUNDATION, ...MANIFESTS, ...LOCAL]) {
    const { row } = (await rows[id]?.()) ?? {};
    expect(row?.id).toBe(id);
    expect(row?.bar).toBeGreaterThan(0);
  }
});

test("prunes roll-ups of three sizes and tells what each takes", { timeout: 60_000 }, async () => {
  for await (const { result, details } of bench(["prune-rollup"], "quick")) {
    expect(result).toMatchObject({ unit: "ms", bar: null, pass: true });
    expect(details.map((line) => line.replace(/: .*/, ""))).toEqual(["10 shards", "100 shards", "1,000 shards"]);
  }
});

test("says which rows there are when asked for another", async () => {
  await expect(bench(["read-minst"], "quick").next()).rejects.toThrow(/no row read-minst; rows: read-mnist,/);
});

test("takes the median of the rounds behind the warm-ups, in the row's unit", async () => {
  let passes = 0;
  const work = async (): Promise<void> => {
    passes += 1;
  };
  const start = async () => ({ ours: work, baseline: work });
  const { result } = await measureRow({ id: "x", what: "nothing", unit: "ms", bar: null, start }, "full");
  expect(passes).toBe(2 * (2 + 15));
  expect(result).toMatchObject({ id: "x", unit: "ms", bar: null, pass: true });
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 6])).toBe(5.5);
});

test("misses a bar when something does not hold that the numbers do not tell", async () => {
  const measured = { ours: 10, baseline: 20, details: [] };
  const judge = async (holds: boolean) => {
    const measure = async () => ({ ...measured, holds });
    return (await measureRow({ id: "x", what: "memory", unit: "MB", bar: 1, measure }, "full")).result;
  };
  expect(await judge(true)).toMatchObject({ ratio: 2, pass: true });
  const missed = await judge(false);
  expect(missed).toMatchObject({ ratio: 2, pass: false });
  expect(formatRow(missed, [])).toContain("MISSED");
});

test("describes the machine", () => {
  expect(machine()).toMatchObject({ node: process.versions.node, cores: expect.any(Number) });
});
