import { DATASET_SUFFIX } from "../refs/dataset-stem.ts";

/**
 * Lists the files that a `dataset.json` stands for besides itself, so that an overwrite can remove them.
 *
 * Those are the shards it names, the per-shard manifests and the roll-up that belong to them by name, and the names in
 * its `sidecars`, if it has such a list. Only plain, visible names count: a file elsewhere is never touched.
 * A file that cannot be parsed names nothing.
 */
export function filesOfDataset(dataset: string, bytes: Uint8Array): string[] {
  const parsed = parse(bytes);
  const shards = listOf(parsed, "shards").map((shard) => property(shard, "url"));
  const names = new Set<string>();
  const add = (name: unknown): void => {
    if (typeof name === "string" && isPlainName(name) && name !== datasetFile(dataset)) names.add(name);
  };
  for (const shard of shards) {
    add(shard);
    if (typeof shard !== "string") continue;
    const stem = shard.replace(/\.tar$/, "");
    add(`${stem}.manifest.json`);
    add(`${stem}.manifest.parquet`);
  }
  if (parsed !== undefined) add(`${dataset}.rollup.parquet`);
  for (const name of listOf(parsed, "sidecars")) add(name);
  return [...names];
}

/** Names the file that commits a dataset. */
export function datasetFile(dataset: string): string {
  return dataset + DATASET_SUFFIX;
}

/**
 * Refuses what is not a plain, visible file name.
 *
 * @throws TypeError – if it has a separator, a control character or a leading dot, or is longer than 200 characters.
 */
export function requirePlainName(name: string): void {
  if (!isPlainName(name)) throw new TypeError(`not a plain file name: ${JSON.stringify(name)}`);
}

function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return name.length <= 200 && /^[^.\u0000-\u001f/\\:][^\u0000-\u001f/\\:]*$/.test(name);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = property(value, key);
  return Array.isArray(list) ? list : [];
}

function property(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
