import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { manifests } from "@atdata/manifest";
import { writeDataset } from "@atdata/wds/node";
import { afterAll, beforeEach, expect, test } from "vitest";
import { atdata, scratch } from "./cli.ts";
import { Digit, digits, writeDigits } from "./digits.ts";

const root = scratch();
let folder: string;
let count = 0;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = join(root, String(count++));
  await writeDigits(at("digits.tar"), true);
});

interface Verified {
  readonly shards: readonly {
    readonly url: string;
    readonly verdict: string;
    readonly bytes: number | null;
    readonly sha256: string | null;
    readonly differences: readonly { readonly code: string; readonly what: string }[];
  }[];
  readonly ok: number;
  readonly mismatch: number;
  readonly unrecorded: number;
  readonly unreadable: number;
}

/** What verify says of the shards that are not as recorded: file, verdict and codes. */
async function verify(ref: string, ...args: string[]): Promise<{ status: number | null; ok: number; bad: string[] }> {
  const { status, stdout, stderr } = await atdata(["verify", ref, "--json", ...args]);
  expect(stderr).toBe("");
  const found = JSON.parse(stdout) as Verified;
  const bad = found.shards.filter(({ verdict }) => verdict !== "ok");
  expect(found.ok + found.mismatch + found.unrecorded + found.unreadable).toBe(found.shards.length);
  const lines = bad.map(({ url, verdict, differences }) =>
    [url.split("/").at(-1), verdict, ...differences.map(({ code }) => code)].join(" "),
  );
  return { status, ok: found.ok, bad: lines };
}

/** Changes one byte, by default in the payload of the first sample. */
function spoil(name: string, offset = 1600): void {
  const bytes = readFileSync(at(name));
  bytes[offset] = (bytes[offset] as number) ^ 1;
  writeFileSync(at(name), bytes);
}

test("what was written is as recorded, deep or not", async () => {
  expect(await verify(at("digits.tar"))).toEqual({ status: 0, ok: 6, bad: [] });
  expect(await verify(folder, "--deep")).toEqual({ status: 0, ok: 6, bad: [] });
  const { status, stdout } = await atdata(["verify", at("digits.tar")]);
  expect([status, stdout]).toEqual([0, "6 shards, 67.6 kB: 6 ok\n"]);
});

test("all bad shards are told, and the good ones between them are looked at", async () => {
  spoil("digits-000001.tar");
  truncateSync(at("digits-000003.tar"), 3000);
  rmSync(at("digits-000004.tar"));
  const { status, stdout, stderr } = await atdata(["verify", at("digits.dataset.json")]);
  expect([status, stderr]).toEqual([1, ""]);
  const text = stdout.replaceAll(folder, "…").replace(/[0-9a-f]{64}/g, "<sha256>");
  expect(text.replace(/, [\d.]+ kB/, "").replace(/\d+ are recorded/, "N are recorded")).toMatchInlineSnapshot(`
    "mismatch  …/digits-000001.tar
      CHECKSUM_MISMATCH: its sha256 is <sha256>, and <sha256> is recorded
    mismatch  …/digits-000003.tar
      SIZE_MISMATCH: it has 3000 bytes, and N are recorded
      CHECKSUM_MISMATCH: its sha256 is <sha256>, and <sha256> is recorded
    unreadable  …/digits-000004.tar
      NOT_FOUND: no such file
    6 shards: 3 ok, 2 mismatch, 1 unreadable
    "
  `);
  expect(await verify(at("digits.dataset.json"))).toEqual({
    status: 1,
    ok: 3,
    bad: [
      "digits-000001.tar mismatch CHECKSUM_MISMATCH",
      "digits-000003.tar mismatch SIZE_MISMATCH CHECKSUM_MISMATCH",
      "digits-000004.tar unreadable NOT_FOUND",
    ],
  });
});

test("shards without a record are told of, and are no failure", async () => {
  rmSync(at("digits.dataset.json"));
  const { status, stdout } = await atdata(["verify", at("digits-00000{0,1}.tar")]);
  expect(status).toBe(0);
  expect(stdout).toContain(`no checksum recorded  ${at("digits-000000.tar")}\n`);
  expect(stdout).toMatch(/^2 shards, [\d.]+ kB: 2 no checksum recorded$/m);
});

test("--deep finds samples that do not fit the type, and counts that differ", async () => {
  const file = at("digits.dataset.json");
  const json = JSON.parse(readFileSync(file, "utf8")) as { shards: { samples: number; sha256?: string }[] };
  (json.shards[2] as { samples: number }).samples = 11;
  writeFileSync(file, JSON.stringify(json));
  expect(await verify(file)).toEqual({ status: 0, ok: 6, bad: [] });
  const { status, ok, bad } = await verify(file, "--deep");
  expect([status, ok, bad.length]).toEqual([1, 5, 1]);
  expect(bad[0]).toMatch(/^digits-000002\.tar /);
  // The name of a field, in the payload.
  spoil("digits-000003.tar", readFileSync(at("digits-000003.tar")).indexOf("label"));
  expect((await verify(file, "--deep")).bad).toContain("digits-000003.tar unreadable CHECKSUM_MISMATCH SCHEMA_DRIFT");
});

test("--deep compares samples with the hashes of manifests, where a shard has no checksum too", async () => {
  const hashed = join(folder, "hashed");
  const plugins = [manifests({ sampleHash: "sha256" })];
  await writeDataset(Digit, digits, join(hashed, "digits.tar"), { maxSamples: 10, plugins });
  const file = join(hashed, "digits.dataset.json");
  expect(await verify(file, "--deep")).toEqual({ status: 0, ok: 6, bad: [] });
  rmSync(file);
  const shard = "hashed/digits-000001.tar";
  const key = "000000013";
  // Some letter of a text, so that the sample still decodes.
  spoil(shard, readFileSync(at(shard)).indexOf("dark", readFileSync(at(shard)).indexOf(key)));
  const { stdout } = await atdata(["verify", hashed, "--deep", "--json"]);
  const { shards } = JSON.parse(stdout) as Verified;
  expect(shards[1]).toMatchObject({ verdict: "mismatch" });
  const what = `samples differ from their hashes in the manifest: "${key}"`;
  expect(shards[1]?.differences).toEqual([{ code: "SAMPLE_MISMATCH", what }]);
});

test("what lies on a server is read and compared too", async () => {
  const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url ?? "", "http://x").pathname);
    if (!existsSync(path) || request.url?.includes("000005")) return response.writeHead(404).end();
    response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => server.close());
  spoil("digits-000002.tar");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/digits.dataset.json`;
  const bad = ["digits-000002.tar mismatch CHECKSUM_MISMATCH", "digits-000005.tar unreadable NOT_FOUND"];
  expect(await verify(url)).toEqual({ status: 1, ok: 4, bad });
});

test("what is not there is an error, and no verdict", async () => {
  const { status, stdout, stderr } = await atdata(["verify", at("none.tar")]);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("error[NOT_FOUND]");
});
