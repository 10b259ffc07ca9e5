import { describe, expect, it } from "vitest";
import { Item, itemDataset, upTo } from "../../tests/dataset-fixture.ts";
import { indexed } from "../../tests/dataset-index.ts";
import { fieldLens } from "../lens/field-lens.ts";
import { lens } from "../lens/lens.ts";
import { list, optional } from "../schema/container-fields.ts";
import { sample } from "../schema/sample.ts";
import { float, int, str } from "../schema/scalar-fields.ts";

describe("where behind lenses", () => {
  const Renamed = sample("Renamed", {
    number: int(),
    marks: list(str()),
    title: str(),
    half: float(),
    note: optional(str()),
  });
  const Again = sample("Again", { value: int(), marks: list(str()), title: str(), note: optional(str()) });
  const rename = fieldLens(Item, Renamed, {
    number: "n",
    marks: "tags",
    title: "name",
    half: { from: "n", cast: "float" },
    note: "note",
  });
  const again = fieldLens(Renamed, Again, { value: "number", marks: "marks", title: "title", note: "note" });

  it("is asked of the index when every field is a copy, through several lenses", async () => {
    const { ds, source, asked } = await indexed([5, 5]);
    const view = ds
      .as(rename)
      .as(again)
      .where((f) => f.value.gt(6).and(f.marks.contains("odd").not()));
    expect((await view.head()).map(({ value }) => value)).toEqual([8]);
    expect(await view.count()).toBe(1);
    expect(asked.queries).toBe(2);
    expect(source.opens).toEqual([]);
  });

  it("looks at the views where a field is none", async () => {
    const { ds, source } = await indexed([5, 5]);
    const half = ds.as(rename).where((f) => f.half.gt(6));
    expect((await half.head()).map(({ number }) => number)).toEqual([7, 8, 9]);
    expect(await half.count()).toBe(3);
    expect(source.opens.length).toBeGreaterThan(0);
    const opaque = lens(Item, Again, { get: ({ n, tags, name }) => ({ value: -n, marks: tags, title: name }) });
    expect(
      (
        await ds
          .as(opaque)
          .where((f) => f.value.lt(-7))
          .head()
      ).map(({ value }) => value),
    ).toEqual([-8, -9]);
  });

  it("keeps what looking at the views keeps, wherever it stands", async () => {
    const { ds } = itemDataset([6, 6]);
    const odd = ds.as(rename).where((f) => f.marks.contains("odd"));
    expect(
      (
        await odd
          .take(2)
          .where((f) => f.number.gt(1))
          .head()
      ).map(({ number }) => number),
    ).toEqual([3]);
    expect(
      (
        await ds
          .as(rename)
          .take(4)
          .as(again)
          .where((f) => f.note.isNull())
          .head(9)
      ).map(({ value }) => value),
    ).toEqual([1, 2]);
    const all = await ds.as(rename).head(12);
    for (const n of upTo(12)) {
      const found = await ds
        .as(rename)
        .where((f) => f.number.eq(n).or(f.half.eq(n)))
        .head();
      expect(found).toEqual([all[n]]);
    }
  });
});
