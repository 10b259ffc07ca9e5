import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Package, Repo } from "./repo.ts";
import { runPackage, runProgram, type ToolResult } from "./run-tool.ts";

/** The published packages as a user gets them: built, packed and installed in an empty project outside the repository. */
export interface Packed {
  /** The empty project; its `node_modules` holds the packages and all that they and their examples use. */
  readonly project: string;
  tarball(each: Package): string;
  installed(each: Package): string;
}

/** Builds and packs every published package into a temporary project, which goes when the process ends. */
export async function pack(repo: Repo): Promise<Packed> {
  mustPass("build", await runPackage("turbo", "turbo", ["run", "build", "--output-logs=errors-only"], repo.root));
  const project = realpathSync(mkdtempSync(join(tmpdir(), "atdata-check-")));
  process.on("exit", () => rmSync(project, { recursive: true, force: true }));
  const tarballs = new Map<Package, string>();
  const modules = join(project, "node_modules");
  for (const each of repo.published) {
    const into = join(project, "tarballs", each.folder);
    mkdirSync(into, { recursive: true });
    mustPass("pack", await runProgram("pnpm", ["pack", "--pack-destination", into], join(repo.root, each.folder)));
    const tarball = join(into, readdirSync(into)[0] ?? "");
    tarballs.set(each, tarball);
    const target = join(modules, each.manifest.name);
    mkdirSync(target, { recursive: true });
    mustPass("unpack", await runProgram("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"], project));
  }
  for (const each of repo.published) {
    const { dependencies, devDependencies } = each.manifest;
    linkDependencies(repo, each, Object.keys({ ...dependencies, ...devDependencies }), modules);
  }
  return {
    project,
    tarball: (each) => tarballs.get(each) ?? "",
    installed: (each) => join(modules, each.manifest.name),
  };
}

/** Makes the dependencies that a package of the repository has available in another `node_modules` folder. */
export function linkDependencies(repo: Repo, each: Package, names: readonly string[], modules: string): void {
  for (const name of names) {
    const link = join(modules, name);
    const source = join(repo.root, each.folder, "node_modules", name);
    if (existsSync(link) || !existsSync(source)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(source), link);
  }
}

function mustPass(what: string, result: ToolResult): void {
  if (!result.ok) throw new Error(`${what} failed\n${result.output}`);
}
