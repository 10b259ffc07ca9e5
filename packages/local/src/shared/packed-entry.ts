import { contentId, decodeDynamic, encodeDynamic, type IndexEntry, type NewEntry } from "@atdata/core";
import { corrupt, type Place } from "./corrupt.ts";

/** An entry as every provider holds it, which is as Python atdata does: urls and metadata are msgpack. */
export interface PackedEntry {
  /** The content id. */
  readonly id: string;
  /** The dataset's name. */
  readonly name: string;
  /** The reference of its schema. */
  readonly schemaRef: string;
  /** msgpack of the list of urls. */
  readonly dataUrls: Uint8Array;
  /** msgpack of a map, where there is metadata. */
  readonly metadata: Uint8Array | undefined;
}

/**
 * Packs an entry.
 *
 * @throws TypeError – for metadata without a msgpack form.
 * @throws AtdataError `INTEGER_TOO_LARGE` – for a bigint beyond 64 bits in the metadata.
 */
export function packEntry({ name, schemaRef, dataUrls, metadata }: NewEntry): PackedEntry {
  return {
    id: contentId({ schemaRef, dataUrls }),
    name,
    schemaRef,
    dataUrls: encodeDynamic(dataUrls),
    metadata: metadata === undefined ? undefined : encodeDynamic(metadata),
  };
}

/**
 * Unpacks an entry.
 *
 * @throws AtdataError `INDEX_CORRUPT` – urls are no list of strings, or metadata is no map.
 */
export function unpackEntry(packed: PackedEntry, createdAt: string | undefined, place: Place): IndexEntry {
  const { id, name, schemaRef } = packed;
  const dataUrls = unpack(packed.dataUrls, "data_urls", place);
  if (!isStrings(dataUrls)) throw corrupt(place, "data_urls is no list of strings");
  // Python writes nil where it has none.
  const metadata =
    packed.metadata === undefined ? undefined : (unpack(packed.metadata, "metadata", place) ?? undefined);
  if (metadata !== undefined && !isMap(metadata)) throw corrupt(place, "metadata is no map");
  return { id, name, schemaRef, dataUrls, metadata, createdAt };
}

function unpack(bytes: Uint8Array, field: string, place: Place): unknown {
  try {
    return decodeDynamic(bytes);
  } catch (cause) {
    throw corrupt(place, `${field} is not msgpack`, cause);
  }
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
