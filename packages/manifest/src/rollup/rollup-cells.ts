import { type FileMetaData, parquetSchema } from "hyparquet";
import { ByteSlices } from "../parquet/byte-slices.ts";
import { columnPath } from "../parquet/column-path.ts";
import { decodeColumn, isFlatOrList, type PlainColumn } from "../parquet/decode-column.ts";
import { findChunks } from "../parquet/find-chunks.ts";
import { isPlain } from "../parquet/pages.ts";
import { readCells } from "../parquet/read-cells.ts";

/** A column that is decoded when first asked. */
export interface CellColumn {
  /** Reads a cell, text decoded; `undefined` when there is no value. */
  cell(row: number): unknown;
  /** Reads a list; `undefined` when there is none. */
  list(row: number): readonly unknown[] | undefined;
}

/**
 * Finds the columns of a Parquet file in memory. Those of plain pages, as ours are, are decoded when asked, all others now.
 *
 * @param damage - Makes the error of a column that is found to be damaged when asked.
 */
export async function openCells(
  file: ArrayBuffer,
  metadata: FileMetaData,
  damage: (cause: unknown) => Error,
): Promise<ReadonlyMap<string, CellColumn>> {
  const schema = parquetSchema(metadata);
  const rows = Number(metadata.num_rows);
  const columns = new Map<string, CellColumn>();
  if (rows === 0) return columns;
  for (const [name, places] of findChunks(metadata)) {
    const chunks = places.map(({ meta, start, end }) => ({ meta, bytes: new Uint8Array(file, start, end - start) }));
    if (!chunks.every(({ meta, bytes }) => isPlain(bytes, meta))) continue;
    const path = columnPath(schema, name);
    if (!isFlatOrList(path)) continue;
    const decode = (): PlainColumn => {
      try {
        const column = decodeColumn(path, chunks, rows);
        if (column === undefined) throw new RangeError(`column ${name} has pages of several kinds`);
        return column;
      } catch (cause) {
        throw damage(cause);
      }
    };
    const { converted_type: converted, logical_type: logical } = path.at(-1)?.element ?? {};
    columns.set(name, new LazyColumn(decode, converted === "UTF8" || logical?.type === "STRING"));
  }
  const others = schema.children.map(({ element }) => element.name).filter((name) => !columns.has(name));
  if (others.length > 0) {
    for (const [name, cells] of await readCells(file, metadata, others)) columns.set(name, new ReadColumn(cells));
  }
  return columns;
}

class LazyColumn implements CellColumn {
  readonly #decode: () => PlainColumn;
  readonly #isText: boolean;
  #column: PlainColumn | undefined;

  constructor(decode: () => PlainColumn, isText: boolean) {
    this.#decode = decode;
    this.#isText = isText;
  }

  cell(row: number): unknown {
    this.#column ??= this.#decode();
    return this.#value(this.#column, row);
  }

  list(row: number): readonly unknown[] | undefined {
    this.#column ??= this.#decode();
    const { offsets, absent } = this.#column;
    if (offsets === undefined || absent?.[row] === 1) return undefined;
    const items: unknown[] = [];
    const end = offsets[row + 1] as number;
    for (let i = offsets[row] as number; i < end; i++) items.push(this.#value(this.#column, i));
    return items;
  }

  #value({ values, nulls }: PlainColumn, i: number): unknown {
    if (nulls?.[i] === 1) return undefined;
    if (values instanceof ByteSlices) return this.#isText ? values.text(i) : values.at(i);
    return values instanceof Uint8Array ? values[i] === 1 : values[i];
  }
}

class ReadColumn implements CellColumn {
  readonly #cells: ArrayLike<unknown>;

  constructor(cells: ArrayLike<unknown>) {
    this.#cells = cells;
  }

  cell(row: number): unknown {
    return this.#cells[row] ?? undefined;
  }

  list(row: number): readonly unknown[] | undefined {
    const cell = this.#cells[row];
    return Array.isArray(cell) ? cell : undefined;
  }
}
