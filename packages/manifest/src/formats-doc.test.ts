import { readFileSync } from "node:fs";
import { float, int64, list, optional, type SampleType, sample, str } from "@atdata/core";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { parseHeader } from "./header/parse-header.ts";
import { manifests } from "./manifests.ts";
import { decodeRollup } from "./rollup/decode-rollup.ts";
import { BloomFilter } from "./summary/bloom.ts";
import type { ColumnType } from "./summary/shard-summary.ts";

const Shot = sample(
  "Shot",
  {
    id: int64(),
    ink: optional(float()),
    tags: list(str()),
    taken: str({ manifest: { kind: "time" } }),
  },
  { version: "1.2.0" },
);
const shots = [
  { id: 7n, ink: 0.5, tags: ["even", "dark"], taken: "2026-02-03T04:05:06Z" },
  { id: 2n ** 63n - 1n, ink: Number.NaN, tags: [], taken: "2026-02-03T04:05:07Z" },
  { id: 9n, tags: ["dark"], taken: "2026-02-03T04:06:00Z" },
];

function examples(title: string): unknown[] {
  const text = readFileSync(new URL("../../../docs/formats.md", import.meta.url), "utf8");
  const section = text.split("\n## ").find((part) => part.startsWith(`${title}\n`)) ?? "";
  return [...section.matchAll(/```json\n(.*?)```/gs)].map((match) => JSON.parse(match[1] as string));
}

/** Writes the shots as one shard, and gives the files. */
async function written(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const store = { put: async (name: string, bytes: Uint8Array) => void files.set(name, bytes) };
  const provenance = { jobId: "job-12", parentShards: ["raw-000004.tar"], pipelineVersion: "3" };
  const writer = manifests({ provenance }).write?.({ dataset: "shots", type: Shot as SampleType, store });
  for (const [n, shot] of shots.entries()) {
    const place = { key: `00000000${n}`, offset: 512 + 1024 * n, size: 80 };
    writer?.sample({ ...place, sample: shot, payload: new Uint8Array(80) });
  }
  await writer?.shardClosed("shots-000000.tar", { url: "shots-000000.tar", bytes: 10_240, sha256: "9f".repeat(32) });
  await writer?.finish?.();
  return files;
}

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, cell) => {
      if (typeof cell === "bigint") return Number.isSafeInteger(Number(cell)) ? Number(cell) : { $int: String(cell) };
      return cell instanceof Uint8Array ? { $bytes: Buffer.from(cell).toString("base64") } : cell;
    }),
  );
}

describe("docs/formats.md", () => {
  it("shows the header that is written, and that is read", async () => {
    const [documented] = examples("Manifest header");
    const text = new TextDecoder().decode((await written()).get("shots-000000.manifest.json"));
    const { created_at } = documented as { created_at: string };
    expect({ ...JSON.parse(text), created_at }).toEqual(documented);
    expect(parseHeader(JSON.stringify(documented), "shots-000000.manifest.json").summary).toMatchObject({ samples: 3 });
  });

  it("shows the roll-up that is written, and that is read", async () => {
    const [metadata, row] = examples("Roll-up");
    const bytes = (await written()).get("shots.rollup.parquet")?.slice() as Uint8Array<ArrayBuffer>;
    const stored = parquetMetadata(bytes.buffer).key_value_metadata?.find(({ key }) => key === "atdata")?.value;
    expect(JSON.parse(stored ?? "null")).toEqual(metadata);
    const [got] = await parquetReadObjects({ file: bytes.buffer, utf8: false });
    expect(plain(got)).toEqual(row);
    const [summary] = await decodeRollup(bytes, "shots.rollup.parquet");
    expect(summary?.fields.get("id")?.max).toBe(2n ** 63n - 1n);
  });

  it("shows Bloom filters of every type, bit by bit", () => {
    const [documented] = examples("Bloom filter") as [{ type: ColumnType; values: unknown[]; bits: string }[]];
    expect(documented.map(({ type }) => type)).toEqual(["string", "int64", "double", "boolean"]);
    for (const { type, values, bits } of documented) {
      const filter = new BloomFilter(type, 256);
      for (const value of values) {
        const { $int } = value as { $int?: string };
        filter.add($int === undefined ? (value as string) : BigInt($int));
      }
      expect(Buffer.from(filter.toBytes()).toString("base64")).toBe(bits);
    }
  });
});
