import { describe, expect, it } from "vitest";
import { Digit, digits, failure, indexInMemory, listed } from "../../tests/index-fixture.ts";
import { AtdataError, createIndex, memoryFormat } from "../index.ts";

describe("finding a dataset", () => {
  it("takes the version that is named, the latest patch, or the label that was put last", async () => {
    const { index } = indexInMemory();
    for (const version of ["1.2.9", "1.2.10", "2.0.0", "1.3.0"]) {
      await index.write(`d@${version}`, Digit, digits(Number(version.replaceAll(".", ""))));
    }
    const count = async (ref: string) => (await index.load(ref)).count();
    expect(await count("d@1.2.9")).toBe(129);
    expect(await count("d@1.2")).toBe(1210);
    expect(await count("d")).toBe(130);
    await index.label("d@2.0.0");
    expect(await count("d")).toBe(200);
    expect(await index.get("d@1.2.11")).toBeUndefined();
    expect(await index.get("d@3.0")).toBeUndefined();
    expect(await index.get("nobody")).toBeUndefined();
  });

  it("takes an entry's id, and an entry that nobody has labelled", async () => {
    const { index, team } = indexInMemory();
    const schemaRef = "atdata://local/schema/D@1.0.0";
    const { id } = await team.provider.putEntry({ name: "d", schemaRef, dataUrls: ["/a.mem"] });
    expect(await index.get(`@team/${id}`)).toMatchObject({ id, repo: "team" });
    expect(await index.get("team/d")).toMatchObject({ id });
    await team.provider.putLabel({ name: "d", version: "1.0.0", id: "bafyreigone" });
    expect(await index.get("team/d")).toMatchObject({ id });
    expect(await index.get("team/d@1.0.0")).toBeUndefined();
  });

  it("says what there is instead", async () => {
    const { index } = indexInMemory();
    await index.write("digits@1.0.0", Digit, digits(1));
    await index.write("@team/letters", Digit, digits(1));
    const hintFor = async (ref: string) => {
      const error = await failure(index.resolve(ref));
      expect(error).toMatchObject({ code: "DATASET_NOT_FOUND", fields: { ref } });
      return (error as { hint?: string }).hint;
    };
    expect(await hintFor("digits@1.0.1")).toBe("@local/digits@1.0.0");
    expect(await hintFor("digist")).toBe("@local/digits");
    expect(await hintFor("letters")).toBe("@team/letters");
    expect(await hintFor("team/letters@1.0.0")).toBe("@team/letters, which has no versions");
    expect(await hintFor("quux")).toBeUndefined();
    expect(await failure(index.load("digits@9.0.0"))).toMatchObject({ code: "DATASET_NOT_FOUND" });
  });

  it("says what is missing also when another repository cannot be asked", async () => {
    const { local, team } = indexInMemory();
    const away = new AtdataError("INDEX_UNAVAILABLE", "cannot be reached", { index: "redis" });
    const provider = { ...team.provider, latestEntry: () => Promise.reject(away) };
    const index = createIndex({ repos: { local, team: { provider } }, formats: [memoryFormat()] });
    await index.write("digits", Digit, digits(1));
    const error = await failure(index.resolve("digist"));
    expect(error).toMatchObject({ code: "DATASET_NOT_FOUND", hint: "@local/digits" });
    expect(await failure(index.resolve("@team/digits"))).toMatchObject({ code: "INDEX_UNAVAILABLE" });
    const corrupt = new AtdataError("INDEX_CORRUPT", "an entry of somebody else", { index: "memory" });
    // biome-ignore lint/correctness/useYield: it fails before the first one
    local.provider.listEntries = async function* () {
      throw corrupt;
    };
    expect(await failure(index.resolve("digist"))).toMatchObject({ code: "DATASET_NOT_FOUND", hint: undefined });
  });

  it("lists entries and labels of one repository or of all", async () => {
    const { index } = indexInMemory();
    await index.write("a@1.0.0", Digit, digits(1));
    await index.write("@team/b", Digit, digits(1));
    const names = async (options?: { repo?: string; name?: string }) =>
      (await listed(index.list(options))).map(({ repo, name }) => `${repo}/${name}`);
    expect(await names()).toEqual(["local/a", "team/b"]);
    expect(await names({ repo: "team" })).toEqual(["team/b"]);
    expect(await names({ name: "a" })).toEqual(["local/a"]);
    await expect(names({ repo: "other" })).rejects.toMatchObject({ code: "REPO_UNKNOWN" });
    expect(await listed(index.labels())).toMatchObject([
      { repo: "local", name: "a", version: "1.0.0" },
      { repo: "team", name: "b", version: "" },
    ]);
  });
});

describe("labelling a dataset", () => {
  it("lets another name and version stand for it", async () => {
    const { index } = indexInMemory();
    const { id } = await index.write("d", Digit, digits(1));
    expect(await index.label("d", { version: "1.0.0", description: "first" })).toMatchObject({
      ...{ repo: "local", name: "d", version: "1.0.0", id, description: "first" },
    });
    await index.label("d", { name: "numbers" });
    expect(await index.resolve("numbers")).toMatchObject({ id });
    expect(await index.resolve("d@1.0")).toMatchObject({ id });
  });

  it("moves a label only from where it is expected", async () => {
    const { index } = indexInMemory();
    const a = await index.write("a", Digit, digits(1));
    const b = await index.write("b", Digit, digits(2));
    await index.label("a", { name: "best", version: "1.0.0", expect: null });
    expect(await failure(index.label("b", { name: "best", version: "1.0.0", expect: null }))).toMatchObject({
      code: "LABEL_CONFLICT",
      fields: { label: "best@1.0.0", want: "no label", found: a.id },
    });
    expect(await failure(index.label("b", { name: "new", expect: a.id }))).toMatchObject({ code: "LABEL_CONFLICT" });
    await index.label("b", { name: "best", version: "1.0.0", expect: a.id });
    expect(await index.resolve("best")).toMatchObject({ id: b.id });
  });

  it("refuses what no reference could name", async () => {
    const { index } = indexInMemory();
    await index.write("a", Digit, digits(1));
    expect(await failure(index.label("a", { version: "1.0" }))).toMatchObject({ code: "REF_INVALID" });
    expect(await failure(index.label("a", { name: "b@1.0.0" }))).toMatchObject({ code: "REF_INVALID" });
    expect(await failure(index.label("a", { name: "" }))).toMatchObject({ code: "REF_INVALID" });
  });
});
