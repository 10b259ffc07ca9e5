import type { DType, NdArray } from "@atdata/core";
import { type FileMetaData, type ParquetParsers, parquetSchema, type SchemaTree } from "hyparquet";
import { fitArray } from "./fit-array.ts";

/** What a column needs besides what the Parquet library makes of it. */
export interface ParquetColumn {
  readonly name: string;
  /** Its numbers are floats, also where they are whole. */
  readonly isFloat: boolean;
  /** It may have nulls. */
  readonly nullable: boolean;
  /** Element type, where it holds lists of numbers. */
  readonly dtype: DType | undefined;
  /** Times of it are in UTC, and not local to somewhere. */
  readonly isUtc: boolean;
}

/** A time, of which its column says more. */
class Time {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** Keeps what the Parquet library would lose: digits of times, and JSON as it was written. */
export const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis) => new Time(millis * 1_000_000n),
  timestampFromMicroseconds: (micros) => new Time(micros * 1000n),
  timestampFromNanoseconds: (nanos) => new Time(nanos),
  dateFromDays: (days) => isoText(BigInt(days) * 86_400_000_000_000n).slice(0, -9),
  jsonFromBytes: (bytes?: Uint8Array) => bytes && new TextDecoder().decode(bytes),
};

/** Tells of the columns of a file. */
export function columnsOf(metadata: FileMetaData): ParquetColumn[] {
  return parquetSchema(metadata).children.map((tree) => {
    const leaves = leavesOf(tree);
    const [leaf] = leaves;
    const { name } = tree.element;
    const isList = leaves.length === 1 && leaf !== tree && isLists(tree);
    return {
      name,
      isFloat: leaves.some((each) => dtypeOf(each)?.startsWith("float") || isDecimal(each)),
      nullable: tree.element.repetition_type !== "REQUIRED" && hasNulls(metadata, name),
      dtype: isList && leaf !== undefined ? dtypeOf(leaf) : undefined,
      isUtc: leaf?.element.logical_type?.type !== "TIMESTAMP" || leaf.element.logical_type.isAdjustedToUTC,
    };
  });
}

/** Turns a value into one that fields take: lists of numbers into arrays, times into ISO 8601. */
export function columnValue(value: unknown, column: ParquetColumn): unknown {
  if (value === null || value === undefined) return undefined;
  if (column.dtype !== undefined) return arrayOf(value, column.dtype) ?? value;
  return plainValue(value, column);
}

function plainValue(value: unknown, column: ParquetColumn): unknown {
  if (value instanceof Time) return `${isoText(value.nanos)}${column.isUtc ? "Z" : ""}`;
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => plainValue(item, column));
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item, column)]));
}

/** An array, unless lists are ragged or have nulls. */
function arrayOf(value: unknown, dtype: DType): NdArray | undefined {
  return fitArray(ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<unknown>) : value, { dtype });
}

/** Date and time with as many digits as there are; years that ISO 8601 has no four digits for as a count of nanoseconds. */
function isoText(nanos: bigint): string {
  const second = 1_000_000_000n;
  const rest = ((nanos % second) + second) % second;
  const millis = Number((nanos - rest) / 1_000_000n);
  if (Math.abs(millis) > 8.64e15) return String(nanos);
  const fraction = String(rest).padStart(9, "0").replace(/0+$/, "");
  return `${new Date(millis).toISOString().slice(0, -5)}${fraction === "" ? "" : `.${fraction}`}`;
}

function leavesOf(tree: SchemaTree): SchemaTree[] {
  return tree.children.length === 0 ? [tree] : tree.children.flatMap(leavesOf);
}

/** Tells whether there are only lists on the way to the one leaf: each level is one, or what repeats in it. */
function isLists(tree: SchemaTree): boolean {
  const [child] = tree.children;
  if (child === undefined) return true;
  const { converted_type, logical_type, repetition_type } = tree.element;
  const isList = converted_type === "LIST" || logical_type?.type === "LIST" || repetition_type === "REPEATED";
  return isList && isLists(child);
}

function dtypeOf({ element }: SchemaTree): DType | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === "FLOAT16") return "float16";
  if (type === "FLOAT") return "float32";
  if (type === "DOUBLE") return "float64";
  if (type !== "INT32" && type !== "INT64") return undefined;
  if (logical?.type === "INTEGER") return `${logical.isSigned ? "int" : "uint"}${logical.bitWidth}` as DType;
  const width = /^(U?)INT_(8|16|32|64)$/.exec(converted ?? "");
  if (width !== null) return `${width[1] === "U" ? "uint" : "int"}${width[2]}` as DType;
  if (converted !== undefined || logical !== undefined) return undefined;
  return type === "INT32" ? "int32" : "int64";
}

function isDecimal({ element }: SchemaTree): boolean {
  return element.converted_type === "DECIMAL" || element.logical_type?.type === "DECIMAL";
}

/** What a column says of its nulls; one that does not say may have some. */
function hasNulls({ row_groups }: FileMetaData, name: string): boolean {
  return row_groups.some(({ columns }) =>
    columns.some(({ meta_data }) => {
      if (meta_data?.path_in_schema[0] !== name) return false;
      // In nested columns empty lists count as nulls too.
      return meta_data.statistics?.null_count === undefined || meta_data.statistics.null_count > 0n;
    }),
  );
}
