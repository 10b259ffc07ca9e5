import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DatasetFile } from "@atdata/core";
import { openDataset as openAnywhere } from "@atdata/wds";
import { openDataset, writeDataset } from "@atdata/wds/node";
import { beforeEach, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { type FileServer, serveFolder } from "../src/file-server.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const many = numbered(25);
const few = numbered(3, { first: 100 });
let count = 0;
let folder = "";

/** A fresh folder with `many` in three shards of ten and `few` in one. */
beforeEach(async () => {
  folder = join(root, String(count++));
  await writeDataset(Numbered, many, join(folder, "many.tar"), { maxSamples: 10, metadata: { made: "here" } });
  await writeDataset(Numbered, few, join(folder, "few.tar"));
});

const at = (...names: string[]): string => join(folder, ...names);

function change(name: string, edit: (file: Record<string, unknown> & DatasetFile) => unknown): void {
  const file = JSON.parse(readFileSync(at(name), "utf8"));
  writeFileSync(at(name), JSON.stringify(edit(file) ?? file));
}

describe("the files of a dataset", () => {
  it("are numbered shards, or one of the given name, and a dataset.json", () => {
    expect(readdirSync(folder).sort()).toEqual([
      "few.dataset.json",
      "few.tar",
      "many-000000.tar",
      "many-000001.tar",
      "many-000002.tar",
      "many.dataset.json",
    ]);
  });

  it("are told of in dataset.json: name, schema in local form, shards, counts, metadata", () => {
    const file = JSON.parse(readFileSync(at("many.dataset.json"), "utf8"));
    expect(file).toMatchObject({
      format: "atdata.dataset/1",
      name: "many",
      schema: { name: "Numbered", fields: [{ name: "n" }, { name: "text" }] },
      samples: 25,
      metadata: { made: "here" },
    });
    expect(file.schema.fields[0].fieldType).toEqual({ $type: "local#primitive", primitive: "int" });
    expect(file.shards.map((each: { url: string; samples: number }) => [each.url, each.samples])).toEqual([
      ["many-000000.tar", 10],
      ["many-000001.tar", 10],
      ["many-000002.tar", 5],
    ]);
    const sizes = file.shards.map(({ url }: { url: string }) => readFileSync(at(url)).length);
    expect(file.shards.map(({ bytes }: { bytes: number }) => bytes)).toEqual(sizes);
    expect(file.bytes).toBe(sizes.reduce((sum: number, size: number) => sum + size, 0));
  });

  it("end in no name that Python would take for a manifest", () => {
    expect(readdirSync(folder).filter((name) => /\.manifest\.(json|parquet)$/.test(name))).toEqual([]);
  });
});

describe("openDataset", () => {
  it("takes a dataset.json", async () => {
    const dataset = await openDataset(at("many.dataset.json"));
    expect(dataset.type?.name).toBe("Numbered");
    expect(dataset.shards.map(({ samples }) => samples)).toEqual([10, 10, 5]);
    expect(await collect(dataset)).toEqual(many);
  });

  it("takes the name given to writeDataset, which stands for the dataset.json while there is no such tar", async () => {
    expect(existsSync(at("many.tar"))).toBe(false);
    expect(await collect(await openDataset(at("many.tar"), { type: Numbered }))).toEqual(many);
    copyFileSync(at("many-000002.tar"), at("many.tar"));
    expect(await collect(await openDataset(at("many.tar")))).toEqual(many.slice(20));
  });

  it("takes file urls, braces, globs, directories and lists, in order", async () => {
    const want = many.map(({ n }) => n);
    const shards = [0, 1, 2].map((n) => at(`many-00000${n}.tar`));
    const refs = [
      pathToFileURL(at("many.tar")).href,
      pathToFileURL(at("many.dataset.json")).href,
      at("many-{000000..000002}.tar"),
      at("many-{000000,000001,000002}.tar"),
      at("many-*.tar"),
      at("many-00000?.tar"),
      at("many*"),
      shards,
      [at("many-{000000..000001}.tar"), at("many-000002.tar")],
    ];
    for (const ref of refs) expect((await collect(await openDataset(ref))).map(({ n }) => n)).toEqual(want);
    mkdirSync(at("alone"));
    for (const shard of shards) copyFileSync(shard, at("alone", shard.slice(-10)));
    expect((await collect(await openDataset(at("alone")))).map(({ n }) => n)).toEqual(want);
    expect((await collect(await openDataset(shards.toReversed()))).map(({ n }) => n)).toEqual([
      ...want.slice(20),
      ...want.slice(10, 20),
      ...want.slice(0, 10),
    ]);
  });

  it("takes Blobs, which have no sidecar and need the type", async () => {
    const blobs = [0, 1, 2].map((n) => new Blob([readFileSync(at(`many-00000${n}.tar`))]));
    expect(await collect(await openDataset(blobs, { type: Numbered }))).toEqual(many);
    expect(await collect(await openAnywhere(blobs, { type: Numbered }))).toEqual(many);
    expect((await openDataset(blobs)).type).toBeUndefined();
    await expect(openDataset([at("few.tar"), blobs[0] as Blob])).rejects.toMatchObject({ code: "REF_INVALID" });
  });

  it("takes type, counts and checksums of exactly the shards that were named", async () => {
    const recorded: DatasetFile = JSON.parse(readFileSync(at("many.dataset.json"), "utf8"));
    const dataset = await openDataset([at("many-000002.tar"), at("many-000001.tar")]);
    expect(dataset.type?.name).toBe("Numbered");
    const shardInfo = [2, 1].map((n) => ({ ...recorded.shards[n], url: at(`many-00000${n}.tar`) }));
    expect(dataset.shards).toEqual(shardInfo);
    expect(await dataset.count()).toBe(15);
    const stranger = await openDataset([at("many-000000.tar"), at("few.tar")]);
    expect(stranger.shards.map(({ samples }) => samples)).toEqual([10, undefined]);
    expect(await stranger.count()).toBe(13);
  });

  it("checks the sha256 of named shards when asked", async () => {
    const bytes = readFileSync(at("many-000001.tar"));
    bytes[512 + 30] = (bytes[512 + 30] as number) ^ 1;
    writeFileSync(at("many-000001.tar"), bytes);
    const open = (verify: boolean | "auto") => openDataset(at("many-{000000..000002}.tar"), { verify });
    await expect(collect(await open(true))).rejects.toMatchObject({
      code: "CHECKSUM_MISMATCH",
      fields: { shard: at("many-000001.tar") },
    });
    // From disk "auto" checks nothing.
    expect((await collect(await open("auto"))).length).toBe(25);
  });

  it("goes on untyped where there is no sidecar, or one that does not name the shard", async () => {
    rmSync(at("many.dataset.json"));
    const dataset = await openDataset(at("many-{000000..000002}.tar"));
    expect(dataset.type).toBeUndefined();
    expect(dataset.shards.map(({ samples }) => samples)).toEqual([undefined, undefined, undefined]);
    expect(await collect(dataset)).toEqual(many);
    expect(await dataset.count()).toBe(25);
    copyFileSync(at("few.tar"), at("many-000007.tar"));
    change("few.dataset.json", (file) => ({ ...file, shards: [{ ...file.shards[0], url: "other.tar" }] }));
    expect((await openDataset(at("few.tar"))).type).toBeUndefined();
  });

  it("prefers the type it is given to the stored one", async () => {
    const dataset = await openDataset(at("many.tar"), { type: Numbered });
    expect(dataset.type).toBe(Numbered);
    expect(dataset.shards[0]?.samples).toBe(10);
  });

  it("resolves shards relative to the dataset.json, wherever the folder is moved", async () => {
    const moved = join(root, `moved-${count}`);
    renameSync(folder, moved);
    expect(await collect(await openDataset(join(moved, "many.tar")))).toEqual(many);
    mkdirSync(join(moved, "below"));
    cpSync(join(moved, "few.tar"), join(moved, "below", "few.tar"));
    folder = moved;
    change("few.dataset.json", (file) => ({ ...file, shards: [{ ...file.shards[0], url: "below/few.tar" }] }));
    expect(await collect(await openDataset(at("few.dataset.json")))).toEqual(few);
  });

  it("takes a shard for the one of the dataset.json only when that lies beside it", async () => {
    change("few.dataset.json", (file) => ({ ...file, shards: [{ ...file.shards[0], url: "below/few.tar" }] }));
    expect((await openDataset(at("few.tar"))).type).toBeUndefined();
  });

  it.each([
    "../few.tar",
    "below/../../few.tar",
    "..\\few.tar",
    "./few.tar",
    "/etc/passwd",
    "//host/few.tar",
    "file:///etc/passwd",
    "http://127.0.0.1:1/few.tar",
    "C:/few.tar",
  ])("refuses a dataset.json on disk that names %s", async (url) => {
    change("few.dataset.json", (file) => ({ ...file, shards: [{ ...file.shards[0], url }] }));
    await expect(openDataset(at("few.dataset.json"))).rejects.toMatchObject({ code: "REF_INVALID" });
  });

  it.each([
    ["a newer major version", (file: object) => ({ ...file, format: "atdata.dataset/2" }), "FORMAT_TOO_NEW"],
    ["another format", (file: object) => ({ ...file, format: "atdata.lens/1" }), "FORMAT_INVALID"],
    ["no shards", (file: object) => ({ ...file, shards: [] }), "FORMAT_INVALID"],
    [
      "a negative count",
      (file: DatasetFile) => ({ ...file, shards: [{ ...file.shards[0], samples: -1 }] }),
      "FORMAT_INVALID",
    ],
    [
      "a sha256 that is none",
      (file: DatasetFile) => ({ ...file, shards: [{ ...file.shards[0], sha256: "x" }] }),
      "FORMAT_INVALID",
    ],
    ["a schema that is none", (file: object) => ({ ...file, schema: { name: "X" } }), "SCHEMA_INVALID"],
  ])("refuses a dataset.json of %s, by whatever name it is found", async (_, edit, code) => {
    change("few.dataset.json", edit as never);
    for (const ref of [at("few.dataset.json"), at("few.tar")]) {
      await expect(openDataset(ref)).rejects.toMatchObject({ code });
    }
  });

  it("refuses a dataset.json that is no JSON", async () => {
    writeFileSync(at("few.dataset.json"), '{"format": "atdata.dataset/1", ');
    await expect(openDataset(at("few.tar"))).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  });

  it("says what is missing", async () => {
    mkdirSync(at("empty"));
    await expect(openDataset(at("none.tar"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(openDataset(at("none.dataset.json"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(openDataset(at("none-*.tar"))).rejects.toMatchObject({ code: "NO_SHARDS" });
    await expect(openDataset(at("empty"))).rejects.toMatchObject({ code: "NO_SHARDS" });
    await expect(openDataset([])).rejects.toMatchObject({ code: "NO_SHARDS" });
    rmSync(at("many-000001.tar"));
    await expect(collect(await openDataset(at("many.tar")))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it.each(["pipe:cat /etc/passwd", "ftp://127.0.0.1/a.tar", "s3://bucket/a.tar", "data:,x"])(
    "refuses %s: schemes are an allow-list",
    async (ref) => {
      await expect(openDataset(ref)).rejects.toMatchObject({ code: "SCHEME_NOT_ALLOWED" });
    },
  );

  it("lists no hidden files and no sidecars", async () => {
    mkdirSync(at(".many.0-0-0-0.tmp", "new"), { recursive: true });
    copyFileSync(at("few.tar"), at(".many.0-0-0-0.tmp", "new", "many-000003.tar"));
    copyFileSync(at("few.tar"), at(".many-000003.tar"));
    for (const ref of [at("many*"), at("*many*"), at("**/many*.tar"), at("many.tar")]) {
      expect((await collect(await openDataset(ref))).length).toBe(25);
    }
    expect((await collect(await openDataset(folder))).length).toBe(28);
  });
});

describe("openDataset over HTTP", () => {
  let server: FileServer;

  async function serving(work: () => Promise<void>, status?: number): Promise<void> {
    await using started = await serveFolder(folder, ({ path, response }) => {
      if (status === undefined || !path.endsWith(".json")) return false;
      response.writeHead(status).end();
      return true;
    });
    server = started;
    await work();
  }

  const paths = (): string[] => server.seen.map(({ path }) => path);

  it("asks once for the dataset.json and for nothing else", () =>
    serving(async () => {
      const refs: [string | string[], number[]][] = [
        [`${server.url}/many.dataset.json`, [10, 10, 5]],
        [`${server.url}/many.tar`, [10, 10, 5]],
        [`${server.url}/many-{000001..000002}.tar`, [10, 5]],
        [[`${server.url}/many-000002.tar`], [5]],
      ];
      for (const [ref, counts] of refs) {
        server.forget();
        const dataset = await openDataset(ref);
        expect(dataset.type?.name).toBe("Numbered");
        expect(dataset.shards.map(({ samples }) => samples)).toEqual(counts);
        expect(paths()).toEqual(["/many.dataset.json"]);
      }
      server.forget();
      expect(await collect(await openDataset(`${server.url}/many.tar`))).toEqual(many);
      expect(paths().sort()).toEqual([
        "/many-000000.tar",
        "/many-000001.tar",
        "/many-000002.tar",
        "/many.dataset.json",
      ]);
    }));

  it.each([404, 403])("takes status %i for no sidecar, after one request", (status) =>
    serving(async () => {
      const dataset = await openDataset(`${server.url}/many-000000.tar`);
      expect(paths()).toEqual(["/many.dataset.json"]);
      expect(dataset.type).toBeUndefined();
      expect(await collect(dataset)).toEqual(many.slice(0, 10));
    }, status),
  );

  it("says so when the named dataset.json itself is missing or forbidden", async () => {
    await serving(async () => {
      await expect(openDataset(`${server.url}/many.dataset.json`)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }, 404);
    await serving(async () => {
      await expect(openDataset(`${server.url}/many.dataset.json`)).rejects.toMatchObject({ code: "ACCESS_DENIED" });
    }, 403);
  });

  it("takes another status for an error, and not for no sidecar", () =>
    serving(async () => {
      await expect(openDataset(`${server.url}/many-000000.tar`)).rejects.toMatchObject({ code: "HTTP_ERROR" });
    }, 400));

  it("resolves shards beside the dataset.json and keeps the query, as of signed urls", () =>
    serving(async () => {
      const dataset = await openDataset(`${server.url}/many.dataset.json?sig=1`);
      expect(dataset.shards[0]?.url).toBe(`${server.url}/many-000000.tar?sig=1`);
      expect(await collect(dataset)).toEqual(many);
    }));

  it("refuses a dataset.json that leads elsewhere than to its own scheme", () =>
    serving(async () => {
      for (const url of ["../few.tar", "file:///etc/passwd", "s3://bucket/few.tar", "/few.tar"]) {
        change("few.dataset.json", (file) => ({ ...file, shards: [{ ...file.shards[0], url }] }));
        await expect(openDataset(`${server.url}/few.tar`)).rejects.toMatchObject({ code: "REF_INVALID" });
      }
      const url = `${server.url}/few.tar`;
      change("few.dataset.json", (file) => ({ ...file, shards: [{ ...file.shards[0], url }] }));
      expect(await collect(await openDataset(`${server.url}/few.dataset.json`))).toEqual(few);
    }));

  it("checks the sha256 of what comes over the network without being asked", () =>
    serving(async () => {
      const bytes = readFileSync(at("few.tar"));
      bytes[512 + 5] = (bytes[512 + 5] as number) ^ 1;
      writeFileSync(at("few.tar"), bytes);
      await expect(collect(await openDataset(`${server.url}/few.tar`))).rejects.toMatchObject({
        code: expect.stringMatching(/CHECKSUM_MISMATCH|SCHEMA_MISMATCH|MSGPACK_INVALID/),
      });
      const end = readFileSync(at("many-000002.tar"));
      end[end.length - 1] = 1;
      writeFileSync(at("many-000002.tar"), end);
      await expect(collect(await openDataset(`${server.url}/many.tar`))).rejects.toMatchObject({
        code: "CHECKSUM_MISMATCH",
        fields: { shard: `${server.url}/many-000002.tar` },
      });
      const unchecked = await openDataset(`${server.url}/many.tar`, { verify: false });
      expect((await collect(unchecked)).length).toBe(25);
    }));
});
