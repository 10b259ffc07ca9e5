import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Check } from "../check.ts";
import { type Manifest, type Package, type Repo, read } from "../repo.ts";

const FILES = ["dist", "src", "!**/*.{test,test-d,bench}.ts"];

/** The manifests agree with each other and with what is published. */
export const manifests: Check = {
  name: "manifests",
  run(repo) {
    const problems = [...repo.published.flatMap((each) => shapeProblems(repo, each)), ...versionProblems(repo)];
    return { problems, detail: `${repo.packages.length} packages` };
  },
};

function shapeProblems(repo: Repo, { folder, manifest }: Package): string[] {
  const expected = {
    license: "Apache-2.0",
    type: "module",
    sideEffects: false,
    engines: repo.published[0]?.manifest.engines,
    files: FILES,
  };
  const problems = Object.entries(expected)
    .filter(([key, value]) => !isDeepStrictEqual(manifest[key as keyof Manifest], value))
    .map(([key, value]) => `${folder}/package.json: ${key} is not ${JSON.stringify(value)}`);
  const published = Object.fromEntries(
    Object.entries(manifest.exports ?? {}).map(([subpath, target]) => [subpath, publishedTarget(target)]),
  );
  if (!isDeepStrictEqual(manifest.publishConfig?.exports, published)) {
    problems.push(
      `${folder}/package.json: publishConfig.exports does not mirror exports: want ${JSON.stringify(published)}`,
    );
  }
  for (const [name, target] of Object.entries(manifest.bin ?? {})) {
    if (manifest.publishConfig?.bin?.[name] !== toDist(target, ".js")) {
      problems.push(`${folder}/package.json: publishConfig.bin does not mirror bin`);
    }
  }
  for (const file of ["README.md", "LICENSE"]) {
    if (!existsSync(join(repo.root, folder, file))) problems.push(`${folder}/${file} is missing`);
  }
  return problems;
}

function publishedTarget(target: string): unknown {
  return target.endsWith(".ts") ? { types: toDist(target, ".d.ts"), default: toDist(target, ".js") } : target;
}

function toDist(target: string, extension: string): string {
  return target.replace("./src/", "./dist/").replace(/\.ts$/, extension);
}

/** Every package asks for the same version of a dependency, and for its siblings through the workspace. */
function versionProblems(repo: Repo): string[] {
  const siblings = new Set(repo.packages.map((each) => each.manifest.name));
  const root: Manifest = JSON.parse(read(repo, "package.json"));
  const seen = new Map<string, Map<string, string>>();
  const problems: string[] = [];
  for (const { folder, manifest } of [{ folder: ".", manifest: root }, ...repo.packages]) {
    const { dependencies, devDependencies, peerDependencies } = manifest;
    for (const [name, range] of [dependencies, devDependencies].flatMap((each) => Object.entries(each ?? {}))) {
      if (siblings.has(name) && range !== "workspace:^")
        problems.push(`${folder} asks for ${name} as ${range}, not workspace:^`);
      const users = seen.get(name) ?? new Map<string, string>();
      seen.set(name, users.set(range, folder));
    }
    for (const name of Object.keys(peerDependencies ?? {})) {
      if (devDependencies?.[name] === undefined) problems.push(`${folder} peers on ${name} but does not test with it`);
    }
  }
  for (const [name, users] of seen) {
    if (users.size < 2) continue;
    problems.push(`${name} is asked for as ${[...users].map(([range, folder]) => `${range} (${folder})`).join(", ")}`);
  }
  return problems;
}
