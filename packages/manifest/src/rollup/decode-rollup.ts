import { AtdataError, isAtdataError } from "@atdata/core";
import { type FileMetaData, parquetMetadata } from "hyparquet";
import type { ManifestField, ShardSummary } from "../summary/shard-summary.ts";
import { openCells } from "./rollup-cells.ts";
import { FORMAT, METADATA_KEY, type RollupMetadata } from "./rollup-columns.ts";
import { RollupShard, RollupTable } from "./rollup-shard.ts";

// A few bytes of Parquet can stand for any number of values; this many take half a gigabyte.
const maxValues = 2 ** 26;
const kinds = ["categorical", "numeric", "set", "time"];
const types = ["string", "int64", "double", "boolean"];

/**
 * Opens a roll-up. Its summaries decode its columns when they are asked, so that pruning pays only for what it looks at; where a
 * column turns out to be damaged, what is asked throws `FORMAT_INVALID`.
 *
 * Urls of shards are resolved beside `url` when asked for, which may throw `REF_INVALID`. The properties of a summary are getters: a
 * spread copies none of them. Copies: no; the summaries keep the bytes alive.
 *
 * Limits: 2^26 values.
 *
 * @throws AtdataError `FORMAT_INVALID`, or `FORMAT_TOO_NEW` when its major version is a newer one.
 */
export async function decodeRollup(bytes: Uint8Array, url: string): Promise<readonly ShardSummary[]> {
  const damage = (cause: unknown): AtdataError => {
    return isAtdataError(cause) ? cause : invalid(url, "roll-up is no readable Parquet file", cause);
  };
  try {
    const file = exactBuffer(bytes);
    const metadata = parquetMetadata(file, { geoparquet: false });
    const fields = readFields(metadata, url);
    const columns = new RollupTable(await openCells(file, metadata, damage), fields, url);
    return Array.from({ length: Number(metadata.num_rows) }, (_, row) => new RollupShard(columns, row));
  } catch (cause) {
    throw damage(cause);
  }
}

function exactBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) return buffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

function readFields(footer: FileMetaData, url: string): readonly ManifestField[] {
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
  const values = Number(footer.num_rows) * footer.schema.length;
  if (!(values <= maxValues)) throw invalid(url, `roll-up has more than ${maxValues} values`);
  return fields;
}

function isField(field: unknown): boolean {
  const { name, kind, type } = (field ?? {}) as Partial<ManifestField>;
  return typeof name === "string" && kinds.includes(kind as string) && types.includes(type as string);
}

function invalid(url: string, clause: string, cause?: unknown): AtdataError {
  return new AtdataError("FORMAT_INVALID", clause, { format: `${FORMAT}/1`, url }, { cause });
}
