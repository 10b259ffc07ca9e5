import { isPlainObject } from "../codec/dynamic.ts";
import { isNdArray } from "../ndarray/layout.ts";
import type { DType } from "../ndarray/ndarray.ts";
import { isStructured } from "../ndarray/structured.ts";
import { detectArray } from "./array-bytes.ts";
import { describeValue } from "./problems.ts";

/** Stands for a float of any value: JavaScript does not tell `1.0` from `1`. */
export const FLOAT: symbol = Symbol("atdata.float");

/** What the values seen so far have in common. */
export type Guess =
  | { readonly kind: "nil" | "bool" | "int" | "int64" | "float" | "str" | "bytes" | "structured" }
  | { readonly kind: "ndarray"; readonly dtype?: DType; readonly shape?: readonly (number | null)[] }
  | { readonly kind: "list"; readonly inner: Guess }
  | { readonly kind: "dict"; readonly inner: Guess }
  | { readonly kind: "mixed"; readonly kinds: readonly string[] };

/** Looks at one value; inside lists and dicts, bytes are just bytes. */
export function guess(value: unknown, inside = false): Guess {
  if (value === null || value === undefined) return { kind: "nil" };
  if (value === FLOAT) return { kind: "float" };
  if (typeof value === "number") return { kind: Number.isSafeInteger(value) ? "int" : "float" };
  if (typeof value === "bigint") return { kind: "int64" };
  if (typeof value === "string") return { kind: "str" };
  if (typeof value === "boolean") return { kind: "bool" };
  if (value instanceof Uint8Array) return inside ? { kind: "bytes" } : guessBytes(value);
  if (Array.isArray(value)) return { kind: "list", inner: mergeAll(value) };
  if (!inside && isNdArray(value)) return { kind: "ndarray", dtype: value.dtype, shape: value.shape };
  if (!inside && isStructured(value)) return { kind: "structured" };
  if (isPlainObject(value)) return { kind: "dict", inner: mergeAll(Object.values(value)) };
  return { kind: "mixed", kinds: [describeValue(value)] };
}

/** Finds what holds the values of both. */
export function merge(a: Guess, b: Guess): Guess {
  if (a.kind === "nil") return b;
  if (b.kind === "nil") return a;
  if (a.kind === "ndarray" && b.kind === "ndarray") return { kind: "ndarray", ...common(a, b) };
  if (a.kind === "list" && b.kind === "list") return { kind: "list", inner: merge(a.inner, b.inner) };
  if (a.kind === "dict" && b.kind === "dict") return { kind: "dict", inner: merge(a.inner, b.inner) };
  if (a.kind === b.kind && a.kind !== "mixed") return a;
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    if (x.kind === "int" && (y.kind === "float" || y.kind === "int64")) return y;
    if (isBytes(x) && isBytes(y)) return { kind: "bytes" };
  }
  return { kind: "mixed", kinds: [...new Set([...kindsOf(a), ...kindsOf(b)])] };
}

function mergeAll(values: readonly unknown[]): Guess {
  let all: Guess = { kind: "nil" };
  for (const value of values) {
    // A nil among others is a kind of its own here: neither a list nor a dict can hold it.
    const next: Guess = value === null || value === undefined ? { kind: "mixed", kinds: ["nil"] } : guess(value, true);
    all = merge(all, next);
  }
  return all;
}

function kindsOf(value: Guess): readonly string[] {
  return value.kind === "mixed" ? value.kinds : [value.kind];
}

function isBytes({ kind }: Guess): boolean {
  return kind === "bytes" || kind === "ndarray" || kind === "structured";
}

function guessBytes(bytes: Uint8Array): Guess {
  const array = detectArray(bytes);
  if (array === undefined) return { kind: "bytes" };
  return array.dtype === undefined
    ? { kind: "structured" }
    : { kind: "ndarray", dtype: array.dtype, shape: array.shape };
}

type ArrayGuess = Extract<Guess, { kind: "ndarray" }>;

function common(a: ArrayGuess, b: ArrayGuess): Omit<ArrayGuess, "kind"> {
  const { shape } = b;
  const sameRank = a.shape !== undefined && shape !== undefined && a.shape.length === shape.length;
  return {
    ...(a.dtype !== undefined && a.dtype === b.dtype && { dtype: a.dtype }),
    ...(sameRank && { shape: a.shape.map((length, axis) => (length === shape[axis] ? length : null)) }),
  };
}
