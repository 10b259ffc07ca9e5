import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failure } from "../../tests/index-fixture.ts";
import { createIndex, type IndexQuery, memoryFormat, memoryIndex, type SearchQuery, scanSearch } from "../index.ts";

async function filled(count = 10) {
  const provider = memoryIndex();
  for (let i = 0; i < count; i++) {
    await provider.putEntry({
      name: `set-${i}`,
      schemaRef: `atdata://local/schema/${i % 2 ? "Odd" : "Even"}@1.${i}.0`,
      dataUrls: [`memory:/${i}.mem`],
      metadata: { tags: i % 3 ? ["Blue"] : ["Blue", "round"], description: `The Number ${i}` },
    });
  }
  return provider;
}

describe("searching by looking at every entry", () => {
  it.each<[SearchQuery, number[]]>([
    [{}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [{ text: "number 3" }, [3]],
    [{ text: "SET-1" }, [1]],
    [{ text: "  roun the " }, [0, 3, 6, 9]],
    [{ text: "number square" }, []],
    [{ tags: ["Blue", "round"] }, [0, 3, 6, 9]],
    [{ tags: ["blue"] }, []],
    [{ schema: "Odd" }, [1, 3, 5, 7, 9]],
    [{ schema: "Odd@1.3.0" }, [3]],
    [{ schema: "atdata://local/schema/Even@1.4.0" }, [4]],
    [{ schema: "Odd", tags: ["round"], text: "number" }, [3, 9]],
    [{ schema: "dd" }, []],
  ])("finds what matches %j", async (query, wanted) => {
    const { entries, cursor } = await scanSearch(await filled()).search(query);
    expect(entries.map(({ name }) => Number(name.slice(4)))).toEqual(wanted);
    expect(cursor).toBeUndefined();
  });

  it("finds a schema by its name where refs do not tell it", async () => {
    const provider = memoryIndex();
    const refs = new Map([
      ["Odd@1.0.0", "at://did:plc:a/x.y.schema/3k"],
      ["Odd@1.1.0", "at://did:plc:a/x.y.schema/3m"],
    ]);
    provider.schemaByRef = async () => undefined;
    provider.listSchemas = async function* () {
      for (const [name, ref] of refs) yield { name: "Odd", version: name.slice(4), ref, json: {} };
    };
    for (const [name, schemaRef] of refs) await provider.putEntry({ name, schemaRef, dataUrls: [name] });
    const found = async (schema: string) =>
      (await scanSearch(provider).search({ schema })).entries.map(({ name }) => name);
    expect(await found("Odd")).toEqual([...refs.keys()]);
    expect(await found("Odd@1.1.0")).toEqual(["Odd@1.1.0"]);
    expect(await found("at://did:plc:a/x.y.schema/3k")).toEqual(["Odd@1.0.0"]);
    expect(await found("Even")).toEqual([]);
  });

  it("survives metadata of any form", async () => {
    const provider = memoryIndex();
    const odd = [
      { tags: "Blue", description: 7 },
      { tags: [7, null, "Blue"], description: null },
      { atdata: { version: 99 } },
    ];
    for (const [i, metadata] of odd.entries()) {
      await provider.putEntry({ name: "x", schemaRef: "weird", dataUrls: [String(i)], metadata });
    }
    expect((await scanSearch(provider).search({ text: "x" })).entries).toHaveLength(3);
    expect((await scanSearch(provider).search({ tags: ["Blue"] })).entries).toHaveLength(1);
  });

  it("gives each match once over all pages, also of several repositories", async () => {
    const [a, b, empty] = [await filled(7), await filled(5), memoryIndex()];
    const repos = { a: { provider: a }, empty: { provider: empty }, b: { provider: b } };
    const index = createIndex({ repos, formats: [memoryFormat()] });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.constantFrom("", "Odd", "Even"), async (limit, schema) => {
        const query = { schema: schema === "" ? undefined : schema };
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await index.search({ ...query, limit, cursor });
          expect(page.entries.length).toBeLessThanOrEqual(limit);
          found.push(...page.entries.map(({ repo, name }) => `${repo}/${name}`));
          ({ cursor } = page);
        } while (cursor !== undefined);
        const { entries } = await index.search({ ...query, limit: 100 });
        expect(found).toEqual(entries.map(({ repo, name }) => `${repo}/${name}`));
      }),
    );
    expect((await index.search({ limit: 100 })).entries).toHaveLength(12);
    expect((await index.search({ repo: "b" })).entries).toHaveLength(5);
  });

  it("goes on behind an entry while others come and go, and says when it cannot", async () => {
    const provider = await filled();
    const search = scanSearch(provider);
    const { entries, cursor } = await search.search({ limit: 4 });
    await provider.deleteEntry((entries[1] as { id: string }).id);
    const next = await search.search({ limit: 4, cursor });
    expect(next.entries.map(({ name }) => name)).toEqual(["set-4", "set-5", "set-6", "set-7"]);
    const last = entries[3] as (typeof entries)[number];
    await provider.putEntry(last);
    expect(await failure(search.search({ cursor }))).toMatchObject({ code: "CURSOR_INVALID" });
    await provider.deleteEntry(last.id);
    expect(await failure(search.search({ cursor }))).toMatchObject({ code: "CURSOR_INVALID" });
  });

  it("refuses cursors that it has not given, and limits that are none", async () => {
    const index = createIndex({ repos: { local: { provider: await filled() } }, formats: [memoryFormat()] });
    const search = (query: IndexQuery) => failure(index.search(query));
    for (const cursor of ["", "x", "local", "local/x", "other/1:a", "local/99:none", "__proto__/"]) {
      expect(await search({ cursor }), cursor).toMatchObject({ code: "CURSOR_INVALID" });
    }
    for (const limit of [0, -1, 1.5]) expect(await search({ limit })).toBeInstanceOf(RangeError);
    expect(await search({ repo: "other" })).toMatchObject({ code: "REPO_UNKNOWN" });
  });
});
