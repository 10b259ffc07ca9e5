import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const repository: string = fileURLToPath(new URL("../../..", import.meta.url));

/** What a program printed on standard output. Throws with all that it printed when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [out, err, status] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}\n${out}\n${err}`);
  return out.toString();
}

/** Builds and packs packages as they are published, into `folder`, and gives what a package.json depends on them with. */
export async function pack(packages: readonly string[], folder: string): Promise<Record<string, string>> {
  const turbo = join(repository, "node_modules/turbo/bin/turbo");
  const filters = packages.map((name) => `--filter=@atdata/${name}`);
  await run(process.execPath, [turbo, "run", "build", "--output-logs=errors-only", ...filters], repository);
  const dependencies: Record<string, string> = {};
  for (const name of packages) {
    const into = join(folder, "tarballs", name);
    mkdirSync(into, { recursive: true });
    await run("pnpm", ["pack", "--pack-destination", into], join(repository, "packages", name));
    dependencies[`@atdata/${name}`] = `file:${join(into, readdirSync(into)[0] ?? "")}`;
  }
  return dependencies;
}

/** Installs what the package.json in `project` asks for. */
export async function install(project: string): Promise<void> {
  await run("pnpm", ["install", "--ignore-workspace", "--prefer-offline", "--ignore-scripts"], project);
}

/** Packs core, wds, manifest and local as they are published, and installs the tarballs in an empty project in `folder`. */
export async function installPacked(folder: string): Promise<string> {
  const dependencies = await pack(["core", "wds", "manifest", "local"], folder);
  const project = join(folder, "project");
  mkdirSync(project);
  const manifest = { name: "someone-elses-project", private: true, type: "module", dependencies };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  await install(project);
  return project;
}
