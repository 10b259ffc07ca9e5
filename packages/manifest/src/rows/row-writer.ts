import { Field, Schema } from "apache-arrow";
import type { ManifestField } from "../summary/shard-summary.ts";
import { BinaryBuilder, type ColumnBuilder, columnBuilder, IntegerBuilder, TextBuilder } from "./column-builder.ts";
import { ParquetStream } from "./parquet-stream.ts";
import { KEY, OFFSET, type RowsOf, SHA256, SHARD_NOTE, SIZE } from "./row-columns.ts";

const maxRows = 65_536;
const maxBytes = 16 * 1024 * 1024;

/** One sample's row. */
export interface Row {
  /** Its key. */
  readonly key: string;
  /** Where its payload starts in the shard. */
  readonly offset: number;
  /** Length of its payload. */
  readonly size: number;
  /** The fields, by name. */
  readonly sample: Readonly<Record<string, unknown>>;
  /** SHA-256 of its payload, 32 bytes, where rows have it. */
  readonly sha256?: Uint8Array | undefined;
}

/**
 * Encodes the rows of one shard as a Parquet file: SNAPPY, sets as three-level lists.
 *
 * Memory: row groups of up to 65,536 rows are encoded as they fill (earlier from 16 MiB of text on), and only encoded ones are kept.
 */
export class RowWriter {
  readonly #key = new TextBuilder();
  readonly #offset = new IntegerBuilder();
  readonly #size = new IntegerBuilder();
  readonly #sha256: BinaryBuilder | undefined;
  readonly #fields: readonly { readonly name: string; readonly column: ColumnBuilder }[];
  readonly #columns: readonly ColumnBuilder[];
  readonly #stream: ParquetStream;
  #rows = 0;
  #flushed = false;

  /** Starts a file; `hashes` says whether rows have hashes. */
  constructor(fields: readonly ManifestField[], hashes: boolean) {
    this.#sha256 = hashes ? new BinaryBuilder() : undefined;
    this.#fields = fields.map(({ name, type, kind }) => ({ name, column: columnBuilder(type, kind === "set") }));
    const fixed = [
      new Field(KEY, this.#key.type, false),
      new Field(OFFSET, this.#offset.type, false),
      new Field(SIZE, this.#size.type, false),
      ...(this.#sha256 === undefined ? [] : [new Field(SHA256, this.#sha256.type, false)]),
    ];
    const given = this.#fields.map(({ name, column }) => new Field(name, column.type, true));
    const columns = [this.#key, this.#offset, this.#size, ...(this.#sha256 === undefined ? [] : [this.#sha256])];
    this.#columns = [...columns, ...this.#fields.map(({ column }) => column)];
    this.#stream = new ParquetStream(new Schema([...fixed, ...given]));
  }

  /** Appends a row. */
  add({ key, offset, size, sample, sha256 }: Row): void {
    this.#key.add(key);
    this.#offset.add(offset);
    this.#size.add(size);
    this.#sha256?.add(sha256);
    let bytes = this.#key.bytes;
    for (const { name, column } of this.#fields) {
      column.add(sample[name]);
      bytes += column.bytes;
    }
    this.#rows++;
    if (this.#rows === maxRows || bytes >= maxBytes) this.#flush();
  }

  /** Ends the file, notes in it which shard its rows are of, and gives it; without a row it has columns only. */
  async finish(shard: RowsOf = {}): Promise<Uint8Array> {
    if (this.#rows > 0 || !this.#flushed) this.#flush();
    return this.#stream.finish(new Map([[SHARD_NOTE, JSON.stringify(shard)]]));
  }

  #flush(): void {
    this.#stream.push(
      this.#columns.map((column) => column.take()),
      this.#rows,
    );
    this.#rows = 0;
    this.#flushed = true;
  }
}
