import { expect, it } from "vitest";
import { slices } from "./file-columns.ts";

const bytes = new TextEncoder().encode("\uFEFFé");

it("gives texts of cells that are bytes, and bytes of cells that are texts", () => {
  const cells = slices({ cells: [bytes, "\uFEFFé"] });
  for (const row of [0, 1]) {
    expect(cells?.text(row)).toBe("\uFEFFé");
    expect(cells?.at(row)).toEqual(bytes);
  }
});

it.each([null, undefined, 7, 7n, {}, ["a"]])("gives nothing where a cell is %s", (cell) => {
  expect(slices({ cells: ["a", cell] })).toBeUndefined();
});
