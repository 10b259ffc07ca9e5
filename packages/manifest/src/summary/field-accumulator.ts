import { compareCodePoints, type PredicateValue } from "@atdata/core";
import { BloomFilter } from "./bloom.ts";
import { columnValue } from "./column-value.ts";
import { histogram } from "./histogram.ts";
import type { FieldSummary, ManifestField } from "./shard-summary.ts";

const maxValues = 256;
const maxValueLength = 4096;
const maxBoundLength = 256;
const filterBits = 2 ** 15;
const maxNumbers = 2 ** 20;

/**
 * Sums up the values of one field of one shard.
 *
 * Memory is bounded: 256 distinct values, or a filter of 4 KiB, and up to 2^20 numbers for the histogram, which a larger shard has none of.
 * Bounds are left out where a text is longer than 256 UTF-16 units.
 */
export class FieldAccumulator {
  /** The field. */
  readonly field: ManifestField;
  #count = 0;
  #nulls = 0;
  #nans = 0;
  #min: PredicateValue | undefined;
  #max: PredicateValue | undefined;
  #sum = 0;
  #values: Map<PredicateValue, number> | undefined;
  #valueLength = 0;
  #filter: BloomFilter | undefined;
  #filtered = 0;
  #numbers: Float64Array | undefined;
  #numberCount = 0;

  /** Starts with no values. */
  constructor(field: ManifestField) {
    this.field = field;
    if (field.kind !== "time") this.#values = new Map();
    if (field.kind === "numeric") this.#numbers = new Float64Array(1024);
  }

  /** Adds the field's value of one sample, which fits its type; null and `undefined` count as nulls. */
  add(value: unknown): void {
    if (value === undefined || value === null) {
      this.#nulls++;
      return;
    }
    this.#count++;
    if (this.field.kind === "set") for (const item of value as readonly unknown[]) this.#addItem(item);
    else this.#addItem(value);
  }

  /** Gives the sums. */
  finish(): FieldSummary {
    const { field } = this;
    const [min, max] = [shortBound(this.#min), shortBound(this.#max)];
    const isNumber = field.type === "int64" || field.type === "double";
    const numbers = this.#numbers?.subarray(0, this.#numberCount);
    const [low, high] = [Number(min), Number(max)];
    const bounded = min !== undefined && Number.isFinite(low) && Number.isFinite(high);
    return {
      field,
      count: this.#count,
      nulls: this.#nulls,
      nans: this.#nans,
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...(this.#values !== undefined && { values: this.#values }),
      ...(this.#filter !== undefined && { filter: this.#filter.shrink(filterBits / 8) }),
      ...(isNumber && field.kind === "numeric" && { sum: this.#sum }),
      ...(numbers !== undefined && bounded && { histogram: histogram(numbers, low, high) }),
    };
  }

  #addItem(item: unknown): void {
    if (item === undefined || item === null) return;
    if (Number.isNaN(item)) {
      this.#nans++;
      return;
    }
    if (typeof item === "number") this.#addNumber(item);
    else if (typeof item === "bigint") this.#addNumber(Number(item));
    // −0 is 0, and a bigint that a number can stand for is that number, so that equal values are one.
    const value = typeof item === "bigint" ? (columnValue("int64", item) as PredicateValue) : normal(item);
    const known = this.#values?.get(value);
    if (known !== undefined) {
      this.#values?.set(value, known + 1);
      return;
    }
    if (typeof value === "string") this.#boundText(value);
    else this.#boundNumber(value as number);
    if (this.#values !== undefined) this.#addDistinct(this.#values, value);
    else if (this.#filter !== undefined) this.#addToFilter(this.#filter, value);
  }

  #addNumber(number: number): void {
    if (Number.isFinite(number)) this.#sum += number;
    let numbers = this.#numbers;
    if (numbers === undefined) return;
    if (this.#numberCount === numbers.length) {
      if (numbers.length === maxNumbers) {
        this.#numbers = undefined;
        return;
      }
      numbers = new Float64Array(numbers.length * 4);
      numbers.set(this.#numbers as Float64Array);
      this.#numbers = numbers;
    }
    numbers[this.#numberCount++] = number;
  }

  #boundText(text: string): void {
    if (this.#min === undefined || compareCodePoints(text, this.#min as string) < 0) this.#min = text;
    if (this.#max === undefined || compareCodePoints(text, this.#max as string) > 0) this.#max = text;
  }

  #boundNumber(value: number): void {
    if (this.#min === undefined || value < (this.#min as number)) this.#min = value;
    if (this.#max === undefined || value > (this.#max as number)) this.#max = value;
  }

  #addDistinct(values: Map<PredicateValue, number>, value: PredicateValue): void {
    const length = typeof value === "string" ? value.length : 8;
    if (values.size < maxValues && this.#valueLength + length <= maxValueLength) {
      this.#valueLength += length;
      values.set(value, 1);
      return;
    }
    const filter = new BloomFilter(this.field.type, filterBits);
    for (const earlier of values.keys()) filter.add(earlier);
    filter.add(value);
    this.#values = undefined;
    this.#filter = filter;
  }

  #addToFilter(filter: BloomFilter, value: PredicateValue): void {
    filter.add(value);
    // A filter that rules nothing out any more is not worth its hashing.
    if ((++this.#filtered & 0x3ff) === 0 && filter.full) this.#filter = undefined;
  }
}

function normal(item: unknown): PredicateValue {
  return typeof item === "number" ? item + 0 : (item as PredicateValue);
}

function shortBound(bound: PredicateValue | undefined): PredicateValue | undefined {
  return typeof bound === "string" && bound.length > maxBoundLength ? undefined : bound;
}
