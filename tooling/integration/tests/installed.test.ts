import { copyFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { float, type SampleType, sample } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { writeDataset } from "@atdata/wds/node";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { beforeAll, describe, expect, it } from "vitest";
import { drawnDigit, inChromium, withoutChromium } from "../src/chromium.ts";
import { type FileServer, serveFolder } from "../src/file-server.ts";
import { installPacked, run } from "../src/installed.ts";
import { Digit, mnist } from "../src/mnist.ts";
import { examplesOf } from "../src/readme.ts";
import type { QueryFindings } from "../src/runtimes/manifest-page.ts";
import type { Findings } from "../src/runtimes/read.ts";
import { scratch } from "../src/scratch.ts";

const folder = scratch();
const served = join(folder, "served");
const digits = mnist(500);
const runtimes = fileURLToPath(new URL("../src/runtimes", import.meta.url));
let project = "";

const Inked = sample("Digit", { ...Digit.fields, ink: float() }) as SampleType<Digit & { ink: number }>;

beforeAll(async () => {
  project = await installPacked(folder);
  cpSync(runtimes, project, { recursive: true });
  await writeDataset(Digit, digits, join(served, "digits.tar"));
  const bytes = readFileSync(join(served, "digits.tar"));
  bytes[bytes.length - 1] = 1;
  writeFileSync(join(served, "damaged.tar"), bytes);
  const sidecar = readFileSync(join(served, "digits.dataset.json"), "utf8");
  writeFileSync(join(served, "damaged.dataset.json"), sidecar.replaceAll("digits", "damaged"));
}, 120_000);

const want: Omit<Findings, "shuffled"> = {
  type: "Digit",
  samples: 500,
  pixels: digits.reduce((sum, { image }) => image.data.reduce((all, pixel) => all + pixel, sum), 0),
  labels: digits.map(({ label }) => label),
  sevens: digits.filter(({ label }) => label === 7).length,
  batches: [...new Array<string>(15).fill("32×28×28"), "20×28×28"],
  byKey: digits[42]?.label,
  damaged: "CHECKSUM_MISMATCH",
};

/** Bundles a program of the project, which sees only what was packed. */
async function bundle(name: string, platform: "browser" | "neutral"): Promise<string> {
  const result = await build({
    entryPoints: [join(project, name)],
    absWorkingDir: project,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform,
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(result.metafile.inputs).filter((path) => path.includes("@atdata"));
  expect(inputs.length).toBeGreaterThan(0);
  for (const path of inputs) expect(path).toMatch(/@atdata\/(core|wds|manifest)\/dist\//);
  return result.outputFiles[0]?.text ?? "";
}

/** The order of a shuffle, which must be the same everywhere, comes from Node. */
async function inNode(server: FileServer): Promise<Findings> {
  writeFileSync(
    join(project, "node.ts"),
    'import { readOverHttp } from "./read.ts";\nconsole.log(JSON.stringify(await readOverHttp(process.argv[2] ?? "")));\n',
  );
  return JSON.parse(await run(process.execPath, ["node.ts", server.url], project));
}

describe("core, wds, manifest and local, packed and installed in somebody else's project,", () => {
  it.each(["README.md", "packages/core/README.md", "packages/manifest/README.md", "packages/wds/README.md"])(
    "run the examples of %s with the results it shows",
    async (readme) => {
      const examples = examplesOf(readme);
      expect(examples.length).toBeGreaterThan(0);
      expect(examples.reduce((sum, [, checks]) => sum + checks, 0)).toBeGreaterThan(0);
      for (const [i, [code]] of examples.entries()) {
        const name = `example-${readme.replaceAll("/", "-")}-${i}`;
        mkdirSync(join(project, name));
        copyFileSync(join(project, "preload.ts"), join(project, name, "preload.ts"));
        writeFileSync(join(project, name, "example.ts"), code);
        const home = { ATDATA_HOME: join(project, name, "home") };
        await run(process.execPath, ["--import", "./preload.ts", "example.ts"], join(project, name), home);
      }
    },
    30_000,
  );

  it("read a shard over HTTP in Node, through the root entry", async () => {
    await using server = await serveFolder(served);
    expect(await inNode(server)).toMatchObject(want);
  });

  it("read a shard over HTTP in Deno", { timeout: 60_000 }, async () => {
    await using server = await serveFolder(served);
    const args = ["run", "--no-remote", "--node-modules-dir=manual", "--allow-net=127.0.0.1", "deno.ts", server.url];
    const env = { DENO_DIR: join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1" };
    const findings: Findings = JSON.parse(await run(denoBinary(), args, project, env));
    expect(findings).toEqual({ ...want, shuffled: (await inNode(server)).shuffled });
  });

  it("read a shard over HTTP in workerd", { timeout: 60_000 }, async () => {
    await using server = await serveFolder(served);
    const script = await bundle("worker.ts", "neutral");
    const worker = new Miniflare({ modules: true, script, compatibilityDate: "2026-07-01" });
    try {
      const answer = await worker.dispatchFetch(`http://worker/?base=${encodeURIComponent(server.url)}`);
      expect(await answer.json()).toEqual({ ...want, shuffled: (await inNode(server)).shuffled });
    } finally {
      await worker.dispose();
    }
  });

  const { skip, hint } = withoutChromium();
  it.skipIf(skip)(
    `read a shard over HTTP and from a file input in Chromium, and show it${hint}`,
    { timeout: 90_000 },
    async () => {
      await using server = await serveFolder(served);
      writeFileSync(join(served, "page.js"), await bundle("page.ts", "browser"));
      copyFileSync(join(project, "page.html"), join(served, "index.html"));
      await inChromium(async (page) => {
        const complaints: string[] = [];
        page.on("pageerror", (error) => complaints.push(String(error)));
        await page.goto(`${server.url}/index.html`);
        await page.waitForFunction("globalThis.findings?.overHttp || globalThis.findings?.error");
        await page.setInputFiles("input", join(served, "digits.tar"));
        await page.waitForFunction("globalThis.findings?.fromFile || globalThis.findings?.error");
        const { shuffled } = await inNode(server);
        expect(await page.evaluate("findings")).toEqual({
          overHttp: { ...want, shuffled },
          fromFile: { ...want, type: undefined, damaged: undefined, shuffled: expect.any(Array) },
        });
        expect(complaints).toEqual([]);
        // The first digit is drawn: its dark pixels are where the image has ink.
        expect(await drawnDigit(page)).toEqual(Array.from(digits[0]?.image.data ?? []));
        if (process.env.ATDATA_SCREENSHOT) await page.screenshot({ path: process.env.ATDATA_SCREENSHOT });
      });
    },
  );

  it.skipIf(skip)(`query a dataset over HTTP by its manifests in Chromium${hint}`, { timeout: 90_000 }, async () => {
    const folder = join(served, "inked");
    const inked = digits.map((digit) => ({ ...digit, ink: digit.image.data.reduce((a, b) => a + b, 0) / 784 }));
    // Darkest first, so that manifests rule shards out.
    inked.sort((a, b) => b.ink - a.ink);
    const options = { maxSamples: 50, plugins: [manifests()] };
    await writeDataset(Inked, inked, join(folder, "digits.tar"), options);
    writeFileSync(join(folder, "manifest-page.js"), await bundle("manifest-page.ts", "browser"));
    copyFileSync(join(project, "manifest-page.html"), join(folder, "index.html"));
    const wasm = createRequire(import.meta.resolve("parquet-wasm")).resolve("parquet-wasm/esm/parquet_wasm_bg.wasm");
    copyFileSync(wasm, join(folder, "parquet_wasm_bg.wasm"));
    const want = inked.flatMap(({ label, ink }, i) => (label === 7 && ink > 30 ? [i] : []));
    const shards = Array.from({ length: 10 }, (_, shard) => shard).filter((shard) => {
      const own = inked.slice(shard * 50, shard * 50 + 50);
      return own.some(({ label }) => label === 7) && own.some(({ ink }) => ink > 30);
    });
    const holding = [...new Set(want.map((i) => Math.floor(i / 50)))];

    await using server = await serveFolder(folder);
    await inChromium(async (page) => {
      await page.goto(`${server.url}/index.html`);
      await page.waitForFunction("globalThis.query?.findings || globalThis.query?.error");
      const expected: QueryFindings = {
        plan: { strategy: "index", shards: shards.length },
        drawn: Math.min(20, want.length),
        keys: want.map((i) => String(i).padStart(9, "0")),
        least: inked.at(-1)?.ink,
      };
      expect(await page.evaluate("query")).toEqual({ findings: expected });
      const files = server.seen.filter(({ path }) => !/\.(html|js|wasm|ico)$/.test(path));
      const bytesOf = (name: RegExp): number => {
        const own = files.filter(({ path }) => name.test(path));
        return own.reduce((sum, { path, range }) => sum + bytesAskedFor(join(folder, path), range), 0);
      };
      const touched = new Set(files.map(({ path }) => path).filter((path) => /\.(tar|manifest\.parquet)$/.test(path)));
      const stem = (shard: number): string => `/digits-${String(shard).padStart(6, "0")}`;
      touched.delete("/digits.tar");
      const rows = shards.map((shard) => `${stem(shard)}.manifest.parquet`);
      expect([...touched].sort()).toEqual([...rows, ...holding.map((shard) => `${stem(shard)}.tar`)].sort());
      // Member by member: 512 bytes of header and 1,024 of payload; neighbours are read with as much between them at the most.
      expect(bytesOf(/\.tar$/)).toBeGreaterThanOrEqual(want.length * 1536);
      expect(bytesOf(/\.tar$/)).toBeLessThanOrEqual(2 * want.length * 1536);
      const rowBytes = rows.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
      // Each once, and a byte of each for its length.
      expect(bytesOf(/\.manifest\.parquet$/)).toBeLessThanOrEqual(rowBytes + 2 * rows.length);
      // The first match is on the page.
      expect(await page.textContent("p")).toBe(`${want.length} dark sevens, in ${shards.length} shards.`);
      expect(await drawnDigit(page)).toEqual(Array.from(inked[want[0] as number]?.image.data ?? []));
    });
  });
});

/** Bytes of a file that a request was for; a file that is not there has none. */
function bytesAskedFor(path: string, range: string | undefined): number {
  const whole = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  return from === undefined ? whole : Math.min(whole, Number(to) + 1) - Number(from);
}

/** npm's `deno` brings the binary in a package for each platform; its own starter would run an install script first. */
function denoBinary(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("deno/package.json"));
  const suffix = process.platform === "linux" ? "-glibc" : "";
  const name = `@deno/${process.platform}-${process.arch}${suffix}`;
  const binary = process.platform === "win32" ? "deno.exe" : "deno";
  return join(require.resolve(`${name}/package.json`), "..", binary);
}
