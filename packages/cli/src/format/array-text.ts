import { dtypeInfo, type NdArray, type StructuredArray, toNested } from "@atdata/core";
import { formatShape } from "./shape.ts";
import { plainText, quote } from "./text.ts";

/** So many elements may be shown; arrays are never unpacked beyond. */
const MAX_ELEMENTS = 64;
const MAX_TEXT = 24;

/** Describes an array in one line: dtype, shape, and its first elements as far as the line goes. */
export function arrayText(array: NdArray, width: number): string {
  const head = `${array.dtype} ${formatShape(array.shape)}`;
  const count = array.shape.reduce((product, length) => product * length, 1);
  const shown = firstElements(array, Math.min(count, MAX_ELEMENTS)).map((value) => elementText(value, array.dtype));
  if (array.shape.length === 0) return `${head}  ${shown[0]}`;
  return `${head}  ${bracket(shown, count, width - head.length - 2)}`;
}

/** Describes an array of records in one line: shape and the fields with their types. */
export function structuredText({ shape, type }: StructuredArray): string {
  const fields = type.fields.map(
    ({ name, type }) => `${plainText(name)} ${typeof type === "string" ? type : "record"}`,
  );
  return `records ${formatShape(shape)}  {${fields.join(", ")}}`;
}

/** Writes items in brackets, as many as the line has room for; three dots stand for the rest. */
export function bracket(items: readonly string[], count: number, width: number): string {
  let text = "";
  let shown = 0;
  for (const item of items) {
    const next = shown === 0 ? item : `${text}, ${item}`;
    if (shown > 0 && next.length + 4 > width) break;
    text = next;
    shown += 1;
  }
  return shown < count ? `[${text}, …]` : `[${text}]`;
}

/** Writes a float as short as its precision allows. */
function floatText(value: number, digits = 17): string {
  return String(digits < 17 ? Number(value.toPrecision(digits)) : value);
}

/** The first elements in C order, without looking at the others. */
function firstElements(array: NdArray, count: number): unknown[] {
  const found: unknown[] = [];
  const { shape } = array;
  const strides = array.strides ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const lanes = dtypeInfo(array.dtype).lanes || (array.itemLength ?? 0);
  for (let i = 0; i < count; i++) {
    let rest = i;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number;
      at += (rest % length) * (strides[axis] as number);
      rest = Math.floor(rest / length);
    }
    const { strides: _, ...plain } = array;
    found.push(
      toNested({ ...plain, shape: [], data: array.data.slice(at * lanes, (at + 1) * lanes) as typeof array.data }),
    );
  }
  return found;
}

function elementText(value: unknown, dtype: string): string {
  if (typeof value === "string") return quote(value, MAX_TEXT);
  if (value instanceof Uint8Array) return hex(value, MAX_TEXT / 2);
  if (Array.isArray(value)) {
    const [re, im] = value.map((part: number) => floatText(part, dtype === "complex64" ? 7 : 17));
    return `${re}${im?.startsWith("-") ? "" : "+"}${im}i`;
  }
  if (typeof value === "bigint" && value === -(2n ** 63n) && dtype.includes("64[")) return "NaT";
  if (typeof value === "number") return floatText(value, dtype === "float16" ? 4 : dtype === "float32" ? 7 : 17);
  return String(value);
}

/** Writes the first bytes in hexadecimal. */
export function hex(bytes: Uint8Array, count: number): string {
  const shown = Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > count ? `${shown} …` : shown;
}
