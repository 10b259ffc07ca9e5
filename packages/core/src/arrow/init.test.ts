import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { decodeDataFrame, encodeDataFrame, initArrow } from "./index.ts";

// What a browser gets: a build that starts only when told to.
vi.mock("parquet-wasm", () => import("parquet-wasm/esm"));

describe("initArrow", () => {
  it("starts the browser's build, before which data frames are refused with what to do", async () => {
    const frame = { columns: { a: ["x", null] } };
    expect(() => encodeDataFrame(frame)).toThrow(
      /not loaded; kind=dataframe; import=@atdata\/core\/arrow; try: await initArrow\(\) first/,
    );
    expect(() => decodeDataFrame(new Uint8Array(12))).toThrow(/await initArrow/);
    await initArrow(readFileSync(new URL(import.meta.resolve("parquet-wasm/esm/parquet_wasm_bg.wasm"))));
    expect({ ...decodeDataFrame(encodeDataFrame(frame)).columns }).toEqual(frame.columns);
    await initArrow();
  });
});
