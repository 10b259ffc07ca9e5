import { describe, expect, expectTypeOf, it } from "vitest";
import { Digit, digits, failure, indexInMemory } from "../../tests/index-fixture.ts";
import {
  type Dataset,
  float,
  type IndexEntry,
  int,
  ndarray,
  optional,
  type RawSample,
  sample,
  schemaFromLocal,
  str,
  zeros,
} from "../index.ts";
import { checkReadable } from "./readable-as.ts";

describe("loading a dataset", () => {
  it("is typed by the type that is given, else by the schema that is stored", async () => {
    const { index } = indexInMemory();
    await index.write("d", Digit, digits(2));
    const typed = await index.load("d", { type: Digit });
    expectTypeOf(typed).toEqualTypeOf<Dataset<{ label: number; name: string }>>();
    const untyped = await index.load("d");
    expectTypeOf(untyped).toEqualTypeOf<Dataset<RawSample>>();
    expect(untyped.type?.version).toBe("1.0.0");
    expect(await untyped.head(1)).toEqual(await typed.head(1));
  });

  it("reads as any type that the stored one fits", async () => {
    const { index } = indexInMemory();
    await index.write("d", Digit, digits(2));
    const wide = sample("Other", { label: float(), name: optional(str()), more: optional(str()) });
    expect(await (await index.load("d", { type: wide })).head(1)).toEqual([{ label: 0, name: "#0" }]);
    const few = sample("Few", { label: int() });
    expect(await (await index.load("d", { type: few, extra: "ignore" })).head(1)).toEqual([{ label: 0 }]);
  });

  it("tells each field that another type does not fit", async () => {
    const { index } = indexInMemory();
    await index.write("d", Digit, digits(2));
    const other = sample("Other", { label: str(), more: int() });
    expect(await failure(index.load("d", { type: other }))).toMatchObject({
      code: "SCHEMA_MISMATCH",
      fields: { type: "Other", missing: ["more"], extra: ["name"], mistyped: [{ field: "label" }] },
    });
  });

  it("takes the dtype that Python has noted for a guess", async () => {
    const json = { name: "D", fields: [{ name: "a", fieldType: { $type: "local#ndarray", dtype: "float32" } }] };
    const type = sample("D", { a: ndarray("uint8", [2]) });
    expect(type.is({ a: zeros([2], "uint8") })).toBe(true);
    expect(() => checkReadable(schemaFromLocal(json), type)).not.toThrow();
    const exact = { ...json, fields: [{ name: "a", fieldType: { ...json.fields[0]?.fieldType, exact: true } }] };
    expect(() => checkReadable(schemaFromLocal(exact), type)).toThrow(/uint8/);
  });

  it("needs a type where the schema is not there", async () => {
    const { index, local } = indexInMemory();
    const { dataUrls } = await index.write("d", Digit, digits(2));
    for (const schemaRef of ["atdata://local/schema/Gone@1.0.0", "at://did:plc:abc/science.alt.dataset.schema/3k"]) {
      const { id }: IndexEntry = await local.provider.putEntry({ name: "e", schemaRef, dataUrls });
      expect(await failure(index.load(id))).toMatchObject({ code: "SCHEMA_NOT_FOUND", fields: { schema: schemaRef } });
      expect(await (await index.load(id, { type: Digit })).count()).toBe(2);
    }
  });

  it("refuses an entry without shards, and one whose shards no source reads together", async () => {
    const { index, local } = indexInMemory();
    const { held } = await index.publishSchema(Digit);
    const put = (dataUrls: string[]) => local.provider.putEntry({ name: "e", schemaRef: held.ref, dataUrls });
    expect(await failure(index.load((await put([])).id))).toMatchObject({ code: "NO_SHARDS" });
    const mixed = await put(["memory:/a.mem", "https://example.org/b.mem"]);
    expect(await failure(index.load(mixed.id))).toMatchObject({ code: "REF_INVALID" });
    const secret = await put(["gopher://me:secret@example.org/a.mem"]);
    const error = await failure(index.load(secret.id));
    expect(error).toMatchObject({ code: "SCHEME_NOT_ALLOWED" });
    expect(String(error)).not.toContain("secret");
  });
});
