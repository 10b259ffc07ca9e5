import { same } from "./expect.ts";

/**
 * Writes a value so that two that hold the same read the same, whatever the order of their keys.
 *
 * A key whose value is `undefined` is as good as none. What is not JSON is named by its class: `Uint8Array 01ff`.
 */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(",")}]`;
  if (value instanceof Uint8Array) {
    return `${value.constructor.name} ${[...value].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? `${value}n` : String(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${valueText(field)}`);
  const plain = prototype === Object.prototype || prototype === null;
  return `${plain ? "" : `${value.constructor.name} `}{${fields.join(",")}}`;
}

/** Fails unless two values hold the same: numbers, texts, bytes, lists, and maps in any order of keys. */
export function sameValue(got: unknown, want: unknown, what: string): void {
  same(valueText(got), valueText(want), what);
}
