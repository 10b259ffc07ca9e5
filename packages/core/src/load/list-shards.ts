import { AtdataError } from "../errors.ts";
import type { DataSource, ShardInfo } from "../protocols/data-source.ts";
import { expandBraces } from "../refs/braces.ts";
import { isGlob } from "../refs/glob.ts";
import { baseName } from "../refs/relative-url.ts";
import { schemeOf, sourceFor } from "../refs/schemes.ts";

/** A file that a reference stands for. */
export interface ListedShard {
  /** What opens it. */
  readonly source: DataSource;
  /** Where it is, and its length where listing told it. */
  readonly shard: ShardInfo;
  /** What of its path is looked at for the name of a split. */
  readonly path: string;
}

/** Lists the files that references stand for, in order, each once. */
export async function listShards(
  sources: readonly DataSource[],
  refs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ListedShard[]> {
  const listed = new Map<string, ListedShard>();
  for (const ref of refs.flatMap((each) => expandBraces(each))) {
    const source = sourceFor(sources, ref);
    const shards: ShardInfo[] = [];
    for await (const shard of source.list(ref, { signal })) shards.push(shard);
    const shared = sharedParts(shards.map(({ url }) => url));
    for (const shard of shards) {
      const path = ownPath(ref, shard.url, shared);
      if (!listed.has(shard.url)) listed.set(shard.url, { source, shard, path });
    }
  }
  if (listed.size === 0) throw new AtdataError("NO_SHARDS", "an empty list names no shards", { ref: "[]" });
  return [...listed.values()];
}

/**
 * Gives the path of a file without what the reference does not say: of `data/*.tar`, `data/a.tar`, wherever the program was started.
 *
 * Of `**`, which may stand for any number of folders, those in which the files differ.
 */
export function ownPath(ref: string, url: string, shared: number): string {
  if (schemeOf(url) !== "file") return url.replace(/[?#].*$/, "");
  if (schemeOf(ref) !== "file" || /^(?:file:|[A-Za-z]:|[/\\])/i.test(ref)) return url;
  const asked = ref.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  const own = asked.slice(asked.lastIndexOf("..") + 1);
  const parts = url.split(/[/\\]/);
  if (own.includes("**")) return parts.slice(Math.min(shared, parts.length - own.length + 1)).join("/");
  const inside = own.length === 0 || (!isGlob(ref) && own.at(-1) !== baseName(url));
  return parts.slice(parts.length - own.length - Number(inside)).join("/");
}

/** Counts the leading parts that all paths have in common. */
export function sharedParts(urls: readonly string[]): number {
  const [first = [], ...others] = urls.map((url) => url.split(/[/\\]/).slice(0, -1));
  const differing = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  return differing < 0 ? first.length : differing;
}

/** Joins a name to the folder it is relative to, unless it is a path or url of its own. */
export function joinRef(base: string, name: string): string {
  if (name === "") throw new AtdataError("REF_INVALID", "a reference is empty", { ref: base });
  if (base === "" || base === "." || /^(?:[A-Za-z]:[/\\]|[/\\@]|[A-Za-z][A-Za-z0-9+.-]+:)/.test(name)) return name;
  return `${base.replace(/[/\\]+$/, "")}/${name}`;
}
