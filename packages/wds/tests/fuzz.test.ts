import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAtdataError } from "@atdata/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TarReader } from "../src/tar-reader.ts";
import { concat, drain, endMark, type Found, gnuLong, header, member, pax, read } from "./archive.ts";

const runs = Number(process.env.ATDATA_FUZZ ?? 2000);
const python = join(import.meta.dirname, "../../../fixtures/python");

const corpus: readonly Uint8Array[] = [
  ...readdirSync(join(python, "sharded"))
    .filter((name) => name.endsWith(".tar"))
    .map((name) => new Uint8Array(readFileSync(join(python, "sharded", name)))),
  new Uint8Array(readFileSync(join(python, "single.tar"))),
  concat(
    gnuLong(`${"k".repeat(150)}.msgpack`),
    member("cut", "1"),
    member("a.jpg", "2"),
    member("a.cls", "3"),
    pax({ path: "ü.msgpack", size: "1" }),
    header("cut", 9),
    member("", "4").subarray(512),
    header("link", 0, { type: "2" }),
    endMark,
  ),
].map((archive) => archive.subarray(0, 12 * 1024));

interface Mutation {
  readonly kind: "byte" | "field" | "insert" | "delete" | "repeat";
  readonly at: number;
  readonly value: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("byte", "field", "insert", "delete", "repeat"),
  at: fc.nat(12 * 1024),
  value: fc.nat(255),
});

// Where changes tell most: sizes, types, names, magic and prefix of a header.
const fields = [0, 99, 124, 125, 135, 156, 257, 263, 345, 512, 513, 515];

function apply(archive: Uint8Array, { kind, at, value }: Mutation): Uint8Array {
  const block = at - (at % 512);
  const out = archive.slice();
  if (kind === "byte") out[at] = value;
  else if (kind === "field") {
    out[block + (fields[at % fields.length] as number)] = value;
    fixChecksum(out, block);
  } else if (kind === "insert") return concat(out.slice(0, at), new Uint8Array(value).fill(value), out.slice(at));
  else if (kind === "delete") return concat(out.slice(0, at), out.slice(at + value));
  else return concat(out.slice(0, block + 512), out.slice(block));
  return out;
}

/** Otherwise the checksum would catch every change of a header before it is looked at. */
function fixChecksum(archive: Uint8Array, block: number): void {
  const bytes = archive.subarray(block, block + 512);
  if (bytes.length < 512) return;
  bytes.fill(0x20, 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
}

test("mutated archives give samples or an AtdataError, within their own bytes", { timeout: 600_000 }, () => {
  let errors = 0;
  const archives = fc.tuple(
    fc.constantFrom(...corpus),
    fc.array(mutation, { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 1, max: 5000 }),
  );
  fc.assert(
    fc.property(archives, ([original, mutations, chunkLength]) => {
      const archive = mutations.reduce(apply, original);
      const reader = new TarReader("test.tar", chunkLength % 5 === 0);
      const found: Found[] = [];
      try {
        for (let at = 0; at < archive.length; at += chunkLength) {
          reader.push(archive.subarray(at, at + chunkLength));
          if (!drain(reader, found)) break;
        }
        reader.finish();
        drain(reader, found);
      } catch (error) {
        if (!isAtdataError(error, "SHARD_CORRUPT", "SHARD_TRUNCATED", "DUPLICATE_MEMBER")) throw error;
        errors += 1;
      }
      expect(found.length).toBeLessThanOrEqual(archive.length / 512);
      for (const { offset, size } of found) {
        if (chunkLength % 5 !== 0) expect(offset + size).toBeLessThanOrEqual(archive.length);
      }
    }),
    { numRuns: runs },
  );
  // A fuzzer that breaks everything, or nothing, would test little.
  expect(errors).toBeGreaterThan(runs / 10);
  expect(errors).toBeLessThan(runs * 0.95);
});

test("bytes of any kind give an AtdataError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), (bytes) => {
      fc.pre(bytes.some((byte) => byte !== 0));
      expect(() => read(bytes)).toThrow(expect.objectContaining({ code: "SHARD_CORRUPT" }));
    }),
  );
});

test("reading damaged archives keeps no memory", () => {
  const damaged = corpus.map((archive) => archive.subarray(0, 3000));
  const round = () => {
    for (let i = 0; i < 3000; i++) {
      try {
        read(damaged[i % damaged.length] as Uint8Array);
      } catch {}
    }
    return process.memoryUsage();
  };
  round();
  const before = round();
  const after = round();
  expect(after.heapUsed - before.heapUsed).toBeLessThan(64 * 2 ** 20);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * 2 ** 20);
});
