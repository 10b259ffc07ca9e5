import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildFailure, build } from "esbuild";
import type { Check } from "../check.ts";
import type { Package, Repo } from "../repo.ts";

const LIMITS = "tooling/checks/expected/bundle-limits.json";
const BROWSER_PACKAGES = /^@atdata\/(core|wds|manifest|atmosphere|conformance)$/;
const CORE_INPUTS = ["packages/core", "@noble/hashes"];

/** What libraries bring along. */
const BROUGHT: Readonly<Record<string, readonly string[]>> = {
  "apache-arrow": ["flatbuffers", "tslib"],
  "@atproto/api": ["@atproto/common-web", "@atproto/lex-json", "@atproto/xrpc", "await-lock", "tlds", "zod"],
  "@atproto/crypto": ["@noble/curves", "uint8arrays"],
  "@atproto/lex-cbor": ["cborg"],
  "@atproto/lex-data": ["multiformats", "unicode-segmenter"],
  "@atproto/syntax": ["iso-datestring-validator"],
};

/** Each root entry bundles for a browser, holds nothing but its own package, what that depends on and core's parts, and stays under its limit. */
export const bundles: Check = {
  name: "bundles",
  async run(repo) {
    const limits: Record<string, number> = existsSync(join(repo.root, LIMITS))
      ? JSON.parse(readFileSync(join(repo.root, LIMITS), "utf8"))
      : {};
    const problems: string[] = [];
    const sizes: string[] = [];
    for (const each of repo.published.filter(({ manifest }) => BROWSER_PACKAGES.test(manifest.name))) {
      const { name } = each.manifest;
      const { bytes, inputs, errors } = await bundle(repo, each);
      problems.push(...errors.map((error) => `${name} does not bundle for a browser: ${error}`));
      sizes.push(`${name} ${(bytes / 1000).toFixed(1)} kB`);
      const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = each.manifest;
      const peers = Object.keys(peerDependencies).filter((one) => peerDependenciesMeta[one]?.optional !== true);
      const libraries = [...Object.keys(dependencies), ...peers];
      const allowed = [each.folder, ...CORE_INPUTS, ...libraries, ...libraries.flatMap((one) => BROUGHT[one] ?? [])];
      for (const input of inputs) if (!allowed.includes(input)) problems.push(`${name}'s bundle holds ${input}`);
      // Headroom of a twentieth: what grows more than that is worth a look.
      if (repo.update) limits[name] = Math.ceil((bytes * 1.05) / 500) * 500;
      const limit = limits[name];
      if (limit === undefined) problems.push(`${name} has no limit in ${LIMITS}`);
      else if (bytes > limit)
        problems.push(`${name} is ${bytes} bytes minified and gzipped, over its limit of ${limit} in ${LIMITS}`);
    }
    if (repo.update) mkdirSync(dirname(join(repo.root, LIMITS)), { recursive: true });
    if (repo.update) writeFileSync(join(repo.root, LIMITS), `${JSON.stringify(limits, null, 2)}\n`);
    return { problems, detail: sizes.join(", ") };
  },
};

async function bundle(repo: Repo, each: Package): Promise<{ bytes: number; inputs: Set<string>; errors: string[] }> {
  const { outputFiles, metafile, errors } = await build({
    absWorkingDir: repo.root,
    entryPoints: [`${each.folder}/src/index.ts`],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    metafile: true,
    write: false,
    logLevel: "silent",
  }).catch((failure: BuildFailure) => ({ outputFiles: [], metafile: undefined, errors: failure.errors }));
  const inputs = new Set(Object.keys(metafile?.inputs ?? {}).map(ownerOf));
  return {
    bytes: gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length,
    inputs,
    errors: errors.map((error) => error.text),
  };
}

/** The package that a bundled file belongs to: a folder of this repository or an npm name. */
function ownerOf(input: string): string {
  const dependency = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
  return dependency ?? input.split("/").slice(0, 2).join("/");
}
