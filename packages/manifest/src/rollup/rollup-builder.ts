import { Field, Schema } from "apache-arrow";
import { BinaryBuilder, type ColumnBuilder, columnBuilder } from "../rows/column-builder.ts";
import { encodeParquet } from "../rows/parquet-stream.ts";
import { BloomFilter } from "../summary/bloom.ts";
import type { FieldSummary, ManifestField, ShardSummary, ValueFilter } from "../summary/shard-summary.ts";
import { type FieldPart, FORMAT, METADATA_KEY, partColumn, type RollupMetadata } from "./rollup-columns.ts";

const maxValues = 64;
const maxFilterBytes = 1024;
const maxKeyFilterBytes = 16 * 1024;

/** Collects the rows of a roll-up, a shard each: at most about 2 KiB a field, and 16 KiB of keys. */
export class RollupBuilder {
  readonly #fields: readonly ManifestField[];
  readonly #columns = new Map<string, ColumnBuilder>();
  #rows = 0;

  /** Starts with no shards. */
  constructor(fields: readonly ManifestField[]) {
    this.#fields = fields;
    const column = (name: string, builder: ColumnBuilder): void => void this.#columns.set(name, builder);
    column("url", columnBuilder("string", false));
    column("samples", columnBuilder("int64", false));
    column("bytes", columnBuilder("int64", false));
    column("sha256", new BinaryBuilder());
    column("key_min", columnBuilder("string", false));
    column("key_max", columnBuilder("string", false));
    column("keys_sorted", columnBuilder("boolean", false));
    column("key_filter", new BinaryBuilder());
    for (const { name, type, kind } of fields) {
      const part = (of: FieldPart, builder: ColumnBuilder): void => column(partColumn(name, of), builder);
      part("count", columnBuilder("int64", false));
      part("nulls", columnBuilder("int64", false));
      part("nans", columnBuilder("int64", false));
      part("min", columnBuilder(type, false));
      part("max", columnBuilder(type, false));
      if (kind === "numeric") part("sum", columnBuilder("double", false));
      if (kind === "time") continue;
      part("values", columnBuilder(type, true));
      part("value_counts", columnBuilder("int64", true));
      part("filter", new BinaryBuilder());
    }
  }

  /** Appends a shard; what it knows of other fields is left out. */
  add({ url, samples, bytes, sha256, keys, fields }: ShardSummary): void {
    this.#rows++;
    this.#add("url", url);
    this.#add("samples", samples);
    this.#add("bytes", bytes);
    this.#add("sha256", sha256 === undefined ? undefined : bytesOf(sha256));
    this.#add("key_min", keys?.min);
    this.#add("key_max", keys?.max);
    this.#add("keys_sorted", keys?.sorted);
    this.#add("key_filter", filterBytes(keys?.filter, maxKeyFilterBytes));
    for (const field of this.#fields) this.#addField(field, fields.get(field.name));
  }

  /** Encodes what was collected; to be called once. */
  async finish(): Promise<Uint8Array> {
    const metadata: RollupMetadata = { format: `${FORMAT}/1`, fields: this.#fields };
    const columns = [...this.#columns];
    const fields = columns.map(([name, { type }]) => new Field(name, type, name !== "url" && name !== "samples"));
    const schema = new Schema(fields, new Map([[METADATA_KEY, JSON.stringify(metadata)]]));
    const data = columns.map(([, builder]) => builder.take());
    return encodeParquet(schema, data, this.#rows);
  }

  #add(name: string, value: unknown): void {
    this.#columns.get(name)?.add(value);
  }

  #addField({ name, type }: ManifestField, summary: Partial<FieldSummary> = {}): void {
    const { values } = summary;
    const listed = values !== undefined && values.size <= maxValues;
    const filter = values === undefined || listed ? summary.filter : filterOf(type, values.keys());
    const parts: Record<FieldPart, unknown> = {
      count: summary.count,
      nulls: summary.nulls,
      nans: summary.nans,
      min: summary.min,
      max: summary.max,
      sum: summary.sum,
      values: listed ? [...values.keys()] : undefined,
      value_counts: listed ? [...values.values()] : undefined,
      filter: filterBytes(filter, maxFilterBytes),
    };
    for (const [part, value] of Object.entries(parts)) this.#add(partColumn(name, part as FieldPart), value);
  }
}

function filterOf(type: ManifestField["type"], values: Iterable<Parameters<ValueFilter["mayHave"]>[0]>): BloomFilter {
  const filter = new BloomFilter(type, maxFilterBytes * 8);
  for (const value of values) filter.add(value);
  return filter;
}

function filterBytes(filter: ValueFilter | undefined, max: number): Uint8Array | undefined {
  return filter instanceof BloomFilter ? filter.shrink(max)?.toBytes() : undefined;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
