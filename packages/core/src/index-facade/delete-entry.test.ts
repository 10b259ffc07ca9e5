import { describe, expect, it } from "vitest";
import { Digit, digits, failure, indexInMemory, listed } from "../../tests/index-fixture.ts";

describe("deleting a dataset", () => {
  it("removes the entry and its labels, and leaves the files", async () => {
    const { index, local } = indexInMemory();
    const { id } = await index.write("d@1.0.0", Digit, digits(3));
    await index.write("other", Digit, digits(1));
    await index.label("d", { name: "alias" });
    const files = local.store.files.size;
    const report = await index.delete("d@1.0.0");
    expect(report).toMatchObject({ entry: { id }, files: [], kept: [] });
    expect(report.labels.map(({ name, version }) => `${name}@${version}`)).toEqual(["d@1.0.0", "alias@"]);
    expect(local.store.files.size).toBe(files);
    expect((await listed(index.list())).map(({ name }) => name)).toEqual(["other"]);
    expect((await listed(index.labels())).map(({ name }) => name)).toEqual(["other"]);
    expect(await failure(index.delete("d"))).toMatchObject({ code: "DATASET_NOT_FOUND" });
  });

  it("removes all files of the dataset when it is asked to, and only tells them in a dry run", async () => {
    const { index, local } = indexInMemory();
    await index.write("other", Digit, digits(1));
    const others = [...local.store.files.keys()];
    await index.write("d", Digit, digits(3), { maxSamples: 2 });
    const its = [...local.store.files.keys()].filter((name) => !others.includes(name));
    const dry = await index.delete("d", { shards: true, dryRun: true });
    expect([...dry.files].sort()).toEqual(its.map((name) => `memory:/${name}`).sort());
    expect(await index.get("d")).toBeDefined();
    expect(local.store.files.size).toBe(others.length + its.length);
    expect(await index.delete("d", { shards: true })).toEqual(dry);
    expect([...local.store.files.keys()]).toEqual(others);
  });

  it("removes what is left of a dataset that was half gone", async () => {
    const { index, local } = indexInMemory();
    const { dataUrls } = await index.write("d", Digit, digits(3), { maxSamples: 1 });
    for (const name of local.store.files.keys()) if (!name.endsWith(".mem")) await local.store.delete(name);
    expect((await index.delete("d", { shards: true })).files).toEqual(dataUrls);
    expect(local.store.files.size).toBe(0);
  });

  it("keeps shards that an entry of any repository names too", async () => {
    const { index, local, team } = indexInMemory();
    const { dataUrls, schemaRef } = await index.write("d", Digit, digits(3), { maxSamples: 1 });
    await team.provider.putEntry({ name: "part", schemaRef, dataUrls: dataUrls.slice(1, 2) });
    const files = local.store.files.size;
    const report = await index.delete("d", { shards: true });
    expect(report.files).toEqual([]);
    expect(report.kept).toEqual(dataUrls.map((url) => ({ url, reason: "also of @team/part" })));
    expect(local.store.files.size).toBe(files);
    expect(await index.get("d")).toBeUndefined();
  });

  it("keeps shards that another entry of the same repository names, under another schema", async () => {
    const { index, local } = indexInMemory();
    const { dataUrls } = await index.write("d", Digit, digits(3));
    await local.provider.putEntry({ name: "e", schemaRef: "atdata://local/schema/E@1.0.0", dataUrls });
    expect((await index.delete("d", { shards: true })).kept).toMatchObject([{ reason: "also of @local/e" }]);
  });

  it("keeps shards that Python has noted in braces", async () => {
    const { index, local, team } = indexInMemory();
    const { dataUrls, schemaRef } = await index.write("d", Digit, digits(3), { maxSamples: 1 });
    const braces = (dataUrls[0] as string).replace("000000", "{000000..000002}");
    await team.provider.putEntry({ name: "whole", schemaRef, dataUrls: [braces] });
    await team.provider.putEntry({ name: "odd", schemaRef, dataUrls: ["/data/{0..}.mem", "/data/{.mem"] });
    const files = local.store.files.size;
    expect((await index.delete("d", { shards: true })).kept).toMatchObject(
      dataUrls.map((url) => ({ url, reason: "also of @team/whole" })),
    );
    expect(local.store.files.size).toBe(files);
  });

  it("keeps shards of another entry that the dataset.json has come to name", async () => {
    const { index, local } = indexInMemory();
    const { schemaRef, dataUrls, metadata } = await index.write("d", Digit, digits(1));
    const [stem = ""] = (dataUrls[0] as string).replace("memory:/", "").split(".");
    await local.store.create("other.mem", new Uint8Array(1));
    await local.provider.putEntry({ name: "e", schemaRef, dataUrls: ["memory:/other.mem"] });
    await local.store.delete(`${stem}.dataset.json`);
    const file = JSON.stringify({ shards: [{ url: "other.mem" }] });
    await local.store.create(`${stem}.dataset.json`, new TextEncoder().encode(file));
    expect(metadata).toBeDefined();
    expect((await index.delete("d", { shards: true })).kept).toMatchObject([{ reason: "also of @local/e" }]);
    expect(local.store.files.has("other.mem")).toBe(true);
  });

  it("keeps what the repository has not written", async () => {
    const { index, local } = indexInMemory();
    const { held } = await index.publishSchema(Digit);
    await local.store.create("x.mem", new Uint8Array(1));
    for (const [name, url] of [
      ["a", "memory:/x.mem"],
      ["b", "https://example.org/x.mem"],
    ] as const) {
      await local.provider.putEntry({ name, schemaRef: held.ref, dataUrls: [url] });
      expect((await index.delete(name, { shards: true })).kept).toEqual([
        { url, reason: "not written by this repository" },
      ]);
    }
    expect(local.store.files.size).toBe(1);
  });
});
