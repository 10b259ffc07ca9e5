import {
  decodeDynamic,
  decodeNdArray,
  decodeStructured,
  encodeDynamic,
  type FieldKind,
  isAtdataError,
} from "@atdata/core";

/** Decodes the content of a file; throws errors of any kind. */
type MemberCodec = (bytes: Uint8Array) => unknown;

// What Python's webdataset decodes without being asked; pickles stay bytes, because they are programs.
const codecs: ReadonlyMap<string, MemberCodec> = new Map<string, MemberCodec>([
  ...["txt", "text", "transcript"].map((extension) => [extension, text] as const),
  ...["cls", "cls2", "class", "count", "index", "inx", "id"].map((extension) => [extension, whole] as const),
  ...["json", "jsn"].map((extension) => [extension, json] as const),
  ...["mp", "msg", "msgpack"].map((extension) => [extension, decodeDynamic] as const),
  ["npy", npy],
]);

/** The kinds whose values are bytes with an encoding inside: their own codec knows it. */
const encoded: ReadonlySet<FieldKind> = new Set<FieldKind>([
  "bytes",
  "ndarray",
  "structured",
  "sparse",
  "arrowTensor",
  "safetensors",
  "dataframe",
  "opaque",
]);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes a file by its extension, of which the last part counts; gives the bytes when it says nothing. */
export function decodeByExtension(extension: string, bytes: Uint8Array): unknown {
  return (codecs.get(lastPart(extension)) ?? keep)(bytes);
}

/**
 * Decodes a file for a field of a kind.
 *
 * Bytes and arrays are the file's bytes, for the field to decode; text is the file's text, numbers are read from it, unless the
 * extension says that something else is in it.
 */
export function decodeForField(kind: FieldKind, extension: string, bytes: Uint8Array): unknown {
  if (encoded.has(kind)) return bytes;
  const codec = codecs.get(lastPart(extension)) ?? keep;
  const isText = codec === text || codec === whole || codec === keep;
  if (kind === "str" && (isText || codec === json)) return text(bytes);
  if (isText && (kind === "int" || kind === "int64")) return whole(bytes);
  if (isText && kind === "float") return float(bytes);
  const value = codec(bytes);
  return kind === "int64" && Number.isSafeInteger(value) ? BigInt(value as number) : value;
}

function lastPart(extension: string): string {
  return extension.slice(extension.lastIndexOf(".") + 1);
}

function keep(bytes: Uint8Array): Uint8Array {
  return bytes;
}

function text(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** Reads an integer as Python's `int()` does: a number, beyond ±2^53 a bigint. */
function whole(bytes: Uint8Array): number | bigint {
  const digits = text(bytes).trim();
  if (!/^[+-]?\d{1,40}$/.test(digits)) throw new SyntaxError(`${excerpt(digits)} is no whole number`);
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value + 0 : BigInt(digits.replace("+", ""));
}

function float(bytes: Uint8Array): number {
  const digits = text(bytes).trim();
  const special = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i.exec(digits);
  if (special !== null) return special[2] === undefined ? Number(`${special[1]}Infinity`) : Number.NaN;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(digits))
    throw new SyntaxError(`${excerpt(digits)} is no number`);
  return Number(digits);
}

/** Parses JSON; a key `__proto__` is a property like any other. */
function json(bytes: Uint8Array): unknown {
  const value: unknown = JSON.parse(text(bytes).replace(/^\ufeff/, ""));
  // Refuses what a sample cannot hold: too deep nesting and halves of surrogate pairs.
  encodeDynamic(value);
  return value;
}

function npy(bytes: Uint8Array): unknown {
  try {
    return decodeNdArray(bytes);
  } catch (error) {
    if (!isAtdataError(error) || error.clause !== "array has named fields") throw error;
    return decodeStructured(bytes);
  }
}

function excerpt(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
