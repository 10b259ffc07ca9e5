import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { AtdataError } from "../errors.ts";
import type { ShardInfo } from "../protocols/data-source.ts";
import { isGlob, segmentMatcher } from "../refs/glob.ts";
import { isShardFile, isSidecarFile } from "../refs/shard-files.ts";
import { fileError, systemCode } from "./file-errors.ts";

/** So many files are looked at together: enough to hide latency, few enough for the thread pool. */
const STATS_AT_ONCE = 16;

/** Lists the shards that a path stands for: itself, a directory's, or a glob's. */
export async function* listFiles(ref: string, path: string, signal?: AbortSignal): AsyncGenerator<ShardInfo> {
  signal?.throwIfAborted();
  const stats = await statOrUndefined(path);
  if (stats !== undefined ? !stats.isDirectory() : !isGlob(path)) {
    yield { url: path, bytes: stats?.isFile() ? stats.size : undefined };
    return;
  }
  let found = 0;
  for await (const shard of described(stats ? await shardsIn(path) : await globFiles(path, signal), signal)) {
    found++;
    yield shard;
  }
  if (found > 0) return;
  if (stats) throw noShards(ref, "the directory holds no shard", "shards end in .tar, or .tar.gz and the like");
  throw noShards(ref, "no file matches the pattern", "check the pattern, and quote it in a shell");
}

async function shardsIn(folder: string): Promise<string[]> {
  const entries = await readFolder(folder);
  const names = entries.filter((entry) => !entry.isDirectory() && isShardFile(entry.name)).map((entry) => entry.name);
  return names.sort().map((name) => join(folder, name));
}

async function globFiles(pattern: string, signal: AbortSignal | undefined): Promise<string[]> {
  const parts = pattern.split(sep === "\\" ? /[\\/]/ : "/");
  const fixed = parts.findIndex((part) => isGlob(part));
  const found = new Set<string>();
  await walk(parts.slice(0, fixed).join(sep) || sep, parts.slice(fixed), found, signal);
  return [...found].filter((path) => !isSidecarFile(path)).sort();
}

async function walk(
  folder: string,
  parts: readonly string[],
  found: Set<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  signal?.throwIfAborted();
  const last = rest.length === 0;
  if (part === "**") await walk(folder, last ? ["*"] : rest, found, signal);
  const matches = part === "**" ? (name: string) => !name.startsWith(".") : segmentMatcher(part);
  for (const entry of await readFolder(folder)) {
    if (!matches(entry.name)) continue;
    const path = join(folder, entry.name);
    // Links are followed where a name is asked for, not by `**`, which a circle of links would keep going for ever.
    if (part === "**") {
      if (entry.isDirectory()) await walk(path, parts, found, signal);
    } else if (last) {
      if (!entry.isDirectory()) found.add(path);
    } else if (entry.isDirectory() || entry.isSymbolicLink()) await walk(path, rest, found, signal);
  }
}

async function* described(paths: readonly string[], signal: AbortSignal | undefined): AsyncGenerator<ShardInfo> {
  for (let at = 0; at < paths.length; at += STATS_AT_ONCE) {
    signal?.throwIfAborted();
    const group = paths.slice(at, at + STATS_AT_ONCE);
    const all = await Promise.all(group.map(statOrUndefined));
    for (const [i, url] of group.entries()) {
      // A link to a directory, a pipe, or a file that went away meanwhile is no shard.
      if (all[i]?.isFile()) yield { url, bytes: all[i].size };
    }
  }
}

async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return [];
    throw fileError(error, folder, "list the directory");
  }
}

async function statOrUndefined(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw fileError(error, path, "look at the file");
  }
}

function noShards(ref: string, clause: string, hint: string): AtdataError {
  return new AtdataError("NO_SHARDS", clause, { ref }, { hint });
}
