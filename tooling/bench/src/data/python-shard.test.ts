import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataset } from "@atdata/wds/node";
import { expect, test } from "vitest";
import { Digit, readDigits } from "./digits.ts";
import { pythonMember, writePythonShard } from "./python-shard.ts";

const fixture = readFileSync(new URL("../../../../fixtures/python/single.tar", import.meta.url));

test("writes a member byte for byte as Python did", () => {
  const key = fixture.toString("latin1", 1024, 1024 + 36);
  const mtime = /mtime=([\d.]+)\n/.exec(fixture.toString("latin1", 512, 1024))?.[1] as string;
  const size = Number.parseInt(fixture.toString("latin1", 1024 + 124, 1024 + 135), 8);
  const member = pythonMember(key, mtime, fixture.subarray(1536, 1536 + size));
  expect(Buffer.from(member).equals(fixture.subarray(0, member.length))).toBe(true);
});

test("writes shards that are read back, keys of Python's form included", async () => {
  const folder = mkdtempSync(join(tmpdir(), "atdata-bench-"));
  try {
    const digits = readDigits("quick").slice(0, 3);
    const path = join(folder, "digits.tar");
    writePythonShard(
      path,
      digits.map((digit) => Digit.encode(digit)),
    );
    expect(readFileSync(path).length % 10_240).toBe(0);
    const read = [];
    for await (const { key, sample } of (await openDataset(path, { type: Digit })).entries()) {
      expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-8000-000000000000$/);
      read.push(sample);
    }
    expect(read.map(({ label }) => label)).toEqual([5, 0, 4]);
    expect(read.map(({ image }) => Buffer.from(image.data).toString("hex"))).toEqual(
      digits.map(({ image }) => Buffer.from(image.data).toString("hex")),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
