import { describe, expect, it } from "vitest";
import { ByteWriter } from "../codec/byte-writer.ts";
import { addTable, addText, addVector, addZeros, fieldAt, pointTo, rootTable, vectorAt } from "./flatbuffer.ts";

describe("tables", () => {
  it("hold each field at a multiple of its size, as other readers demand", () => {
    const sizes = [1, 8, 2, 4, 0, 16];
    const out = new ByteWriter(8);
    addZeros(out, 3);
    const { at, fields } = addTable(out, sizes);
    expect(at % 8).toBe(0);
    for (const [id, size] of sizes.entries()) if (size > 0) expect((fields[id] as number) % Math.min(size, 8)).toBe(0);
    expect(addVector(out, 2, 8).first % 8).toBe(0);
  });

  it("are read as they were written, absent fields as absent", () => {
    const out = new ByteWriter(8);
    addZeros(out, 4);
    const { at, fields } = addTable(out, [2, 0, 4]);
    pointTo(out, 0, at);
    out.view.setInt16(fields[0] as number, -7, true);
    pointTo(out, fields[2] as number, addText(out, "né"));
    const table = rootTable(new DataView(out.toBytes().buffer));
    expect(table.view.getInt16(fieldAt(table, 0) as number, true)).toBe(-7);
    expect(fieldAt(table, 1)).toBeUndefined();
    expect(fieldAt(table, 3)).toBeUndefined();
    expect(vectorAt(table, 2)?.length).toBe(3);
  });
});
