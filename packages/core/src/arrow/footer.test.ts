import { describe, expect, it } from "vitest";
import { fromHex, vectors } from "../../tests/arrays.ts";
import { readFooter, repairFooter } from "./footer.ts";
import { decodeDataFrame } from "./index.ts";

const cases = vectors<{ parquet: string; columns: object }>("python-extra/dataframe.json");

describe("readFooter", () => {
  it("counts rows and columns of files by every writer", () => {
    for (const [name, { parquet, columns }] of Object.entries(cases)) {
      const footer = readFooter(fromHex(parquet));
      if (name !== "pyarrowNested") expect([name, footer?.entries]).toEqual([name, Object.keys(columns).length + 1]);
      expect([name, footer?.rows]).toEqual([name, name === "empty" ? 0 : name === "fastparquetJson" ? 2 : 3]);
    }
  });

  it("finds the one thing to set right in fastparquet's empty files only", () => {
    for (const [name, { parquet }] of Object.entries(cases)) {
      const bytes = fromHex(parquet);
      const footer = readFooter(bytes);
      if (footer === undefined) throw new Error("no footer");
      const repaired = repairFooter(bytes, footer);
      expect([name, repaired === bytes]).toEqual([name, name !== "empty"]);
    }
  });

  it("lets nothing be read that claims more values than fit in memory", () => {
    const bytes = fromHex(cases.empty?.parquet as string);
    // The row count stands right before the list of row groups and its header.
    const at = (readFooter(bytes)?.wrongType as number) - 2;
    const huge = Uint8Array.of(...bytes.subarray(0, at), 0x80, 0x80, 0x80, 0x80, 0x10, ...bytes.subarray(at + 1));
    const view = new DataView(huge.buffer);
    view.setUint32(huge.length - 8, view.getUint32(huge.length - 8, true) + 4, true);
    expect(() => decodeDataFrame(huge)).toThrow(/2147483648 rows and 2 columns has more than 67108864 values/);
    expect(() => decodeDataFrame(new Uint8Array(100))).toThrow(/no Parquet file/);
  });
});
