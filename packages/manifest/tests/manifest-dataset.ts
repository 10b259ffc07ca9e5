import { type CountingSource, countingSource } from "@atdata/conformance";
import {
  type DataSource,
  type Dataset,
  float,
  int,
  list,
  memoryFormat,
  memorySource,
  memoryStore,
  openFrom,
  optional,
  type SampleType,
  type ShardPlugin,
  sample,
  str,
  writeSamples,
} from "@atdata/core";
import { manifests } from "../src/manifests.ts";

export interface Digit {
  label: number;
  ink: number;
  name: string;
  tags: string[];
  note?: string | undefined;
  /** Takes no part in manifests. */
  secret: string;
}

export const Digit: SampleType<Digit> = sample("Digit", {
  label: int(),
  ink: float(),
  name: str(),
  tags: list(str()),
  note: optional(str()),
  secret: str({ manifest: { exclude: true } }),
});

/** Sample `n`: labels rise by one every ten samples. */
export function digit(n: number): Digit {
  const note = n % 4 === 0 ? `note ${n}` : undefined;
  const tags = n % 2 === 0 ? ["even"] : ["odd", "dark"];
  const base = { label: Math.floor(n / 10), ink: n / 2, name: `digit ${n}`, tags, secret: `s${n}` };
  return { ...base, ...(note !== undefined && { note }) };
}

export interface Written {
  readonly files: Map<string, Uint8Array>;
  readonly names: readonly string[];
}

/** Writes digits 0, 1, 2, …, ten a shard, into memory. */
export async function writeDigits(count: number, plugins: readonly ShardPlugin[] = [manifests()]): Promise<Written> {
  const store = memoryStore();
  const samples = Array.from({ length: count }, (_, n) => digit(n));
  const names = {
    dataset: "digits",
    single: "digits.mem",
    numbered: (i: number) => `digits-${String(i).padStart(6, "0")}.mem`,
  };
  const out = { type: Digit, store, format: memoryFormat(), names };
  await writeSamples({ ...out, maxSamples: 10, plugins }, samples);
  const shards = [...store.files.keys()].filter((name) => name.endsWith(".mem"));
  return { files: new Map(store.files), names: shards.sort() };
}

/** Opens what was written, as a source afar has it unless `local`. */
export async function openDigits(
  { files }: Pick<Written, "files">,
  options: { readonly local?: boolean; readonly plugins?: readonly ShardPlugin[]; readonly ref?: string } = {},
): Promise<{ readonly ds: Dataset<Digit>; readonly source: CountingSource }> {
  const { local = false, plugins = [manifests()], ref = "memory:/digits.dataset.json" } = options;
  const memory = memorySource(files);
  const afar: DataSource = { ...memory, capabilities: { range: true, local } };
  const source = countingSource(afar);
  const ds = await openFrom<Digit>(ref, { sources: [source], format: memoryFormat(), plugins, type: Digit });
  return { ds, source };
}

/** Gathers what a dataset gives. */
export async function all<T>(values: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}
