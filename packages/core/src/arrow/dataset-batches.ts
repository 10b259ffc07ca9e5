import { Field as ArrowField, makeData, RecordBatch, Schema, Struct, Utf8, vectorFromArray } from "apache-arrow";
import { AtdataError } from "../errors.ts";
import { isNdArray } from "../ndarray/layout.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { type SampleColumn, sampleColumn } from "./sample-columns.ts";

const KEY = "__key__";
const DEFAULT_ROWS = 8192;
/** Bytes of arrays after which a batch ends, whatever its number of rows. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** What {@link toArrow} reads; every `Dataset` that is not batched is one. */
export interface ToArrowInput {
  /** Type of the samples. */
  readonly type: Pick<SampleType, "fields"> | undefined;
  /** Gives the samples with their keys. */
  entries(options?: CallOptions): AsyncIterable<{ readonly key: string; readonly sample: unknown }>;
}

/** Settings of {@link toArrow}. */
export interface ToArrowOptions extends CallOptions {
  /** Rows a batch at the most. Default 8,192; arrays and bytes of 16 MiB end a batch before. */
  readonly rows?: number | undefined;
}

/**
 * Gives the Arrow schema that samples of a type have in {@link toArrow}: `__key__`, then the fields in their order.
 *
 * `int` and `int64` are int64, `float` float64, lists lists. An `ndarray` of fixed dtype and shape is a fixed-size list of its elements in C
 * order, annotated as `arrow.fixed_shape_tensor` (float16 as float32, bool as uint8); any other is the bytes of an `.npy` file. Fields of
 * other kinds are left out.
 */
export function arrowSchema(type: Pick<SampleType, "fields">): Schema {
  return schemaOf(columnsOf(type));
}

/**
 * Reads a dataset as Arrow record batches, for export to Parquet or Arrow files. Memory is bounded by a batch.
 *
 * Order: that of the dataset. Copies: every value. Nothing is given of a dataset without samples: see {@link arrowSchema}.
 *
 * @throws {@link AtdataError} `UNSUPPORTED` – the dataset has no type; `INTEGER_TOO_LARGE` – an integer beyond 2^63 − 1.
 * @throws RangeError – `rows` is not a whole number from 1 on.
 * @example
 * ```ts
 * import { createDataset, int, memoryFormat, memorySource, sample } from "@atdata/core";
 * import { toArrow } from "@atdata/core/arrow";
 * const Point = sample("Point", { x: int() });
 * const ds = createDataset({ type: Point, shards: [], source: memorySource({}), format: memoryFormat() });
 * for await (const batch of toArrow(ds)) console.log(batch.numRows);
 * ```
 */
export async function* toArrow(ds: ToArrowInput, options: ToArrowOptions = {}): AsyncGenerator<RecordBatch> {
  const { rows = DEFAULT_ROWS, signal } = options;
  if (!(Number.isSafeInteger(rows) && rows > 0))
    throw new RangeError(`rows must be a whole number from 1 on, got ${rows}`);
  if (ds.type === undefined) {
    throw new AtdataError("UNSUPPORTED", "samples without a type have no columns", { operation: "toArrow" });
  }
  const columns = columnsOf(ds.type);
  const schema = schemaOf(columns);
  let keys: string[] = [];
  let samples: unknown[] = [];
  let bytes = 0;
  for await (const { key, sample } of ds.entries({ signal })) {
    keys.push(key);
    samples.push(sample);
    for (const { name } of columns) bytes += sizeOf((sample as Record<string, unknown>)[name]);
    if (samples.length < rows && bytes < MAX_BATCH_BYTES) continue;
    yield batchOf(schema, columns, keys, samples);
    keys = [];
    samples = [];
    bytes = 0;
  }
  if (samples.length > 0) yield batchOf(schema, columns, keys, samples);
}

function columnsOf({ fields }: Pick<SampleType, "fields">): SampleColumn[] {
  return Object.entries(fields).flatMap(([name, field]) => (name === KEY ? [] : (sampleColumn(name, field) ?? [])));
}

function schemaOf(columns: readonly SampleColumn[]): Schema {
  return new Schema([new ArrowField(KEY, new Utf8(), false), ...columns.map(({ arrow }) => arrow)]);
}

function batchOf(
  schema: Schema,
  columns: readonly SampleColumn[],
  keys: readonly string[],
  samples: readonly unknown[],
): RecordBatch {
  const children = [
    vectorFromArray(keys, new Utf8()).data[0] as NonNullable<ReturnType<SampleColumn["data"]>>,
    ...columns.map(({ name, data }) => data(samples.map((each) => (each as Record<string, unknown>)[name]))),
  ];
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: samples.length, children }));
}

function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  return isNdArray(value) ? value.data.byteLength : 0;
}
