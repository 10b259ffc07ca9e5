import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAtdataError } from "@atdata/core";
import { startRedis } from "@atdata/local/services";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { atdata, type Finished, scratch } from "./cli.ts";
import { writeDigits } from "./digits.ts";

const folder = scratch();
let env: Readonly<Record<string, string>>;
/** Runs a command in a home of its own. */
const run = (...args: readonly string[]): Promise<Finished> => atdata(args, { env });
const good = async (...args: readonly string[]): Promise<string> => {
  const { status, stdout, stderr } = await run(...args);
  if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
  return stdout;
};
const json = async <T = Record<string, unknown>>(...args: readonly string[]): Promise<T> =>
  JSON.parse(await good(...args, "--json")) as T;
const lines = async <T = Record<string, unknown>>(...args: readonly string[]): Promise<T[]> =>
  (await good(...args, "--json"))
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);

/** Makes a home with a second repository, `lab`, and one dataset in `local`. */
async function freshHome(): Promise<string> {
  const home = mkdtempSync(join(folder, "home-"));
  env = { ATDATA_HOME: home };
  const repos = { lab: { index: "sqlite:lab/index.db", store: "lab/data" } };
  writeFileSync(join(home, "config.json"), JSON.stringify({ repos }));
  writeFileSync(join(home, "in.jsonl"), '{"id":"x","label":7}\n{"id":"y","label":8}\n');
  const options = [
    "--key",
    "id",
    "--name",
    "Point",
    "--tag",
    "tiny",
    "--description",
    "two points",
    "--max-samples",
    "1",
  ];
  await good("write", "@local/points@1.0.0", "--from", join(home, "in.jsonl"), ...options);
  return home;
}

beforeAll(() => writeDigits(join(folder, "digits.tar"), true));

test("a dataset is written by name, and read by it in every command", async () => {
  await freshHome();
  expect(await lines("preview", "@local/points@1.0")).toEqual([
    { key: "x", sample: { id: "x", label: 7 } },
    { key: "y", sample: { id: "y", label: 8 } },
  ]);
  expect(await json("inspect", "@local/points")).toMatchObject({
    samples: 2,
    schema: { name: "Point", version: "1.0.0" },
  });
  expect(await json("query", "@local/points", "label = 8", "--plan")).toMatchObject({ strategy: "index", pruned: 1 });
  expect(await json("describe", "@local/points")).toMatchObject({ samples: 2, type: "Point" });
  expect(await json("doctor", "@local/points")).toEqual({ problems: [], fixed: 0 });
  expect(await json("manifest", "check", "@local/points")).toMatchObject({ shards: 2, findings: [] });
  expect(await json("export", "@local/points", join(folder, "points.parquet"))).toMatchObject({ rows: 2 });
  for (const ref of ["@local/points", "@local/Point", "atdata://local/schema/Point@1.0.0"]) {
    expect(await json("schema", "show", ref)).toMatchObject({ name: "Point", version: "1.0.0" });
  }
  expect(await json("write", join(folder, "again.tar"), "--from", "@local/points", "--overwrite")).toMatchObject({
    samples: 2,
  });
});

test("datasets are listed, searched and shown with what was said of them", async () => {
  await freshHome();
  await good("index", "add", "@lab/digits", join(folder, "digits.tar"), "--tag", "handwritten", "--license", "MIT");
  expect((await good("index", "list")).replaceAll(folder, "…")).toMatchSnapshot();
  const listed = await lines("index", "list");
  expect(listed).toMatchObject([
    {
      ref: "@local/points",
      schema: "Point@1.0.0",
      shards: 2,
      samples: 2,
      tags: ["tiny"],
      labels: [{ version: "1.0.0" }],
    },
    { ref: "@lab/digits", schema: "Digit@1.0.0", shards: 6, samples: 60, license: "MIT" },
  ]);
  expect(await lines("index", "list", "--repo", "lab")).toEqual(listed.slice(1));
  expect(await lines("index", "list", "--name", "points")).toEqual(listed.slice(0, 1));
  expect(await lines("index", "search", "TWO", "poi")).toEqual(listed.slice(0, 1));
  expect(await lines("index", "search", "--tag", "handwritten", "--schema", "Digit")).toEqual(listed.slice(1));
  const none = await run("index", "search", "elsewhere");
  expect(none).toEqual({ status: 0, stdout: "", stderr: "no datasets\n" });
  const more = await run("index", "search", "-n", "1", "--json");
  expect(more.stderr).toBe("there may be more: these are the first 1\n");
  const shown = await json<{ shards: unknown[] }>("index", "show", "@lab/digits");
  expect(shown).toMatchObject({ ...listed[1], shards: expect.anything() });
  expect(shown.shards[5]).toMatchObject({
    url: join(folder, "digits-000005.tar"),
    samples: 10,
    sha256: expect.any(String),
  });
});

test("labels move as they are told to, and stand for datasets", async () => {
  const home = await freshHome();
  const { id } = await json<{ id: string }>("index", "show", "@local/points");
  expect(await json("index", "label", "@local/points", "1.1.0", "--new")).toEqual({ ref: "@local/points@1.1.0", id });
  const again = await run("index", "label", "@local/points", "1.1.0", "--new");
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining("error[LABEL_CONFLICT]")]);
  await good("write", "@local/other", "--from", join(home, "in.jsonl"), "--name", "Point");
  const other = await json<{ id: string }>(
    "index",
    "label",
    "@local/other",
    "1.1.0",
    "--name",
    "points",
    "--expect",
    id,
  );
  expect(await json("index", "show", "@local/points@1.1.0")).toMatchObject({ id: other.id });
});

