import type { ColumnMetaData, ParquetType, SchemaTree } from "hyparquet";
import type { ByteSlices } from "./byte-slices.ts";
import { readLevels } from "./levels.ts";
import { type Page, readPages } from "./pages.ts";
import { BitBuffer, FixedBuffer, SliceBuffer } from "./value-buffers.ts";

/** Values that a column may have; more are taken for damage. */
const MAX_VALUES = 2 ** 27;

/** The values of a column, or the items of all its lists one after the other. */
export interface PlainValues {
  /** The values; of integers the 64 bits of each. What is where there is none means nothing. */
  readonly values: BigInt64Array | Float64Array | Uint8Array | ByteSlices;
  /** 1 where there is no value; absent when all have one. */
  readonly nulls?: Uint8Array | undefined;
}

/** A column of lists has besides where each row's items begin, and which rows have no list. */
export interface PlainColumn extends PlainValues {
  /** A number more than rows; absent in a column that is not of lists. */
  readonly offsets?: Uint32Array | undefined;
  /** 1 where there is no list; absent when all rows have one. */
  readonly absent?: Uint8Array | undefined;
}

/** One column in one row group. */
export interface PlainChunk {
  readonly meta: ColumnMetaData;
  /** From the first page on. */
  readonly bytes: Uint8Array;
}

/**
 * Decodes a whole column of plain pages; several times as fast as hyparquet, which makes an object of each text and integer.
 *
 * @param path - The column's schema, without the root.
 * @param chunks - One a row group, in order.
 * @returns `undefined` when pages or nesting are of another kind.
 * @throws RangeError on damage.
 */
export function decodeColumn(
  path: readonly SchemaTree[],
  chunks: readonly PlainChunk[],
  rows: number,
): PlainColumn | undefined {
  const shape = shapeOf(path);
  if (shape === undefined) return undefined;
  const count = chunks.reduce((sum, { meta }) => sum + Number(meta.num_values), 0);
  if (!(count <= MAX_VALUES && rows <= MAX_VALUES)) throw new RangeError(`column has more than ${MAX_VALUES} values`);
  const pages: Page[] = [];
  for (const { bytes, meta } of chunks) {
    const some = readPages(bytes, meta);
    if (some === undefined) return undefined;
    pages.push(...some);
  }
  const target = new Target(shape, path.at(-1)?.element.type, count, rows);
  for (const page of pages) target.add(page);
  return target.finish();
}

interface Shape {
  readonly isList: boolean;
  /** Level of a row that has a list, be it empty. */
  readonly hasList: number;
  /** Level of a value that is there. */
  readonly full: number;
}

/** Tells whether a column is nested as {@link decodeColumn} knows: not at all, or as a list of three levels. */
export function isFlatOrList(path: readonly SchemaTree[]): boolean {
  return shapeOf(path) !== undefined;
}

function shapeOf(path: readonly SchemaTree[]): Shape | undefined {
  const kinds = path.map(({ element }) => element.repetition_type);
  const optional = kinds.filter((kind) => kind === "OPTIONAL").length;
  if (kinds.length === 1 && kinds[0] !== "REPEATED") return { isList: false, hasList: 0, full: optional };
  const isList = kinds.length === 3 && kinds[0] !== "REPEATED" && kinds[1] === "REPEATED" && kinds[2] !== "REPEATED";
  return isList ? { isList, hasList: kinds[0] === "OPTIONAL" ? 1 : 0, full: optional + 1 } : undefined;
}

/** Takes pages one after the other. */
class Target {
  readonly #shape: Shape;
  readonly #values: FixedBuffer | BitBuffer | SliceBuffer;
  readonly #nulls: Uint8Array;
  readonly #absent: Uint8Array;
  readonly #offsets: Uint32Array | undefined;
  readonly #rows: number;
  #row = 0;
  #count = 0;

