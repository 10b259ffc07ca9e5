import { createHasher } from "@atdata/core";
import { decode } from "@atproto/lex-cbor";
import { type Cid, ifCid, type LexValue } from "@atproto/lex-data";

/** Version 1, DAG-CBOR, SHA-256 of 32 bytes. */
const HEAD = [0x01, 0x71, 0x12, 0x20];
const CID_BYTES = 36;

/** Blocks of a repository by their CIDs; each is compared with its CID when it is asked for. */
export interface Blocks {
  /** The block that all others are reached from. */
  readonly root: Cid;
  /**
   * Decodes a block.
   *
   * @throws TypeError – it is not there, differs from its CID, or is no DAG-CBOR.
   */
  get(cid: Cid): LexValue;
}

/**
 * Reads a CAR of version 1 with one root.
 *
 * @throws TypeError – it is none.
 */
export function readCar(bytes: Uint8Array): Blocks {
  const sections = sectionsOf(bytes);
  const header = sections.next().value;
  const root = header === undefined ? null : rootOf(decoded(header));
  if (root === null) throw new TypeError("it does not begin as a CAR does");
  const blocks = new Map<string, Uint8Array>();
  for (const section of sections) {
    const cid = section.subarray(0, CID_BYTES);
    if (cid.length < CID_BYTES || HEAD.some((byte, i) => cid[i] !== byte)) {
      throw new TypeError("it has a block with another kind of CID");
    }
    blocks.set(hex(cid), section.subarray(CID_BYTES));
  }
  return {
    root,
    get(cid) {
      const key = hex(cid.bytes);
      const block = blocks.get(key);
      if (block === undefined) throw new TypeError("it lacks a block");
      const hasher = createHasher();
      hasher.update(block);
      if (!key.endsWith(hasher.hex())) throw new TypeError("it has a block that differs from its CID");
      return decoded(block);
    },
  };
}

function rootOf(header: LexValue): Cid | null {
  const { version, roots } = fields(header);
  if (version !== 1 || !Array.isArray(roots) || roots.length !== 1) return null;
  return ifCid(roots[0]);
}

/** Gives the members of a map; what is no map has none. */
export function fields(value: LexValue | undefined): Readonly<Record<string, LexValue | undefined>> {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  // A copy has own members only, whatever the block names as its prototype.
  return isMap && ifCid(value) === null ? { ...(value as Readonly<Record<string, LexValue | undefined>>) } : {};
}

/** Gives the parts of a CAR, each with its length before it. */
function* sectionsOf(bytes: Uint8Array): Generator<Uint8Array, undefined, undefined> {
  for (let at = 0; at < bytes.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new TypeError("it is cut off, or no CAR");
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (length > bytes.length - at) throw new TypeError("it is cut off, or no CAR");
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function decoded(bytes: Uint8Array): LexValue {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new TypeError("it has a block that is no DAG-CBOR", { cause });
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
