const SLASH = 0x2f;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;
const SUFFIX = [0x6d, 0x73, 0x67, 0x70, 0x61, 0x63, 0x6b]; // msgpack

/** A member's name, taken apart: bytes in `bytes`, the key up to `keyEnd`, the extension behind its dot. */
export class MemberName {
  /** The memory that the name is in. */
  bytes: Uint8Array = new Uint8Array(0);
  /** First byte. */
  start = 0;
  /** First byte behind the key, where the dot stands. */
  keyEnd = 0;
  /** First byte behind the name. */
  end = 0;
  /** Whether the extension is `msgpack`, in any case. */
  isPayload = false;

  /**
   * Takes a name apart, which ends at a NUL or at `limit`: the key is the directory part and the base name up to its first dot.
   *
   * Gives false for names that are no part of a sample: without a dot, with a base name that starts with one, and `__…__` names.
   */
  split(bytes: Uint8Array, start: number, limit: number): boolean {
    let base = start;
    let dot = -1;
    let end = start;
    for (; end < limit; end++) {
      const byte = bytes[end];
      if (byte === 0) break;
      if (byte === SLASH) {
        base = end + 1;
        dot = -1;
      } else if (byte === DOT && dot < 0) dot = end;
    }
    if (dot <= base) return false;
    if (bytes[start] === UNDERSCORE && isReserved(bytes, start, end)) return false;
    this.bytes = bytes;
    this.start = start;
    this.keyEnd = dot;
    this.end = end;
    this.isPayload = end - dot === SUFFIX.length + 1 && endsAsPayload(bytes, dot + 1);
    return true;
  }

  /**
   * Makes a payload's name of one that was cut off where its field ends; false when it is a file's name.
   *
   * `bytes` needs room for the suffix.
   */
  completeCut(bytes: Uint8Array, end: number): boolean {
    let base = end;
    while (base > 0 && bytes[base - 1] !== SLASH) base -= 1;
    let dot = bytes.indexOf(DOT, base);
    if (dot < 0 || dot > end) dot = end;
    if (dot === base && dot < end) return false;
    for (let i = dot + 1; i < end; i++) if (((bytes[i] as number) | 0x20) !== SUFFIX[i - dot - 1]) return false;
    bytes[dot] = DOT;
    bytes.set(SUFFIX, dot + 1);
    this.bytes = bytes;
    this.start = 0;
    this.keyEnd = dot;
    this.end = dot + 1 + SUFFIX.length;
    this.isPayload = true;
    return true;
  }

  /** What follows the dot, lower-case. */
  get extension(): string {
    return text.decode(this.bytes.subarray(this.keyEnd + 1, this.end)).toLowerCase();
  }
}

function endsAsPayload(bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < SUFFIX.length; i++) if (((bytes[from + i] as number) | 0x20) !== SUFFIX[i]) return false;
  return true;
}

const text = new TextDecoder("utf-8", { ignoreBOM: true });

/** Names that start with `__…__` up to the first slash or the end are archive metadata to WebDataset, not samples. */
function isReserved(bytes: Uint8Array, start: number, end: number): boolean {
  let stop = bytes.indexOf(SLASH, start);
  if (stop < 0 || stop > end) stop = end;
  return (
    stop - start >= 4 &&
    bytes[start + 1] === UNDERSCORE &&
    bytes[stop - 1] === UNDERSCORE &&
    bytes[stop - 2] === UNDERSCORE
  );
}
