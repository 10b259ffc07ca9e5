import {
  type AtdataError,
  createDataset,
  type DataSource,
  type InferredField,
  inferFields,
  isAtdataError,
  type RawSample,
  type ShardInfo,
} from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { wds } from "@atdata/wds/node";
import type { Opened } from "../open.ts";
import { storedSamples } from "../stored-samples.ts";
import type { Problem } from "./problem.ts";

/** So many samples of each shard are compared with those of the first, where no type is stored. */
const LOOKED_AT = 20;

/** Errors of one code. */
interface Errors {
  readonly first: AtdataError;
  count: number;
}

/** Reads a shard from front to back: it is whole, has its checksum and its number of samples, and every sample is of its type. */
export async function checkSamples(opened: Opened, shard: ShardInfo, signal: AbortSignal): Promise<Problem[]> {
  const errors = await readThrough(opened, shard, signal, true);
  // A checksum that differs ends the reading; what it differs for may show without.
  if (errors.has("CHECKSUM_MISMATCH")) {
    for (const [code, found] of await readThrough(opened, shard, signal, false)) errors.set(code, found);
  }
  return Array.from(errors, ([code, { first, count }]) => {
    if (code !== "SCHEMA_MISMATCH") {
      const what = count === 1 ? first.clause : `${first.clause}, ${count} times`;
      return { code, url: shard.url, what, fixable: false };
    }
    const samples = count === 1 ? "a sample does" : `${count} samples do`;
    const what = `${samples} not fit the type; the first: ${first.message}`;
    return { code: "SCHEMA_DRIFT", url: shard.url, what, fixable: false };
  });
}

async function readThrough(
  { source, dataset: { type } }: Opened,
  shard: ShardInfo,
  signal: AbortSignal,
  verify: boolean,
): Promise<Map<string, Errors>> {
  const errors = new Map<string, Errors>();
  const add = (error: AtdataError): "skip" => {
    const known = errors.get(error.code);
    if (known === undefined) errors.set(error.code, { first: error, count: 1 });
    else known.count += 1;
    return "skip";
  };
  const dataset = createDataset<RawSample>({
    ...{ type, source, shards: [shard], format: wds(), verify, createHasher: createNodeHasher },
    ...{ maxErrors: Number.POSITIVE_INFINITY, onError: add },
  });
  try {
    for await (const _ of dataset.iterate({ signal, borrow: true })) {
      // Reading is the check.
    }
  } catch (error) {
    if (!isAtdataError(error)) throw error;
    add(error);
  }
  return errors;
}

/** Compares the fields of shards without a type with those of the first. */
export class DriftCheck {
  readonly #source: DataSource;
  #first: ReadonlyMap<string, InferredField> | undefined;

  /** Takes what opens shards. */
  constructor(source: DataSource) {
    this.#source = source;
  }

  /** Looks at the first samples of the next shard. */
  async check(shard: ShardInfo, signal: AbortSignal): Promise<Problem[]> {
    let fields: ReadonlyMap<string, InferredField>;
    try {
      const stored = { source: this.#source, dataset: { shards: [shard] } };
      const samples = await storedSamples(stored, LOOKED_AT, signal);
      fields = new Map(inferFields(samples).map((field) => [field.name, field]));
    } catch (error) {
      if (!isAtdataError(error)) throw error;
      return [];
    }
    if (this.#first === undefined) {
      this.#first = fields;
      return [];
    }
    const changes = compareFields(this.#first, fields);
    if (changes.length === 0) return [];
    const what = `fields are not those of the first shard: ${changes.join(", ")}`;
    return [{ code: "SCHEMA_DRIFT", url: shard.url, what, fixable: false }];
  }
}

function compareFields(a: ReadonlyMap<string, InferredField>, b: ReadonlyMap<string, InferredField>): string[] {
  const changes: string[] = [];
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const [want, got] = [a.get(name)?.kind, b.get(name)?.kind];
    // What was never there may become anything.
    if (want === got || want === "nil" || got === "nil" || (isNumber(want) && isNumber(got))) continue;
    if (want === undefined) changes.push(`${name} is new`);
    else if (got === undefined) changes.push(`${name} is missing`);
    else changes.push(`${name} is ${got} and not ${want}`);
  }
  return changes;
}

function isNumber(kind: string | undefined): boolean {
  return kind === "int" || kind === "int64" || kind === "float";
}
