import {
  type CallOptions,
  compareCodePoints,
  type DataSource,
  type PluginIndex,
  type PluginPlan,
  type Predicate,
  type SampleLocation,
  type ShardPlaces,
} from "@atdata/core";
import type { ScanEngine } from "../engine/scan-engine.ts";
import { predicateFields } from "../predicate-fields.ts";
import { compilePruner, compileResidue } from "../prune/may-match.ts";
import type { ManifestField } from "../summary/shard-summary.ts";
import { inOrder } from "./in-order.ts";
import type { KeyTable } from "./key-table.ts";
import type { KnownShard } from "./known-shard.ts";
import { RowReader } from "./row-reader.ts";

/** Shards whose columns are read at once. */
const AT_ONCE = 8;
/** Footers that are read at once. */
const FOOTERS_AT_ONCE = 16;
/** From so many rows on, an engine for large scans pays for being started. */
const LARGE = 200_000;

/** Answers from manifests that all shards of a dataset have. */
export class ManifestIndex implements Required<Pick<PluginIndex, "locate" | "places" | "query" | "answers" | "plan">> {
  readonly #shards: readonly KnownShard[];
  readonly #source: DataSource;
  readonly #engine: ScanEngine | undefined;
  readonly #rows: RowReader;
  /** Fields of which every shard that is not empty has a column of the same type. */
  readonly #fields: ReadonlyMap<string, ManifestField>;

  /** Takes the shards in the dataset's order. */
  constructor(shards: readonly KnownShard[], source: DataSource, engine: ScanEngine | undefined) {
    this.#shards = shards;
    this.#source = source;
    this.#engine = engine;
    this.#rows = new RowReader(source);
    this.#fields = commonFields(shards.filter(({ summary }) => summary.samples > 0));
  }

  answers(predicate: Predicate): boolean {
    return predicateFields(predicate).every((name) => this.#fields.has(name));
  }

  async locate(key: string, options: CallOptions = {}): Promise<SampleLocation | undefined> {
    options.signal?.throwIfAborted();
    for (const shard of this.#shards) {
      if (!mayHoldKey(shard, key)) continue;
      const table = await this.#rows.table(shard, options);
      const row = table.find(key);
      if (row >= 0) return locationOf(shard, table, row);
    }
    return undefined;
  }

  async places(position: number, options: CallOptions = {}): Promise<ShardPlaces | undefined> {
    options.signal?.throwIfAborted();
    const shard = this.#shards[position];
    return shard && (await this.#rows.table(shard, options)).places();
  }

  async *query(predicate: Predicate, options: CallOptions = {}): AsyncGenerator<SampleLocation> {
    options.signal?.throwIfAborted();
    const left = this.#prune(predicate);
    const rows = left.reduce((sum, { summary }) => sum + summary.samples, 0);
    if (this.#engine !== undefined && rows >= LARGE) {
      yield* this.#scan(this.#engine, left, predicate, options);
      return;
    }
    const residueOf = compileResidue(predicate);
    const match = async (shard: KnownShard) => {
      const residue = residueOf(shard.summary);
      return { shard, found: await this.#rows.match(shard, residue, predicateFields(residue), options) };
    };
    for await (const { shard, found } of inOrder(left, AT_ONCE, match)) {
      if (found === undefined) continue;
      for (const row of found.rows) yield locationOf(shard, found.table, row);
    }
  }

  async plan(predicate: Predicate, options: CallOptions = {}): Promise<PluginPlan> {
    options.signal?.throwIfAborted();
    const left = this.#prune(predicate);
    const residueOf = compileResidue(predicate);
    const fieldsLeft = ({ summary }: KnownShard): readonly string[] => predicateFields(residueOf(summary));
    let bytes = 0;
    const ask = (shard: KnownShard) => this.#rows.bytes(shard, fieldsLeft(shard), options);
    for await (const each of inOrder(left, AT_ONCE, ask)) bytes += each;
    const reason = `manifests rule out ${this.#shards.length - left.length} of ${this.#shards.length} shards`;
    return { shards: left.length, bytes, reason };
  }

  async *#scan(
    engine: ScanEngine,
    shards: readonly KnownShard[],
    predicate: Predicate,
    options: CallOptions,
  ): AsyncGenerator<SampleLocation> {
    // While the engine, which has threads of its own, looks for the first matches.
    const checked = this.#check(shards, options);
    checked.catch(() => undefined);
    const urls = shards.map(({ rowsUrl }) => rowsUrl);
    const given = { ...options, fields: [...this.#fields.values()], source: this.#source };
    for await (const { file, rows, keys, offsets, sizes, hashes } of engine.scan(urls, predicate, given)) {
      await checked;
      const { url, start } = shards[file] as KnownShard;
      for (let i = 0; i < rows.length; i++) {
        const place = { offset: offsets[i] as number, size: sizes[i] as number, sha256: hashes?.[i] };
        yield { shard: url, key: keys[i] as string, index: start + (rows[i] as number), ...place };
      }
    }
    await checked;
  }

  async #check(shards: readonly KnownShard[], options: CallOptions): Promise<void> {
    for await (const _ of inOrder(shards, FOOTERS_AT_ONCE, (shard) => this.#rows.check(shard, options)));
  }

  #prune(predicate: Predicate): readonly KnownShard[] {
    const mayMatch = compilePruner(predicate);
    return this.#shards.filter(({ summary }) => mayMatch(summary));
  }
}

function commonFields(shards: readonly KnownShard[]): ReadonlyMap<string, ManifestField> {
  const [first, ...rest] = shards;
  return new Map(
    [...(first?.fields ?? [])].filter(([name, field]) =>
      rest.every(({ fields }) => {
        if (fields === first?.fields) return true;
        const other = fields.get(name);
        return other?.type === field.type && (other.kind === "set") === (field.kind === "set");
      }),
    ),
  );
}

function mayHoldKey({ summary: { samples, keys } }: KnownShard, key: string): boolean {
  if (samples === 0) return false;
  if (keys === undefined) return true;
  if (compareCodePoints(key, keys.min) < 0 || compareCodePoints(key, keys.max) > 0) return false;
  return keys.filter?.mayHave(key) ?? true;
}

function locationOf({ url, start }: KnownShard, table: KeyTable, row: number): SampleLocation {
  return {
    shard: url,
    key: table.key(row),
    index: start + row,
    offset: table.offsets[row] as number,
    size: table.sizes[row] as number,
    sha256: table.sha256(row),
  };
}
