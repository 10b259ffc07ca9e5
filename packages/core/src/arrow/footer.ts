const rowGroups = 4;
const listType = 9;
const structType = 12;
const maxDepth = 16;

/**
 * Gives a Parquet file a form that strict readers take.
 *
 * fastparquet says of an empty list of row groups that it would hold bytes, where the format wants structs; parquet-wasm refuses that
 * file. One byte of the footer is set right, in a copy; every other file, broken ones included, comes back as it is.
 */
export function repairFooter(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 12) return bytes;
  const footerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
  const start = bytes.length - 8 - footerLength;
  if (start < 4) return bytes;
  const at = emptyListAt({ bytes, at: start, end: bytes.length - 8 });
  if (at === undefined) return bytes;
  const repaired = bytes.slice();
  repaired[at] = structType;
  return repaired;
}

/** A place in Thrift's compact encoding; past the end every byte is 0, which ends structs and varints. */
interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

function emptyListAt(r: Reader): number | undefined {
  let id = 0;
  for (let header = next(r); header !== 0; header = next(r)) {
    const delta = header >> 4;
    // Fields of the footer are written in order, so that the long form of their numbers does not occur before this one.
    if (delta === 0) return undefined;
    id += delta;
    const type = header & 15;
    if (id === rowGroups && type === listType)
      return (r.bytes[r.at] ?? 0xff) >> 4 === 0 && r.bytes[r.at] !== structType ? r.at : undefined;
    if (id > rowGroups) return undefined;
    skip(r, type, 0);
  }
  return undefined;
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
  const header = next(r);
  const length = header >> 4 === 15 ? varint(r) : header >> 4;
  for (let i = 0; i < length && r.at < r.end; i++) skip(r, header & 15, depth + 1);
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
