import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDataset } from "@atdata/wds/node";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { chromium } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type FileServer, serveFolder } from "../src/file-server.ts";
import { installPacked, run } from "../src/installed.ts";
import { Digit, mnist } from "../src/mnist.ts";
import { examplesOf } from "../src/readme.ts";
import type { Findings } from "../src/runtimes/read.ts";
import { scratch } from "../src/scratch.ts";

const folder = scratch();
const served = join(folder, "served");
const digits = mnist(500);
const runtimes = fileURLToPath(new URL("../src/runtimes", import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
let project = "";

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
  for (const path of inputs) expect(path).toMatch(/@atdata\/(core|wds)\/dist\//);
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

describe("core and wds, packed and installed in somebody else's project,", () => {
  it.each(["README.md", "packages/core/README.md", "packages/wds/README.md"])(
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
        await run(process.execPath, ["--import", "./preload.ts", "example.ts"], join(project, name));
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

  // In CI nothing is skipped: there the test fails where Chromium is missing.
  const skip = !existsSync(CHROMIUM) && process.env.CI !== "true";
  const hint = skip ? " (skipped: install Debian's chromium, or name one in CHROMIUM)" : "";
  it.skipIf(skip)(
    `read a shard over HTTP and from a file input in Chromium, and show it${hint}`,
    { timeout: 90_000 },
    async () => {
      await using server = await serveFolder(served);
      writeFileSync(join(served, "page.js"), await bundle("page.ts", "browser"));
      copyFileSync(join(project, "page.html"), join(served, "index.html"));
      const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
      const browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: ["--no-sandbox", ...flags, "--disable-component-update", "--disable-sync"],
      });
      try {
        const page = await browser.newPage({ viewport: { width: 980, height: 420 } });
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
        const drawn = await page.evaluate(
          "Array.from(document.querySelector('canvas').getContext('2d').getImageData(8, 8, 84, 84).data.filter((_, i) => i % 4 === 0))",
        );
        const first = digits[0]?.image.data as Uint8Array;
        const shown = Array.from(
          first,
          (_, i) => 255 - ((drawn as number[])[(Math.floor(i / 28) * 3 + 1) * 84 + (i % 28) * 3 + 1] ?? 0),
        );
        expect(shown).toEqual(Array.from(first));
        if (process.env.ATDATA_SCREENSHOT) await page.screenshot({ path: process.env.ATDATA_SCREENSHOT });
      } finally {
        await browser.close();
      }
    },
  );
});

/** npm's `deno` brings the binary in a package for each platform; its own starter would run an install script first. */
function denoBinary(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("deno/package.json"));
  const suffix = process.platform === "linux" ? "-glibc" : "";
  const name = `@deno/${process.platform}-${process.arch}${suffix}`;
  const binary = process.platform === "win32" ? "deno.exe" : "deno";
  return join(require.resolve(`${name}/package.json`), "..", binary);
}
