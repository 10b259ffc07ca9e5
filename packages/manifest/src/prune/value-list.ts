import type { PredicateValue } from "@atdata/core";
import type { FieldSummary } from "../summary/shard-summary.ts";
import { compareValues, kindOf, mayHold } from "./summary-values.ts";

/** The values of one kind that an `in` or `containsAny` names, sorted, so that each shard looks only at those in its range. */
export class ValueList {
  /** The one kind that the values have, if they have one. */
  readonly kind: ReturnType<typeof kindOf> | undefined;
  readonly #sorted: readonly PredicateValue[];
  readonly #set: ReadonlySet<PredicateValue>;

  /** NaN equals nothing and is left out. */
  constructor(values: readonly PredicateValue[]) {
    const kinds = new Set(values.map(kindOf));
    this.kind = kinds.size === 1 ? [...kinds][0] : undefined;
    const comparable = this.kind === undefined || this.kind === "bytes" ? [] : values;
    this.#sorted = comparable.filter((value) => !Number.isNaN(value)).sort(compareValues);
    this.#set = new Set(this.#sorted);
  }

  /** Tells whether one of the values may be among those of a field. */
  anyIn(summary: FieldSummary): boolean {
    const { min, max } = summary;
    const values = this.#sorted.length > 1 ? summary.values : undefined;
    if (values !== undefined && values.size < this.#sorted.length) {
      for (const value of values.keys()) if (this.has(value)) return true;
      return false;
    }
    for (let i = min === undefined ? 0 : this.#firstFrom(min); i < this.#sorted.length; i++) {
      const value = this.#sorted[i] as PredicateValue;
      if (max !== undefined && compareValues(value, max) > 0) return false;
      if (mayHold(summary, value)) return true;
    }
    return false;
  }

  /** Tells whether all values of a field, which are not NaN, are certainly among these. */
  coversAll(summary: FieldSummary): boolean {
    const { min, max } = summary;
    if (min !== undefined && max !== undefined && compareValues(min, max) === 0) return this.has(min);
    const { values } = summary;
    if (values === undefined || values.size > this.#sorted.length) return false;
    for (const value of values.keys()) if (!Number.isNaN(value) && !this.has(value)) return false;
    return true;
  }

  /** Tells whether a value is one of these. */
  has(value: PredicateValue): boolean {
    if (this.#set.has(value)) return true;
    const other = otherForm(value);
    return other !== undefined && this.#set.has(other);
  }

  #firstFrom(bound: PredicateValue): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareValues(this.#sorted[middle] as PredicateValue, bound) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Gives the other of the two forms, number and bigint, in which the same number may be kept. */
function otherForm(value: PredicateValue): PredicateValue | undefined {
  if (typeof value === "bigint") {
    const number = Number(value);
    return BigInt(number) === value ? number : undefined;
  }
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
}
