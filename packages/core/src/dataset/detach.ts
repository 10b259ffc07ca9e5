import { contiguousData, isNdArray } from "../ndarray/layout.ts";
import type { NdArray } from "../ndarray/ndarray.ts";

/**
 * Copies a sample so that it holds no memory but its own: for samples that are kept long after the loop that gave them.
 *
 * Copies: every array and every `Uint8Array`, at any depth; other values are shared.
 */
export function detach<S>(sample: S): S {
  return detachValue(sample) as S;
}

function detachValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(detachValue);
  if (isNdArray(value)) return detachArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = Object.create(prototype as object | null);
  for (const [key, item] of Object.entries(value)) {
    setOwn(copy, key, detachValue(item));
  }
  return copy;
}

/** Sets a field of any name; `__proto__` is no exception. */
export function setOwn(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function detachArray(array: NdArray): NdArray {
  const { strides: _, ...rest } = array;
  const data = contiguousData(array);
  return { ...rest, data: data === array.data ? (data.slice() as typeof data) : data };
}