test("a copy keeps bytes, or with a limit keys; what is removed goes with its files", async () => {
  const home = await freshHome();
  const { shards } = await json<{ shards: { sha256: string }[] }>("index", "show", "@local/points");
  await good("copy", "@local/points@1.0.0", "@lab/points@1.0.0");
  const copied = await json<{ shards: { sha256: string }[] }>("index", "show", "@lab/points");
  expect(copied.shards.map(({ sha256 }) => sha256)).toEqual(shards.map(({ sha256 }) => sha256));
  expect(await json("copy", "@lab/points", "@lab/one", "--max-samples", "9")).toMatchObject({ shards: 1, samples: 2 });
  expect((await lines("preview", "@lab/one")).map(({ key }) => key)).toEqual(["x", "y"]);
  const taken = await run("copy", "@lab/one", "@lab/points@1.0.0");
  expect([taken.status, taken.stderr]).toEqual([1, expect.stringMatching(/DATASET_EXISTS(?:.|\n)*--overwrite/)]);

  const files = readdirSync(join(home, "lab/data")).filter((name) => name.startsWith("one-"));
  const planned = await json<{ files: string[] }>("index", "rm", "@lab/one", "--shards", "--dry-run");
  expect(planned.files.map((file) => file.slice(join(home, "lab/data/").length)).sort()).toEqual(files.sort());
  expect(await json("index", "show", "@lab/one")).toMatchObject({ samples: 2 });
  const removed = await good("index", "rm", "@lab/one", "--shards");
  expect(removed).toMatch(/^removed @lab\/one {2}bafy\w+\n {2}label one\n/);
  expect(readdirSync(join(home, "lab/data")).filter((name) => name.startsWith("one-"))).toEqual([]);
  expect((await run("index", "show", "@lab/one")).stderr).toContain("error[DATASET_NOT_FOUND]");
});

test("shards that an index did not write stay when it removes them", async () => {
  await freshHome();
  await good("index", "add", "@local/digits", join(folder, "digits.tar"));
  const report = await json<{ kept: unknown[] }>("index", "rm", "@local/digits", "--shards");
  expect(report).toMatchObject({ files: [], dryRun: false });
  expect(report.kept).toHaveLength(6);
  expect(readFileSync(join(folder, "digits-000000.tar")).length).toBeGreaterThan(0);
});

test("types are stored once for a name and version, and listed", async () => {
  const home = await freshHome();
  const digits = join(folder, "digits.tar");
  expect(await json("schema", "publish", digits, "--to", "lab", "--as", "2.0.0")).toEqual({
    ...{ ref: "atdata://lab/schema/Digit@2.0.0", repo: "lab", name: "Digit", version: "2.0.0", created: true },
  });
  expect(await good("schema", "publish", digits, "--to", "lab", "--as", "2.0.0")).toContain("was there already");
  const point = join(home, "point.json");
  writeFileSync(point, (await good("schema", "show", "@local/points", "--json")).replace('"int"', '"float"'));
  const conflict = await run("schema", "publish", point);
  expect([conflict.status, conflict.stderr]).toEqual([1, expect.stringContaining("error[SCHEMA_CONFLICT]")]);
  expect(await good("schema", "list")).toMatchSnapshot();
  expect(await lines("schema", "list", "--name", "Digit")).toMatchObject([{ repo: "lab", version: "2.0.0" }]);
  const check = await json("schema", "check", "@local/points", "atdata://lab/schema/Digit@2.0.0");
  expect(check).toMatchObject({ compatibility: "major", from: "1.0.0", next: "2.0.0", ok: true });
});

test("what is not there is told, with what there is", async () => {
  await freshHome();
  for (const [args, code] of [
    [["inspect", "@nobody/points"], "REPO_UNKNOWN"],
    [["inspect", "@local/point"], "DATASET_NOT_FOUND"],
    [["inspect", "@local/points@3.0.0"], "DATASET_NOT_FOUND"],
    [["schema", "show", "atdata://local/schema/Nothing"], "SCHEMA_NOT_FOUND"],
    [["schema", "show", "@local/Nothing"], "DATASET_NOT_FOUND"],
    [["index", "list", "--repo", "nobody"], "REPO_UNKNOWN"],
    [["write", join(folder, "t.tar"), "--from", join(folder, "none.jsonl"), "--tag", "x"], "NOT_FOUND"],
  ] as const) {
    const { status, stdout, stderr } = await run(...args);
    expect([args, status, stdout]).toEqual([args, 1, ""]);
    expect(stderr).toMatch(new RegExp(`^atdata: error\\[${code}\\]: `));
  }
});

test("a repository in Redis is connected when it is asked, and left when the command ends; passwords stay secret", async (context) => {
  const redis = await startRedis().catch((error: unknown) => {
    if (process.env.CI === "true" || !isAtdataError(error, "UNSUPPORTED")) throw error;
    return context.skip(error.message);
  });
  onTestFinished(() => redis.stop());
  const home = await freshHome();
  const repos = {
    team: { index: redis.url, store: "team" },
    gone: { index: "redis://user:sentinel@127.0.0.1:1/0" },
  };
  writeFileSync(join(home, "config.json"), JSON.stringify({ repos }));
  await good("copy", "@local/points", "@team/points@2.0.0");
  expect(await lines("preview", "@team/points@2.0.0")).toHaveLength(2);
  // Another repository that is down is no matter, until it is asked.
  expect(await lines("index", "list", "--repo", "team")).toMatchObject([{ ref: "@team/points" }]);
  const { status, stderr } = await run("index", "list", "--repo", "gone");
  expect([status, stderr]).toEqual([1, expect.stringContaining("error[INDEX_UNAVAILABLE]")]);
  expect(stderr).not.toContain("sentinel");
});
