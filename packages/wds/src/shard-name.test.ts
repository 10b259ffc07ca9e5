import { isAtdataError } from "@atdata/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { datasetStem, shardName, shardNames } from "./shard-name.ts";

describe("names of shards", () => {
  test.each([
    ["digits.tar", "digits", "digits.tar", "digits-000007.tar"],
    ["data.v1.tar", "data.v1", "data.v1.tar", "data.v1-000007.tar"],
    ["digits", "digits", "digits", "digits-000007"],
    ["a b-é.tar", "a b-é", "a b-é.tar", "a b-é-000007.tar"],
    ["digits-%04d.tar", "digits", "digits-0000.tar", "digits-0007.tar"],
    ["digits_%06d.tar", "digits", "digits_000000.tar", "digits_000007.tar"],
    ["%06d-train.tar", "train", "000000-train.tar", "000007-train.tar"],
    ["x%d.tar", "x", "x0.tar", "x7.tar"],
    ["x-%3d.tar", "x", "x-  0.tar", "x-  7.tar"],
    ["50%%-%02d.tar", "50%", "50%-00.tar", "50%-07.tar"],
  ])("%s", (target, dataset, single, seventh) => {
    const names = shardNames(target);
    expect([names.dataset, names.single, names.numbered(7)]).toEqual([dataset, single, seventh]);
    expect([datasetStem(target), shardName(target, 7)]).toEqual([dataset, seventh]);
  });

  test("numbers grow beyond their width", () => {
    expect(shardName("a.tar", 1_234_567)).toBe("a-1234567.tar");
    expect(shardName("a-%02d.tar", 123)).toBe("a-123.tar");
  });

  test.each([
    ["", "is empty"],
    ["a/b.tar", "path separator"],
    ["a\\b.tar", "path separator"],
    ["..", "is hidden"],
    [".digits.tar", "is hidden"],
    [".tar", "is hidden"],
    ["a\0.tar", "control character"],
    ["a\n.tar", "control character"],
    ["k".repeat(300), "is too long"],
    ["日".repeat(80), "is too long"],
    ["50%.tar", "no number pattern"],
    ["a-%s.tar", "no number pattern"],
    ["a-%%.tar", "no number pattern"],
    ["a-%d-%d.tar", "no number pattern"],
    ["a-%999d.tar", "no number pattern"],
    ["a.%06d", "number in the suffix"],
    ["%06d.tar", "nothing but a number"],
  ])("%.12j is refused: %s", (target, clause) => {
    expect(() => shardNames(target)).toThrow(clause);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])("%s is no number of a shard", (n) => {
    expect(() => shardName("a.tar", n)).toThrow(RangeError);
  });

  test("any text is refused, or gives distinct visible names without folders that start where the target does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), (target, n) => {
        let names: ReturnType<typeof shardNames>;
        try {
          names = shardNames(target);
        } catch (error) {
          expect(isAtdataError(error, "REF_INVALID")).toBe(true);
          return;
        }
        expect(names.numbered(n)).not.toBe(names.numbered(n + 1));
        for (const name of [names.dataset, names.single, names.numbered(n)]) expect(name).toMatch(/^[^./\\][^/\\]*$/);
      }),
      { numRuns: 1000 },
    );
  });
});
