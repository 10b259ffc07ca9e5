import { BINARY, LIST, readStruct, STRUCT, type ThriftList, type ThriftStruct, writeStruct } from "./thrift.ts";

// Field ids of parquet.thrift.
const FILE_ROWS = 3;
const FILE_GROUPS = 4;
const FILE_NOTES = 5;
const GROUP_COLUMNS = 1;
const GROUP_OFFSET = 5;
const GROUP_ORDINAL = 7;
const CHUNK_OFFSET = 2;
const CHUNK_METADATA = 3;
const CHUNK_INDEXES: readonly number[] = [4, 5, 6, 7];
const COLUMN_PAGE_OFFSETS: readonly number[] = [9, 10, 11];

const magic = 4;
const tail = 8;

/**
 * Joins Parquet files of one schema, from one writer, into one that has the row groups of all, in order.
 *
 * Pages are taken over as they are, page indexes and Bloom filters left out. The files' own metadata are the first one's, and
 * `notes` besides.
 */
export function joinParquet(files: readonly Uint8Array[], notes: ReadonlyMap<string, string>): Uint8Array {
  const first = files[0];
  if (first === undefined) throw new RangeError("no files to join");
  const footers = files.map(readFooter);
  const joined = (footers[0] as Footer).metadata;
  const groups: ThriftStruct[] = [];
  let rows = 0n;
  let start = magic;
  for (const { metadata, length } of footers) {
    rows += metadata.get(FILE_ROWS)?.value as bigint;
    for (const group of structs(metadata, FILE_GROUPS)) {
      moveGroup(group, BigInt(start - magic), groups.length);
      groups.push(group);
    }
    start += length - magic;
  }
  (joined.get(FILE_ROWS) as { value: unknown }).value = rows;
  (joined.get(FILE_GROUPS) as { value: ThriftList }).value.items = groups;
  if (notes.size > 0) addNotes(joined, notes);
  const footer = writeStruct(joined);
  const out = new Uint8Array(start + footer.length + tail);
  out.set(first.subarray(0, magic));
  let at = magic;
  for (const [i, file] of files.entries()) {
    const data = file.subarray(magic, (footers[i] as Footer).length);
    out.set(data, at);
    at += data.length;
  }
  out.set(footer, at);
  new DataView(out.buffer).setUint32(at + footer.length, footer.length, true);
  out.set(first.subarray(0, magic), out.length - magic);
  return out;
}

interface Footer {
  readonly metadata: ThriftStruct;
  /** Bytes before the footer. */
  readonly length: number;
}

function readFooter(file: Uint8Array): Footer {
  const size = new DataView(file.buffer, file.byteOffset).getUint32(file.length - tail, true);
  const length = file.length - tail - size;
  return { metadata: readStruct(file.subarray(length, length + size)), length };
}

function addNotes(file: ThriftStruct, notes: ReadonlyMap<string, string>): void {
  const before = file.get(FILE_NOTES)?.value as ThriftList | undefined;
  const added = Array.from(notes, ([key, value]): ThriftStruct => {
    return new Map([
      [1, { type: BINARY, value: new TextEncoder().encode(key) }],
      [2, { type: BINARY, value: new TextEncoder().encode(value) }],
    ]);
  });
  file.set(FILE_NOTES, { type: LIST, value: { type: STRUCT, items: [...(before?.items ?? []), ...added] } });
}

function moveGroup(group: ThriftStruct, distance: bigint, ordinal: number): void {
  move(group, GROUP_OFFSET, distance);
  const number = group.get(GROUP_ORDINAL);
  // The ordinal has 16 bits; it may be left out.
  if (number !== undefined && ordinal < 2 ** 15) number.value = BigInt(ordinal);
  else group.delete(GROUP_ORDINAL);
  for (const chunk of structs(group, GROUP_COLUMNS)) {
    // Zero says that metadata stand in the footer only.
    if (chunk.get(CHUNK_OFFSET)?.value !== 0n) move(chunk, CHUNK_OFFSET, distance);
    for (const id of CHUNK_INDEXES) chunk.delete(id);
    const metadata = chunk.get(CHUNK_METADATA)?.value as ThriftStruct;
    for (const id of COLUMN_PAGE_OFFSETS) move(metadata, id, distance);
  }
}

function structs(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  return (struct.get(id) as { value: ThriftList }).value.items as ThriftStruct[];
}

function move(struct: ThriftStruct, id: number, distance: bigint): void {
  const field = struct.get(id);
  if (field !== undefined) field.value = (field.value as bigint) + distance;
}
