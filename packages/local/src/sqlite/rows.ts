import { type IndexEntry, type Label, localSchemaRef, type StoredLensRecord, type StoredSchema } from "@atdata/core";
import { corrupt, type Place } from "../shared/corrupt.ts";
import { fromJsonText } from "../shared/json-text.ts";
import { unpackEntry } from "../shared/packed-entry.ts";

/** A row as a driver gives it: SQLite lets a column hold anything. */
type Row = Readonly<Record<string, unknown>>;

/** Reads a row of `dataset_entries`. */
export function entryOf(row: unknown, index: string): IndexEntry {
  const { cid, name, schema_ref, data_urls, metadata, created_at } = row as Row;
  const at = { index, key: String(cid) };
  const packed = {
    id: text(cid, at),
    name: text(name, at),
    schemaRef: text(schema_ref, at),
    dataUrls: bytes(data_urls, at),
    metadata: metadata === null ? undefined : bytes(metadata, at),
  };
  return unpackEntry(packed, timeOf(created_at), at);
}

/** Reads a row of `schemas`. */
export function schemaOf(row: unknown, index: string): StoredSchema {
  const { name, version, schema_json } = row as Row;
  const at = { index, key: `${String(name)}@${String(version)}` };
  const known = { name: text(name, at), version: text(version, at) };
  return { ...known, json: fromJsonText(text(schema_json, at), at), ref: localSchemaRef(known.name, known.version) };
}

/** Reads a row of `lenses`. */
export function lensOf(row: unknown, index: string): StoredLensRecord {
  const { name, version, lens_json } = row as Row;
  const at = { index, key: `${String(name)}@${String(version)}` };
  return { name: text(name, at), version: text(version, at), json: fromJsonText(text(lens_json, at), at) };
}

/** Reads a row of `labels`. */
export function labelOf(row: unknown, index: string): Label {
  const { name, cid, version, description, created_at } = row as Row;
  const at = { index, key: `${String(name)}@${String(version)}` };
  return {
    name: text(name, at),
    version: text(version, at),
    id: text(cid, at),
    description: description === null ? undefined : text(description, at),
    createdAt: timeOf(created_at),
  };
}

function text(value: unknown, at: Place): string {
  if (typeof value === "string") return value;
  throw corrupt(at, "a column that should hold text holds something else");
}

/** A plain view: one driver gives `Buffer`s, whose class would be passed on to the bytes in the metadata. */
function bytes(value: unknown, at: Place): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.length);
  throw corrupt(at, "a column that should hold bytes holds something else");
}

/** SQLite's `datetime('now')`, which is in UTC and does not say so. */
function timeOf(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)) return undefined;
  return `${value.replace(" ", "T")}Z`;
}
