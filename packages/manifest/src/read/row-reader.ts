import { AtdataError, abortable, type CallOptions, type DataSource, type Predicate } from "@atdata/core";
import type { ParquetType } from "hyparquet";
import type { Column, Int64Column } from "../engine/column.ts";
import { matchRows } from "../engine/match-rows.ts";
import { KEY, noteProblem, OFFSET, SHA256, SHARD_NOTE, SIZE } from "../rows/row-columns.ts";
import type { ColumnType } from "../summary/shard-summary.ts";
import { slices, testable } from "./file-columns.ts";
import { KeyTable } from "./key-table.ts";
import type { KnownShard } from "./known-shard.ts";
import { type FileColumn, ParquetFile } from "./parquet-file.ts";
import { Recent } from "./recent.ts";
import { staleManifest } from "./stale-manifest.ts";

const physical: Readonly<Record<ColumnType, ParquetType>> = {
  string: "BYTE_ARRAY",
  int64: "INT64",
  double: "DOUBLE",
  boolean: "BOOLEAN",
};
const location: ReadonlyMap<string, ParquetType> = new Map([
  [KEY, "BYTE_ARRAY"],
  [OFFSET, "INT64"],
  [SIZE, "INT64"],
]);
/** Footers and tails kept, of about 16 KiB each. */
const MAX_FILES = 512;
/** Rows whose keys are kept, of about 60 bytes each. */
const MAX_KEYS = 2_000_000;

/** Reads rows of manifests by columns, and keeps footers and keys that were used last. */
export class RowReader {
  readonly #source: DataSource;
  readonly #files: Recent<KnownShard, ParquetFile> = new Recent(MAX_FILES, () => 1);
  readonly #tables: Recent<KnownShard, KeyTable> = new Recent(MAX_KEYS, ({ offsets }) => offsets.length);

  /** Reads through `source`. */
  constructor(source: DataSource) {
    this.#source = source;
  }

  /** Gives the keys and places of a shard's samples, and keeps them. */
  table(shard: KnownShard, { signal }: CallOptions): Promise<KeyTable> {
    // Others may wait for the same table: no one's signal ends the reading.
    return abortable(
      this.#tables.get(shard, () => this.#readTable(shard, {})),
      signal,
    );
  }

  /** Finds the rows of a shard for which a predicate is true, and their keys and places where there is one. */
  async match(
    shard: KnownShard,
    predicate: Predicate,
    fields: readonly string[],
    options: CallOptions,
  ): Promise<{ readonly rows: Uint32Array; readonly table: KeyTable } | undefined> {
    const rows = matchRows(predicate, await this.#columns(shard, fields, options), shard.summary.samples);
    if (rows.length === 0) return undefined;
    const known = this.#tables.peek(shard);
    return { rows, table: await (known ?? this.#readTable(shard, options)) };
  }

  /**
   * Looks whether the rows are those of the shard, before another reader takes them for that.
   *
   * @throws AtdataError `MANIFEST_INVALID`; what the source says.
   */
  async check(shard: KnownShard, options: CallOptions): Promise<void> {
    await this.#file(shard, options);
  }

  /** Tells how many bytes a query is yet to read at most, of a shard. */
  async bytes(shard: KnownShard, fields: readonly string[], options: CallOptions): Promise<number> {
    const file = await this.#files.peek(shard);
    if (file !== undefined) return file.bytesOf([...fields, ...location.keys(), SHA256]);
    return (await this.#source.size?.(shard.rowsUrl, options)) ?? 0;
  }

  async #columns(
    shard: KnownShard,
    names: readonly string[],
    options: CallOptions,
  ): Promise<ReadonlyMap<string, Column>> {
    if (names.length === 0) return new Map();
    const fields = names.map((name) => shard.fields.get(name)).filter((field) => field !== undefined);
    const file = await this.#file(shard, options);
    const cells = await file.read(new Map(fields.map(({ name, type }) => [name, physical[type]])), options);
    return new Map(
      fields.map(({ name, type, kind }) => [name, testable(cells.get(name) as FileColumn, type, kind === "set")]),
    );
  }

  async #readTable(shard: KnownShard, options: CallOptions): Promise<KeyTable> {
    const file = await this.#file(shard, options);
    const hashed = file.has(SHA256);
    const columns = await file.read(hashed ? new Map([...location, [SHA256, "BYTE_ARRAY"]]) : location, options);
    const keys = slices(columns.get(KEY) as FileColumn);
    const hashes = hashed ? slices(columns.get(SHA256) as FileColumn) : undefined;
    if (keys === undefined || (hashed && hashes === undefined))
      throw damaged(shard, "manifest has rows without key or hash");
    const offsets = places(shard, columns.get(OFFSET) as FileColumn);
    const sizes = places(shard, columns.get(SIZE) as FileColumn);
    return new KeyTable({ keys, offsets, sizes, hashes }, shard.summary.keys?.sorted === true);
  }

  /** Where it costs no round trip, looks whether a shard still has the length that its manifest tells of. */
  async #requireUnchanged({ url, rowsUrl, summary: { bytes } }: KnownShard): Promise<void> {
    if (bytes === undefined || !this.#source.capabilities.local) return;
    const is = await this.#source.size?.(url);
    if (is !== undefined && is !== bytes) throw staleManifest(url, rowsUrl, `bytes differ: ${bytes}, and now ${is}`);
  }

  async #file(shard: KnownShard, { signal }: CallOptions): Promise<ParquetFile> {
    const opening = this.#files.get(shard, async () => {
      await this.#requireUnchanged(shard);
      const file = await ParquetFile.open(this.#source, shard.rowsUrl);
      requireRowsOf(shard, file);
      if (file.rows === shard.summary.samples) return file;
      throw damaged(shard, `manifest has ${file.rows} rows, and tells of ${shard.summary.samples} samples`);
    });
    return abortable(opening, signal);
  }
}

/** Rows of another shard would leave matches out without a word. */
function requireRowsOf(shard: KnownShard, file: ParquetFile): void {
  const note = file.note(SHARD_NOTE);
  const problem = note === undefined ? undefined : noteProblem(note, shard.summary);
  if (problem !== undefined) throw damaged(shard, problem);
}

function places(shard: KnownShard, column: FileColumn): Float64Array {
  const { type, values, nulls } = testable(column, "int64", false) as Int64Column;
  if (type !== "int64" || nulls !== undefined || values instanceof BigInt64Array || someNegative(values)) {
    throw damaged(shard, "manifest names places that cannot be");
  }
  return values;
}

function someNegative(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if ((values[i] as number) < 0) return true;
  return false;
}

function damaged(shard: KnownShard, clause: string): AtdataError {
  const hint = "make it again with atdata manifest build";
  return new AtdataError("MANIFEST_INVALID", clause, { url: shard.rowsUrl }, { hint });
}