  constructor(shape: Shape, type: ParquetType | undefined, count: number, rows: number) {
    this.#shape = shape;
    this.#rows = rows;
    if (type === "BYTE_ARRAY") this.#values = new SliceBuffer(count);
    else if (type === "BOOLEAN") this.#values = new BitBuffer(count);
    else if (type === "INT64" || type === "DOUBLE") this.#values = new FixedBuffer(count, type === "DOUBLE");
    else throw new RangeError(`column is of ${type}`);
    this.#nulls = new Uint8Array(shape.full > 0 ? count : 0);
    this.#absent = new Uint8Array(shape.isList ? rows : 0);
    this.#offsets = shape.isList ? new Uint32Array(rows + 1) : undefined;
  }

  add({ bytes, count }: Page): void {
    let at = 0;
    const levels = (most: number): number | Uint8Array => {
      if (most === 0) return 0;
      const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
      if (at + 4 + length > bytes.length) throw new RangeError("levels are cut off");
      at += 4 + length;
      return readLevels(bytes.subarray(at - length, at), most > 1 ? 2 : 1, count);
    };
    const { isList, full } = this.#shape;
    const repeats = levels(isList ? 1 : 0);
    const depths = levels(full);
    const data = bytes.subarray(at);
    if (isList) this.#addLists(data, repeats, depths, count);
    else if (depths === full) this.#addValues(data, count);
    else this.#addSome(data, depths, count);
  }

  finish(): PlainColumn {
    if (this.#offsets === undefined) {
      if (this.#count !== this.#rows) throw new RangeError(`column has ${this.#count} of ${this.#rows} rows`);
      return { values: this.#values.take(this.#count), nulls: someOf(this.#nulls) };
    }
    if (this.#row !== this.#rows) throw new RangeError(`column has ${this.#row} of ${this.#rows} rows`);
    this.#offsets[this.#row] = this.#count;
    const items = { values: this.#values.take(this.#count), nulls: someOf(this.#nulls.subarray(0, this.#count)) };
    return { ...items, offsets: this.#offsets, absent: someOf(this.#absent) };
  }

  #addValues(data: Uint8Array, count: number): void {
    this.#values.add(data, count, this.#count);
    this.#count += count;
  }

  /** Values stand without gaps in a page: each run of them is added where it belongs. */
  #addSome(data: Uint8Array, depths: number | Uint8Array, count: number): void {
    const { full } = this.#shape;
    const isFull = (i: number): boolean => (typeof depths === "number" ? depths : depths[i]) === full;
    let rest = data;
    for (let i = 0; i < count; ) {
      const from = i;
      const there = isFull(i);
      while (i < count && isFull(i) === there) i++;
      if (there) rest = this.#values.add(rest, i - from, this.#count);
      else this.#nulls.fill(1, this.#count, this.#count + i - from);
      this.#count += i - from;
    }
  }

  #addLists(data: Uint8Array, repeats: number | Uint8Array, depths: number | Uint8Array, count: number): void {
    const { full, hasList } = this.#shape;
    const items = new Uint8Array(count);
    let length = 0;
    for (let i = 0; i < count; i++) {
      const depth = typeof depths === "number" ? depths : (depths[i] as number);
      if ((typeof repeats === "number" ? repeats : repeats[i]) === 0) {
        if (this.#row === this.#rows) throw new RangeError("column has too many rows");
        (this.#offsets as Uint32Array)[this.#row] = this.#count + length;
        if (depth < hasList) this.#absent[this.#row] = 1;
        this.#row++;
      } else if (this.#row === 0) throw new RangeError("first item belongs to no row");
      if (depth > hasList) items[length++] = depth;
    }
    const all = items.subarray(0, length);
    if (all.every((depth) => depth === full)) this.#addValues(data, length);
    else this.#addSome(data, all, length);
  }
}

function someOf(flags: Uint8Array): Uint8Array | undefined {
  return flags.includes(1) ? flags : undefined;
}
