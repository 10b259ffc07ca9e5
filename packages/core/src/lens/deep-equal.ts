import { arraysEqual } from "../ndarray/equal.ts";
import { isNdArray } from "../ndarray/layout.ts";
import { equalBytes } from "../predicate/compare.ts";

/**
 * Tells whether two samples, or two values of a field, are the same data.
 *
 * NaN equals NaN and −0 equals 0; null, undefined and absent are one; n-d arrays compare by dtype, shape and elements,
 * however they are laid out; dicts compare without regard to order.
 */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b || (isNil(a) && isNil(b))) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Number.isNaN(a) && Number.isNaN(b);
  }
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
  }
  if (isNdArray(a)) return isNdArray(b) && arraysEqual(a, b, { nan: true });
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && equalViews(a, b);
  if (Array.isArray(b) || ArrayBuffer.isView(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const own = (record: Record<string, unknown>, key: string) => (Object.hasOwn(record, key) ? record[key] : undefined);
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
    deepEqual(own(left, key), own(right, key)),
  );
}

function isNil(value: unknown): boolean {
  return value === undefined || value === null;
}

function equalViews(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytes = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return Object.prototype.toString.call(a) === Object.prototype.toString.call(b) && equalBytes(bytes(a), bytes(b));
}
