import { describeField, encodeDynamic, type Field, isAtdataError, isNdArray, sample, toNested } from "@atdata/core";
import { fitArray } from "./fit-array.ts";
import { floatOf } from "./floats.ts";

/** Thrown where a value does not fit its field. */
export class Misfit extends Error {
  override readonly name = "Misfit";
  /** What was wanted. */
  readonly want: string;
  /** What there was. */
  readonly got: string;

  /** Says it of a field and a value. */
  constructor(field: Field, value: unknown) {
    super("value does not fit");
    this.want = describeField(field);
    this.got = excerpt(value);
  }
}

/**
 * Turns a value of JSON or of a table into one of a field; `undefined` where it is null and the field optional.
 *
 * Takes the forms that `preview --json` prints for what JSON lacks, nested lists for arrays, and bytes for kinds that are stored as bytes.
 */
export function fitValue(value: unknown, field: Field): unknown {
  if (value === null || value === undefined) {
    if (field.optional) return undefined;
    throw new Misfit(field, value);
  }
  const fitted = convert(value, field);
  if (fitted === undefined || !field.codec.is(fitted)) throw new Misfit(field, value);
  return fitted;
}

function convert(value: unknown, field: Field): unknown {
  switch (field.kind) {
    case "str":
    case "bool":
      return value;
    case "int":
      return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case "int64":
      if (Number.isSafeInteger(value)) return BigInt(value as number);
      return typeof value === "string" && /^[+-]?\d{1,20}$/.test(value) ? BigInt(value) : value;
    case "float":
      return floatOf(value);
    case "bytes":
      return bytesOf(value);
    case "list":
      return listOf(value)?.map((item) => fitValue(item, field.items as Field));
    case "dict":
      return dictOf(value, field.values);
    case "ndarray": {
      const bytes = bytesOf(value);
      return bytes === undefined ? fitArray(value, field) : decoded(bytes, field);
    }
    default: {
      const bytes = bytesOf(value);
      return bytes === undefined ? value : decoded(bytes, field);
    }
  }
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (!isObject(value) || Object.keys(value).length !== 1 || typeof value.$bytes !== "string") return undefined;
  const text = value.$bytes.replace(/=+$/, "");
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64").replace(/=+$/, "") === text ? bytes : undefined;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (isNdArray(value) && value.shape.length > 0) return toNested(value) as readonly unknown[];
  return undefined;
}

function dictOf(value: unknown, values: Field | undefined): unknown {
  if (!isObject(value) || values === undefined) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fitValue(item, values)]));
}

/** Decodes the bytes that a field of such a kind is stored as. */
function decoded(bytes: Uint8Array, field: Field): unknown {
  try {
    return sample("Value", { value: field }).decode(encodeDynamic({ value: bytes })).value;
  } catch (error) {
    if (isAtdataError(error)) throw new Misfit(field, bytes);
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Shows a value in a few characters. */
function excerpt(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === "bigint") return String(value);
  if (isNdArray(value)) return `array ${value.dtype} ${value.shape.join("×")}`;
  // A list of millions is not written out to show a few.
  const text = JSON.stringify(Array.isArray(value) ? value.slice(0, 20) : value, (_key, item: unknown) =>
    typeof item === "bigint" ? String(item) : item,
  );
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
