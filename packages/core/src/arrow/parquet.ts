import { tableFromIPC, tableToIPC } from "apache-arrow";
import * as parquet from "parquet-wasm";
import { AtdataError } from "../errors.ts";
import { columnLength, type DataFrame, isDataFrame } from "./data-frame.ts";
import { readFooter, repairFooter } from "./footer.ts";
import { fromArrow } from "./from-arrow.ts";
import { toArrowTable } from "./to-arrow.ts";

// A few bytes of Parquet can stand for any number of values; this many take half a gigabyte.
const maxValues = 1 << 26;
// On Node the package starts itself; elsewhere its default export is the function that does.
const start: unknown = (parquet as { default?: unknown }).default;
let ready = typeof start !== "function";

/**
 * Loads the Parquet library's WebAssembly: once, before the first data frame, in a browser. On Node it does nothing.
 *
 * @param wasm - Where `parquet_wasm_bg.wasm` is, when not beside the library's script: a url, a response, or its bytes.
 */
export async function initArrow(wasm?: URL | string | Response | BufferSource): Promise<void> {
  if (ready) return;
  await (start as (input?: object) => Promise<unknown>)(wasm === undefined ? undefined : { module_or_path: wasm });
  ready = true;
}

/**
 * Decodes a Parquet file.
 *
 * Copies: always. Limits: 2^26 values, the root of the schema counting as a column. Columns that fastparquet wrote as JSON are text.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – malformed, too many values, or a column type without a counterpart (decimals).
 * @throws {@link AtdataError} `CODEC_MISSING` – the library is not loaded yet: `await initArrow()` first.
 */
export function decodeDataFrame(bytes: Uint8Array): DataFrame {
  requireReady();
  const footer = readFooter(bytes);
  if (footer === undefined) throw new AtdataError("NDARRAY_INVALID", "data frame is no Parquet file", {});
  const { rows, entries } = footer;
  if (!(rows * entries <= maxValues)) {
    const clause = `data frame of ${rows} rows and ${entries - 1} columns has more than ${maxValues} values`;
    throw new AtdataError("NDARRAY_INVALID", clause, {});
  }
  try {
    // The limit keeps a file from having more rows than its footer admits.
    const stream = parquet.readParquet(repairFooter(bytes, footer), { limit: rows }).intoIPCStream();
    return fromArrow(tableFromIPC(stream));
  } catch (cause) {
    if (cause instanceof AtdataError) throw cause;
    throw new AtdataError("NDARRAY_INVALID", "data frame is no readable Parquet file", {}, { cause });
  }
}

/**
 * Encodes a data frame as Parquet: Snappy, plain pages of version 1, every column optional, as fastparquet reads them.
 *
 * Times in other units than milliseconds, microseconds and nanoseconds are written in milliseconds, half floats as float32.
 *
 * @throws TypeError – a value that {@link isDataFrame} refuses.
 * @throws {@link AtdataError} `CODEC_MISSING` – the library is not loaded yet: `await initArrow()` first.
 */
export function encodeDataFrame(frame: DataFrame): Uint8Array {
  requireReady();
  if (!isDataFrame(frame)) throw new TypeError("want columns of equal length, each with one kind of value");
  const table = parquet.Table.fromIPCStream(tableToIPC(toArrowTable(frame), "stream"));
  const settings = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression.SNAPPY)
    .setDictionaryEnabled(false)
    .setWriterVersion(parquet.WriterVersion.V1)
    .setKeyValueMetadata(new Map(frame.pandas === undefined ? [] : [["pandas", frame.pandas]]));
  return parquet.writeParquet(table, settings.build());
}

/** Counts the rows of a data frame. */
export function rowCount(frame: DataFrame): number {
  const first = Object.values(frame.columns)[0];
  return first === undefined ? 0 : columnLength(first);
}

function requireReady(): void {
  if (ready) return;
  const fields = { kind: "dataframe", import: "@atdata/core/arrow" };
  throw new AtdataError("CODEC_MISSING", "the Parquet library is not loaded", fields, {
    hint: "await initArrow() first",
  });
}
