import type { CastKind } from "./field-lens-spec.ts";

/**
 * Converts a single value to another kind; `undefined` when it has no counterpart there.
 *
 * A fraction is cut towards zero, a bigint rounds to the nearest float, numbers are true unless zero. Text is read as a
 * decimal number, `NaN`, `Infinity`, `true` or `false`, and written as JavaScript does.
 */
export function cast(value: unknown, to: CastKind): unknown {
  switch (typeof value) {
    case "number":
      return castNumber(value, to);
    case "bigint":
      return castBigInt(value, to);
    case "boolean":
      return to === "bool" ? value : to === "str" ? String(value) : to === "int64" ? BigInt(value) : Number(value);
    case "string":
      return castText(value, to);
    default:
      return undefined;
  }
}

/** Tells whether values of a field kind can be cast. */
export function isCastKind(kind: unknown): kind is CastKind {
  return kind === "str" || kind === "int" || kind === "int64" || kind === "float" || kind === "bool";
}

function castNumber(value: number, to: CastKind): unknown {
  switch (to) {
    case "float":
      return value;
    case "bool":
      return value !== 0;
    case "str":
      return Object.is(value, -0) ? "-0" : String(value);
    case "int64":
      // As a float the largest int64() values round up to 2^64, which must find its way back.
      if (value === 2 ** 64) return 2n ** 64n - 1n;
      return Number.isFinite(value) ? within64(BigInt(Math.trunc(value))) : undefined;
    case "int": {
      const whole = Math.trunc(value);
      // No −0: a whole number has none, on the wire neither.
      return Number.isSafeInteger(whole) ? whole + 0 : undefined;
    }
  }
}

function castBigInt(value: bigint, to: CastKind): unknown {
  switch (to) {
    case "int64":
      return value;
    case "bool":
      return value !== 0n;
    case "str":
      return String(value);
    case "float":
      return Number(value);
    case "int":
      return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
  }
}

function castText(text: string, to: CastKind): unknown {
  if (to === "str") return text;
  if (to === "bool") return text === "true" ? true : text === "false" ? false : undefined;
  if (to === "float") {
    const isNumber = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity)$|^NaN$/.test(text);
    return isNumber ? Number(text) : undefined;
  }
  // A bigint of thousands of digits takes quadratic time; none of 64 bits has more than 20.
  if (!/^[+-]?\d{1,20}$/.test(text)) return undefined;
  const whole = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return to === "int64" ? within64(whole) : castBigInt(whole, "int");
}

function within64(value: bigint): bigint | undefined {
  return value >= -(2n ** 63n) && value < 2n ** 64n ? value : undefined;
}
