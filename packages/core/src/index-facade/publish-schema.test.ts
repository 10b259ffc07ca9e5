import { describe, expect, it } from "vitest";
import { failure, indexInMemory, listed } from "../../tests/index-fixture.ts";
import { float, int, optional, type SampleType, sample, schemasEqual, str } from "../index.ts";

const A = sample("T", { x: int() });
const wider = sample("T", { x: float() });
const longer = sample("T", { x: int(), y: optional(str()) });
const other = sample("T", { x: str() });

const at = (type: SampleType, version: string): SampleType => sample(type.name, type.fields, { version });

describe("publishing a schema", () => {
  it("gives it the next version that its change asks for, and finds it again", async () => {
    const { index } = indexInMemory();
    const versions: string[] = [];
    for (const type of [A, longer, A, other, wider, longer]) {
      const { created, held } = await index.publishSchema(type);
      versions.push(`${held.version}${created ? "" : " held"}`);
    }
    expect(versions).toEqual(["1.0.0", "1.1.0", "1.0.0 held", "2.0.0", "3.0.0", "1.1.0 held"]);
    expect((await listed(index.schemas({ name: "T" }))).map(({ version }) => version)).toHaveLength(4);
    expect(await listed(index.schemas({ repo: "team" }))).toEqual([]);
  });

  it("tells the difference and the next version where another type has its name and version", async () => {
    const { index } = indexInMemory();
    await index.publishSchema(at(A, "1.0.0"));
    await index.publishSchema(at(other, "1.4.0"));
    expect(await index.publishSchema(at(A, "1.0.0"))).toMatchObject({ created: false });
    const error = await failure(index.publishSchema(longer, { version: "1.0.0" }));
    expect(error).toMatchObject({ code: "SCHEMA_CONFLICT", fields: { schema: "T@1.0.0", next: "1.5.0" } });
    expect((error as Error).message).toContain("+ y: ");
    await index.publishSchema(longer, { version: "1.5.0" });
    expect(await failure(index.publishSchema(A, { version: "1.0" }))).toMatchObject({ code: "SCHEMA_INVALID" });
  });

  it("lets one of twenty racers for a version win, and tells the others", async () => {
    const { index } = indexInMemory();
    const types = Array.from({ length: 20 }, (_, i) => sample("T", { [`f${i}`]: int() }, { version: "1.0.0" }));
    const ends = await Promise.allSettled(types.map((type) => index.publishSchema(type)));
    const won = ends.flatMap((end, i) => (end.status === "fulfilled" ? [i] : []));
    expect(won).toHaveLength(1);
    for (const end of ends)
      if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "SCHEMA_CONFLICT" });
    const stored = await index.schema("T");
    expect(stored && schemasEqual(stored, types[won[0] as number] as SampleType)).toBe(true);
  });

  it("gives each of twenty racers without a version one of its own", async () => {
    const { index } = indexInMemory();
    const types = Array.from({ length: 20 }, (_, i) => sample("T", { [`f${i}`]: int() }));
    const made = await Promise.all(types.map((type) => index.publishSchema(type)));
    expect(new Set(made.map(({ held }) => held.version)).size).toBe(20);
    const again = await Promise.all(types.map((type) => index.publishSchema(type)));
    expect(again.map(({ held }) => held.version)).toEqual(made.map(({ held }) => held.version));
  });
});

describe("finding a schema", () => {
  it("takes the version that is named, the latest patch, or the highest", async () => {
    const { index } = indexInMemory();
    for (const [i, version] of ["1.2.9", "1.2.10", "1.10.0", "1.3.0"].entries()) {
      await index.publishSchema(sample("T", { [`f${i}`]: int() }, { version }), { repo: "team" });
    }
    const version = async (ref: string, repo?: string) => (await index.schema(ref, { repo }))?.version;
    expect(await version("@team/T@1.2")).toBe("1.2.10");
    expect(await version("team/T@1.2.9")).toBe("1.2.9");
    expect(await version("team/T")).toBe("1.10.0");
    expect(await version("atdata://local/schema/T@1.3.0", "team")).toBe("1.3.0");
    expect(await version("local://schemas/module.T@1.3.0", "team")).toBe("1.3.0");
    for (const ref of ["T", "team/T@1.2.11", "team/T@2.0", "team/U"]) expect(await version(ref), ref).toBeUndefined();
  });
});
