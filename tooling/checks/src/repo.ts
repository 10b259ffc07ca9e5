import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of a package.json that the checks read. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
  readonly publishConfig?: {
    readonly exports?: Readonly<Record<string, unknown>>;
    readonly bin?: Readonly<Record<string, string>>;
  };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** One way into a package: `.` or a subpath of its `exports`. */
export interface Entry {
  /** What a user imports, such as `@atdata/core/node`. */
  readonly specifier: string;
  /** A name for files about it: `index` for the root, else the subpath. */
  readonly name: string;
  /** Path of its source inside the repository. */
  readonly source: string;
}

/** A workspace package. */
export interface Package {
  /** Folder inside the repository, such as `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly entries: readonly Entry[];
}

/** The repository under check: the real one, or the copy that the self-test plants violations in. */
export interface Repo {
  readonly root: string;
  /** Tracked and new files, as paths with forward slashes; what git ignores is left out. */
  readonly files: readonly string[];
  readonly packages: readonly Package[];
  /** The packages that are published. */
  readonly published: readonly Package[];
  /** Whether committed expectations (API reports, export lists, sizes) are rewritten instead of compared. */
  readonly update: boolean;
}

/** Reads the repository at `root`. */
export function openRepo(root: string, update: boolean): Repo {
  const files = git(root, "ls-files", "--cached", "--others", "--exclude-standard")
    .split("\n")
    .filter((file) => file !== "" && existsSync(join(root, file)));
  const packages = files
    .filter((file) => /^(packages|tooling)\/[^/]+\/package\.json$/.test(file))
    .map((file) => openPackage(root, file.slice(0, -"/package.json".length)));
  return { root, files, packages, published: packages.filter((each) => each.manifest.private !== true), update };
}

/** Runs git on a repository whoever owns it, as in CI the checkout may belong to another user. */
export function git(root: string, ...args: string[]): string {
  return execFileSync("git", ["-c", "safe.directory=*", ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Reads a file of the repository as text. */
export function read(repo: Repo, file: string): string {
  return readFileSync(join(repo.root, file), "utf8");
}

function openPackage(root: string, folder: string): Package {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const entries = Object.entries(manifest.exports ?? {})
    .filter(([, target]) => target.endsWith(".ts"))
    .map(([subpath, target]) => ({
      specifier: manifest.name + subpath.slice(1),
      name: subpath === "." ? "index" : subpath.slice(2).replaceAll("/", "-"),
      source: `${folder}/${target.slice(2)}`,
    }));
  return { folder, manifest, entries };
}
