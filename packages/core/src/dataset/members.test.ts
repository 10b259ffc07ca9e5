import { describe, expect, it } from "vitest";
import { Item, item, itemDataset, keyOf } from "../../tests/dataset-fixture.ts";
import { isAtdataError } from "../errors.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import type { Member, ShardFormat } from "../protocols/shard-format.ts";
import { sample } from "../schema/sample.ts";
import { int, str } from "../schema/scalar-fields.ts";
import { createDataset } from "./create-dataset.ts";
import type { Dataset } from "./dataset.ts";

describe("samples of several files", () => {
  /** Takes a record's payload apart into files of one byte each. */
  function memberFormat(): ShardFormat {
    const inner = memoryFormat();
    return {
      ...inner,
      reader(options) {
        const reader = inner.reader(options);
        const members = (): Member[] =>
          [...reader.bytes.subarray(reader.start, reader.end)].map((byte, i) => ({
            extension: `f${i}`,
            bytes: Uint8Array.of(byte),
          }));
        return new Proxy(reader, { get: (target, name) => (name === "members" ? members : bound(target, name)) });
      },
      decodeMembers: (members) => ({ n: members.length, name: members.map(({ extension }) => extension).join() }),
    };
  }
  function bound(target: object, name: string | symbol): unknown {
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === "function" ? value.bind(target) : value;
  }
  const Files = sample("Files", { n: int(), name: str() });

  it("are put together, in every order", async () => {
    const { input } = itemDataset([3, 3]);
    const { length } = Item.encode(item(0));
    const ds: Dataset<{ n: number; name: string }> = createDataset({ ...input, type: Files, format: memberFormat() });
    expect((await ds.head(1))[0]?.n).toBe(length);
    for (const window of [2, "all"] as const) expect(await ds.shuffle({ seed: 1, window }).count()).toBe(6);
    const names: string[] = [];
    for await (const { sample: each } of ds.shuffle({ seed: 1, window: 2 }).entries())
      names.push(each.name.slice(0, 5));
    expect(names).toEqual(Array(6).fill("f0,f1"));
    expect((await ds.get(keyOf(4)))?.name.startsWith("f0,f1")).toBe(true);
  });

  it("are an error where the format or the type has no place for them", async () => {
    const { input } = itemDataset([1]);
    const { decodeMembers: _, ...without } = memberFormat();
    const error = await createDataset({ ...input, format: without })
      .head()
      .catch((caught: unknown) => caught);
    expect(isAtdataError(error, "SHARD_CORRUPT") && error.fields.shard).toBe("s-0.mem");
    await expect(createDataset({ ...input, format: memberFormat() }).head()).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
  });
});
