import { expect, it } from "vitest";
import { isInRange } from "./version-range.ts";

it.each([
  ["1.2.3", ["1.2.3"], ["1.2.2", "1.2.4"]],
  [">=1.0.0 <2.0.0", ["1.0.0", "1.99.99"], ["0.9.9", "2.0.0", "10.0.0"]],
  ["^0.2.3", ["0.2.9"], ["0.3.0"]],
  ["1.2.0 - 1.4", ["1.4.9"], ["1.5.0"]],
  ["<1.0.0 || ^2.1.0", ["0.9.0", "2.1.0"], ["1.0.0", "3.0.0"]],
  ["*", ["0.0.0", "9.9.9"], []],
])("takes %j for what npm takes it for", (range, inside, outside) => {
  for (const version of inside) expect([version, isInRange(version, range)]).toEqual([version, true]);
  for (const version of outside) expect([version, isInRange(version, range)]).toEqual([version, false]);
});

it("does not tell about what is no range, or no version", () => {
  for (const range of ["latest", ">=", "1.2.3.4", "^1.0.0 || ?", "1..2"]) {
    expect([range, isInRange("1.0.0", range)]).toEqual([range, undefined]);
  }
  for (const version of ["1.0", "one", ""]) expect(isInRange(version, "*")).toBe(undefined);
});
