import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atmosphere } from "@atdata/atmosphere/node";
import { createIndex, type Index } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { drawnDigit, inChromium, withoutChromium } from "../src/chromium.ts";
import { serveFolder } from "../src/file-server.ts";
import { Digit, mnist } from "../src/mnist.ts";
import type { AtmosphereFindings } from "../src/runtimes/atmosphere-page.ts";
import { scratch } from "../src/scratch.ts";
import { type LoggedIn, startAccounts, type TestAccounts } from "../src/test-accounts.ts";

const root = scratch();
const served = join(root, "served");
const runtimes = fileURLToPath(new URL("../src/runtimes", import.meta.url));
const digits = mnist(500);
let net: TestAccounts;
let alice: LoggedIn;
let index: Index;

beforeAll(async () => {
  mkdirSync(served);
  net = await startAccounts();
  alice = await net.account("alice", net.network.pds[1]);
  const me = atmosphere({ ...net.ways, session: alice.session, home: join(root, "home") });
  index = createIndex({ repos: { me }, formats: [wds()], plugins: [manifests()] });
}, 60_000);
afterAll(async () => {
  await index?.[Symbol.asyncDispose]();
  await net?.[Symbol.asyncDispose]();
});

/** Bundles the page, and gives the packages that are in it. */
async function bundlePage(): Promise<Set<string>> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(runtimes, "atmosphere-page.ts")],
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  writeFileSync(join(served, "atmosphere-page.js"), outputFiles[0]?.text ?? "");
  // What is imported and not used is not in it.
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const owner = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)|packages\/([^/]+)\/src/;
  return new Set(parts.map((path) => owner.exec(path)?.slice(1).find(Boolean) ?? path));
}

/** Puts an entry that says of its shards that they have other checksums than they have. */
async function brokenEntry(uri: string): Promise<string> {
  const [, collection = "", rkey = ""] = /^at:\/\/[^/]+\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const get = `/xrpc/com.atproto.repo.getRecord?${new URLSearchParams({ repo: alice.did, collection, rkey })}`;
  const { value } = (await (await alice.session.fetchHandler(get, {})).json()) as { value: Record<string, unknown> };
  const text = JSON.stringify(value).replaceAll(/"digest":"[0-9a-f]{64}"/g, `"digest":"${"0".repeat(64)}"`);
  const { metadata: _, manifests: __, ...rest } = JSON.parse(text);
  const response = await alice.session.fetchHandler("/xrpc/com.atproto.repo.createRecord", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ repo: alice.did, collection, record: { ...rest, name: "broken" }, validate: false }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { uri: string }).uri;
}

const { skip, hint } = withoutChromium();
it.skipIf(skip)(
  `a page in Chromium opens what an account has published, and shows its samples${hint}`,
  { timeout: 90_000 },
  async () => {
    const { id: uri } = await index.write("@me/digits@1.0.0", Digit, digits, { maxSamples: 100 });
    const broken = await brokenEntry(uri);
    const inside = await bundlePage();
    const ours = [...inside].filter((name) => ["core", "wds", "manifest", "atmosphere", "local"].includes(name));
    expect(ours.sort()).toEqual(["atmosphere", "core", "manifest", "wds"]);
    // What logs in is not.
    expect([...inside]).not.toContain("@atproto/api");
    expect([...inside]).toContain("@atproto/lexicon");
    copyFileSync(join(runtimes, "atmosphere-page.html"), join(served, "index.html"));
    const wasm = createRequire(import.meta.resolve("parquet-wasm")).resolve("parquet-wasm/esm/parquet_wasm_bg.wasm");
    copyFileSync(wasm, join(served, "parquet_wasm_bg.wasm"));

    await using server = await serveFolder(served);
    await inChromium(async (page) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      const name = `@${alice.handle}/digits@1.0.0`;
      const asked = new URLSearchParams({ uri, broken, name, plc: net.network.plcUrl, pds: alice.pds.url });
      await page.goto(`${server.url}/index.html?${asked}`);
      await page.waitForFunction("globalThis.published?.findings || globalThis.published?.error");
      const labels = digits.map(({ label }) => label);
      const sevens = labels.filter((label) => label === 7).length;
      const findings: AtmosphereFindings = {
        ...{ type: "Digit", fields: ["image", "label"], count: 500, drawn: 20, labels, sevens, named: uri },
        broken: "CHECKSUM_MISMATCH",
      };
      expect(await page.evaluate("published")).toEqual({ findings });
      expect(await page.textContent("p")).toBe(`500 samples of Digit, of them ${sevens} sevens.`);
      expect(await drawnDigit(page)).toEqual(Array.from(digits[0]?.image.data ?? []));
      expect(complaints).toEqual([]);
      if (process.env.ATDATA_SCREENSHOT) await page.screenshot({ path: process.env.ATDATA_SCREENSHOT });
    });
  },
);
