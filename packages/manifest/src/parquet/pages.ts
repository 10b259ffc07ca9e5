import type { ColumnMetaData } from "hyparquet";
import { readStructAt, type ThriftStruct } from "../rows/thrift.ts";
import { expandSnappy } from "./snappy.ts";

// Field ids and values of parquet.thrift.
const PAGE_TYPE = 1;
const PAGE_LENGTH = 2;
const PAGE_STORED = 3;
const DATA_PAGE = 5;
const DATA_COUNT = 1;
const DATA_ENCODING = 2;
const PLAIN = 0n;

/** One page of a column. */
export interface Page {
  /** Number of values, nulls among them. */
  readonly count: number;
  /** Levels, then values. */
  readonly bytes: Uint8Array;
}

/**
 * Tells whether a column, in one row group, is of the kind that {@link readPages} reads, by its first page: what this package writes is.
 *
 * @throws RangeError on damage.
 */
export function isPlain(bytes: Uint8Array, meta: ColumnMetaData): boolean {
  return mayBePlain(meta) && (meta.num_values === 0n || isPlainPage(readStructAt(bytes, 0).struct));
}

/** Tells the same as far as the footer does. */
export function mayBePlain({ codec, encodings, dictionary_page_offset: dictionary }: ColumnMetaData): boolean {
  const known = codec === "SNAPPY" || codec === "UNCOMPRESSED";
  return known && dictionary === undefined && encodings.every((name) => name === "PLAIN" || name === "RLE");
}

function isPlainPage(header: ThriftStruct): boolean {
  const data = header.get(DATA_PAGE)?.value;
  return header.get(PAGE_TYPE)?.value === 0n && data instanceof Map && data.get(DATA_ENCODING)?.value === PLAIN;
}

/**
 * Reads the data pages of one column in one row group, of version 1, plain, and not compressed but by Snappy.
 *
 * @param bytes - The column's, from its first page on.
 * @returns `undefined` when a page is of another kind.
 * @throws RangeError on damage.
 */
export function readPages(bytes: Uint8Array, { codec, num_values: values }: ColumnMetaData): Page[] | undefined {
  const pages: Page[] = [];
  let left = Number(values);
  for (let at = 0; left > 0; ) {
    const { struct, end } = readStructAt(bytes, at);
    if (!isPlainPage(struct)) return undefined;
    const data = struct.get(DATA_PAGE)?.value as ThriftStruct;
    const [length, stored, count] = [
      number(struct, PAGE_LENGTH),
      number(struct, PAGE_STORED),
      number(data, DATA_COUNT),
    ];
    if (count === 0 || count > left || end + stored > bytes.length) throw new RangeError("page is cut off");
    const page = bytes.subarray(end, end + stored);
    pages.push({ count, bytes: codec === "SNAPPY" ? expandSnappy(page, length) : page });
    left -= count;
    at = end + stored;
  }
  return pages;
}

function number(struct: ThriftStruct, id: number): number {
  const value = Number(struct.get(id)?.value);
  if (!(value >= 0 && value < 2 ** 31)) throw new RangeError("page header is damaged");
  return value;
}
