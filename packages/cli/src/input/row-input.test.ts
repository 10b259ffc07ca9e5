import { expect, it } from "vitest";
import { type InputRow, type RowFormat, rowInput } from "./row-input.ts";

const MIB = 1024 * 1024;

/** Rows that all have the same value. */
function format(value: unknown, text?: string): RowFormat {
  async function* rows(): AsyncGenerator<InputRow> {
    for (let row = 1; row <= 40; row += 1)
      yield { values: { value }, ...(text && { text }), place: { file: "a", row } };
  }
  // What it looks like does not matter here.
  return { rows: rows(), look: (held) => held.map(() => ({ value: 1 })), fit: () => 1 };
}

it.each([
  ["text", "x".repeat(4 * MIB), undefined],
  ["bytes", new Uint8Array(4 * MIB), undefined],
  ["arrays", { data: new Float32Array(MIB), shape: [MIB], dtype: "float32" }, undefined],
  ["lists", [["x".repeat(MIB)], "x".repeat(3 * MIB)], undefined],
  ["lines", 1, "x".repeat(4 * MIB)],
])("infers from 64 MiB of %s at the most, unless it is told from how many rows", async (_what, value, text) => {
  expect((await rowInput("a", format(value, text), undefined).infer(undefined, "T")).samples).toBe(16);
  expect((await rowInput("a", format(value, text), undefined).infer(20, "T")).samples).toBe(20);
});
