import { AtdataError, isAtdataError, redactUrl } from "@atdata/core";
import { initArrow } from "@atdata/core/arrow";
import { type Table, tableFromIPC } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { readParquet } from "parquet-wasm";
import type { ManifestField, ShardSummary } from "../summary/shard-summary.ts";
import { FORMAT, METADATA_KEY, type RollupMetadata } from "./rollup-columns.ts";
import { RollupShard, RollupTable } from "./rollup-shard.ts";

// A few bytes of Parquet can stand for any number of values; this many take half a gigabyte.
const maxValues = 2 ** 26;
const kinds = ["categorical", "numeric", "set", "time"];
const types = ["string", "int64", "double", "boolean"];

/**
 * Decodes a roll-up. Its summaries read from its columns when they are asked, so that pruning pays only for what it looks at.
 *
 * Urls of shards are resolved beside `url` when asked for, which may throw `REF_INVALID`. The properties of a summary are getters: a
 * spread copies none of them. Copies: no; the summaries keep the decoded columns alive.
 *
 * Limits: 2^26 values.
 *
 * @throws AtdataError `FORMAT_INVALID`, or `FORMAT_TOO_NEW` when its major version is a newer one.
 */
export async function decodeRollup(bytes: Uint8Array, url: string): Promise<readonly ShardSummary[]> {
  await initArrow();
  try {
    const { rows, fields } = readMetadata(bytes, url);
    const stream = readParquet(bytes, { limit: rows, batchSize: Math.max(1, rows) }).intoIPCStream();
    const table: Table = tableFromIPC(stream);
    const columns = new RollupTable(table, fields, url);
    return Array.from({ length: table.numRows }, (_, row) => new RollupShard(columns, row));
  } catch (cause) {
    if (isAtdataError(cause)) throw cause;
    throw invalid(url, "roll-up is no readable Parquet file", cause);
  }
}

function readMetadata(bytes: Uint8Array, url: string): { rows: number; fields: readonly ManifestField[] } {
  const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  const footer = parquetMetadata(whole ? (bytes.buffer as ArrayBuffer) : bytes.slice().buffer);
  const text = footer.key_value_metadata?.find(({ key }) => key === METADATA_KEY)?.value;
  if (text === undefined) throw invalid(url, "Parquet file is no roll-up");
  const { format, fields } = JSON.parse(text) as Partial<RollupMetadata>;
  const version = new RegExp(`^${FORMAT}/(\\d+)$`).exec(String(format))?.[1];
  if (version === undefined) throw invalid(url, "Parquet file is no roll-up");
  if (version !== "1") {
    const found = { format: String(format), found: version, supported: "1" };
    throw new AtdataError("FORMAT_TOO_NEW", "roll-up is of a newer version", found, { hint: "update atdata" });
  }
  if (!Array.isArray(fields) || !fields.every(isField)) throw invalid(url, "roll-up does not tell its fields");
  const rows = Number(footer.num_rows);
  if (!(rows * footer.schema.length <= maxValues)) throw invalid(url, `roll-up has more than ${maxValues} values`);
  return { rows, fields };
}

function isField(field: unknown): boolean {
  const { name, kind, type } = (field ?? {}) as Partial<ManifestField>;
  return typeof name === "string" && kinds.includes(kind as string) && types.includes(type as string);
}

function invalid(url: string, clause: string, cause?: unknown): AtdataError {
  return new AtdataError("FORMAT_INVALID", clause, { format: `${FORMAT}/1`, url: redactUrl(url) }, { cause });
}
