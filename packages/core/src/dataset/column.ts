import { AtdataError } from "../errors.ts";
import { dtypeInfo, lanesOf } from "../ndarray/dtype.ts";
import { contiguousData, isNdArray } from "../ndarray/layout.ts";
import type { DTypeData, NdArray } from "../ndarray/ndarray.ts";
import { describeValue } from "../schema/problems.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { detach, setOwn } from "./detach.ts";

/** What becomes of arrays whose shapes differ within a batch. */
export type Ragged = "error" | "list";

/** Collects the values of one field for a batch, in memory of its own. */
export interface Column {
  /** Takes the value of the next sample; arrays and bytes are copied. */
  add(value: unknown): void;
  /** Gives what was collected. */
  finish(): unknown;
}

/** Collects into a list. */
export function listColumn(values: unknown[] = []): Column {
  return {
    add: (value) => {
      values.push(detach(value));
    },
    finish: () => values,
  };
}

/** Collects arrays of one dtype and shape into one array with a new first axis; `capacity` is the number expected. */
class StackColumn implements Column {
  readonly #field: string;
  readonly #capacity: number;
  readonly #ragged: Ragged;
  #first: NdArray | undefined;
  #data: DTypeData | undefined;
  #lanes = 0;
  #count = 0;
  #fallback: Column | undefined;

  /** `field` is for messages. */
  constructor(field: string, capacity: number, ragged: Ragged) {
    this.#field = field;
    this.#capacity = capacity;
    this.#ragged = ragged;
  }

  add(value: unknown): void {
    if (this.#fallback !== undefined) {
      this.#fallback.add(value);
      return;
    }
    const array = value as NdArray;
    if (this.#first === undefined || !sameHead(array, this.#first)) {
      if (!isNdArray(value) && (this.#first === undefined || this.#ragged === "error")) this.#refuse(value);
      if (this.#first !== undefined) {
        this.#mismatch(array);
        return;
      }
      this.#start(array);
    }
    const data = array.strides === undefined ? array.data : contiguousData(array);
    if (this.#count === this.#capacity) throw new RangeError("batch column is full");
    (this.#data as Uint8Array).set(data as Uint8Array, this.#count * this.#lanes);
    this.#count += 1;
  }

  finish(): unknown {
    if (this.#fallback !== undefined) return this.#fallback.finish();
    const first = this.#first as NdArray;
    const { dtype, shape, itemLength } = first;
    const used = this.#count * this.#lanes;
    const data = this.#data as DTypeData;
    return {
      data: used === data.length ? data : data.slice(0, used),
      shape: [this.#count, ...shape],
      dtype,
      ...(itemLength !== undefined && { itemLength }),
    };
  }

  #start(array: NdArray): void {
    const info = dtypeInfo(array.dtype);
    const count = array.shape.reduce((product, length) => product * length, 1);
    this.#lanes = count * lanesOf(info, array.itemLength);
    this.#data = new info.Data(this.#lanes * this.#capacity);
    this.#first = array;
  }

  #mismatch(array: NdArray): void {
    if (this.#ragged === "error") this.#refuse(array);
    const { dtype, shape, itemLength } = this.#first as NdArray;
    const rows: NdArray[] = [];
    for (let i = 0; i < this.#count; i++) {
      const data = (this.#data as DTypeData).slice(i * this.#lanes, (i + 1) * this.#lanes);
      rows.push({ data: data as DTypeData, shape, dtype, ...(itemLength !== undefined && { itemLength }) });
    }
    this.#fallback = listColumn(rows);
    this.#fallback.add(array);
  }

  #refuse(value: unknown): never {
    const want = this.#first === undefined ? "ndarray" : describeValue(this.#first);
    throw new AtdataError(
      "BATCH_SHAPE_MISMATCH",
      "arrays of one batch differ",
      { field: this.#field, want, got: describeValue(value) },
      { hint: 'batch(n, { ragged: "list" }) gives lists' },
    );
  }
}

function sameHead(array: NdArray | undefined, first: NdArray): boolean {
  if (array?.shape === first.shape) return array.dtype === first.dtype && array.itemLength === first.itemLength;
  if (array?.dtype !== first.dtype || array.itemLength !== first.itemLength) return false;
  if (array.shape?.length !== first.shape.length) return false;
  return array.shape.every((length, axis) => length === first.shape[axis]);
}

/** Tells whether a field's values are stacked: a required array field, or without a type whatever is an array. */
export function columnFor(
  name: string,
  type: SampleType | undefined,
  first: unknown,
  size: number,
  ragged: Ragged,
): Column {
  const field = type?.fields[name];
  const stacked = field === undefined ? isNdArray(first) : field.kind === "ndarray" && !field.optional;
  return stacked ? new StackColumn(name, size, ragged) : listColumn();
}

/** Joins samples into columns of the named fields, or of all. */
export function joinColumns(
  samples: readonly unknown[],
  type: SampleType | undefined,
  names: readonly string[] | undefined,
): Record<string, unknown> {
  const rows = samples as readonly Record<string, unknown>[];
  const all = type === undefined ? [...new Set(rows.flatMap(Object.keys))] : Object.keys(type.fields);
  const unknown = names?.find((name) => !all.includes(name) && (type !== undefined || rows.length > 0));
  if (unknown !== undefined) throw new RangeError(`no field ${unknown}; there are ${all.join(", ")}`);
  const columns: Record<string, unknown> = {};
  for (const name of names ?? all) {
    const whole = type !== undefined || rows.every((row) => Object.hasOwn(row, name));
    const column =
      rows.length > 0 && whole ? columnFor(name, type, rows[0]?.[name], rows.length, "error") : listColumn();
    for (const row of rows) column.add(row[name]);
    setOwn(columns, name, column.finish());
  }
  return columns;
}
