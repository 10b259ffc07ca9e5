// Fields of FileMetaData in parquet.thrift, and types of the compact encoding.
const schema = 2;
const rowCount = 3;
const rowGroups = 4;
const listType = 9;
const structType = 12;
const maxDepth = 16;

/** What the end of a Parquet file says about the whole. */
export interface Footer {
  /** Number of rows. */
  readonly rows: number;
  /** Number of entries of the schema: columns, groups of them, and the root. */
  readonly entries: number;
  /** Where the type of an empty list of row groups stands, when it is not the one that the format wants. */
  readonly wrongType: number | undefined;
}

/** Reads the end of a Parquet file as far as its row groups; `undefined` when it is not well-formed up to there. */
export function readFooter(bytes: Uint8Array): Footer | undefined {
  if (bytes.length < 12) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
  const r: Reader = { bytes, at: bytes.length - 8 - length, end: bytes.length - 8 };
  if (r.at < 4) return undefined;
  let rows = 0;
  let entries = 0;
  let id = 0;
  for (let header = next(r); header !== 0; header = next(r)) {
    const type = header & 15;
    id += header >> 4;
    const found = type === listType ? (r.bytes[r.at] ?? 0) : 0;
    // Fields are written in order; the long form of their numbers does not occur among the first.
    if (header >> 4 === 0 || id > rowGroups || !Number.isSafeInteger(rows)) return undefined;
    if (id === rowGroups)
      return { rows, entries, wrongType: found >> 4 === 0 && found !== structType ? r.at : undefined };
    if (id === schema && type === listType) entries = listLength({ ...r });
    // The count is zigzag-encoded: even numbers are twice the positive ones.
    if (id === rowCount) rows = varint({ ...r }) / 2;
    skip(r, type, 0);
  }
  return undefined;
}

/**
 * Gives a Parquet file a form that strict readers take.
 *
 * fastparquet says of an empty list of row groups that it would hold bytes, where the format wants structs; parquet-wasm refuses that
 * file. One byte of the footer is set right, in a copy; every other file comes back as it is.
 */
export function repairFooter(bytes: Uint8Array, { wrongType }: Footer): Uint8Array {
  if (wrongType === undefined) return bytes;
  const repaired = bytes.slice();
  repaired[wrongType] = structType;
  return repaired;
}

/** A place in Thrift's compact encoding; past the end every byte is 0, which ends structs and varints. */
interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

function skip(r: Reader, type: number, depth: number): void {
  if (depth > maxDepth) r.at = r.end;
  else if (type === 3) r.at += 1;
  else if (type >= 4 && type <= 6) varint(r);
  else if (type === 7) r.at += 8;
  else if (type === 8) skipText(r);
  else if (type === listType) skipList(r, depth);
  else if (type === structType) skipStruct(r, depth);
  // 1 and 2 are booleans, whose value is their type; maps do not occur in the footer.
  else if (type !== 1 && type !== 2) r.at = r.end;
}

function skipText(r: Reader): void {
  const length = varint(r);
  r.at += length;
}

function skipList(r: Reader, depth: number): void {
  const header = r.bytes[r.at] ?? 0;
  const length = listLength(r);
  for (let i = 0; i < length && r.at < r.end; i++) skip(r, header & 15, depth + 1);
}

function listLength(r: Reader): number {
  const short = next(r) >> 4;
  return short === 15 ? varint(r) : short;
}

function skipStruct(r: Reader, depth: number): void {
  for (let header = next(r); header !== 0; header = next(r)) {
    if (header >> 4 === 0) varint(r);
    skip(r, header & 15, depth + 1);
  }
}

function varint(r: Reader): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = next(r);
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
}

function next(r: Reader): number {
  return r.at < r.end ? (r.bytes[r.at++] as number) : 0;
}
