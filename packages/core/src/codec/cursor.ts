/** How arrays and bytes leave the memory they are read from. */
export type Ownership =
  /** Everything is copied: results never refer to the memory read. */
  | "copy"
  /** Small values are copied, large arrays are views; `escaped` then says that a view was given out. */
  | "share"
  /** Everything that is aligned is a view, valid only until the memory is used again. */
  | "borrow";

const SLAB_BYTES = 256 * 1024;

/** Values up to this many bytes are copied into a shared slab; larger ones are views or get memory of their own. */
export const SLAB_LIMIT: number = 16 * 1024;

// Shared by all cursors: making memory, even none, is what costs most where single values are decoded.
const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);

/** Thrown by {@link miss}; one object, so that it costs no stack trace. Never leaves the codecs. */
export const MISS: symbol = Symbol("atdata.miss");

/** Says that the bytes at the cursor are not what the reader expects. */
export function miss(): never {
  throw MISS;
}

/**
 * A position in bytes that are decoded, one object for a whole iteration.
 *
 * Readers move `pos`; they may run past `end` by a few bytes, because whoever called the sample codec compares the two afterwards.
 */
export class Cursor {
  /** The memory read. */
  bytes: Uint8Array = NO_BYTES;
  /** A view of the same memory. */
  view: DataView = NO_VIEW;
  /** Next byte. */
  pos = 0;
  /** First byte behind the payload. */
  end = 0;
  /** Whether a value that was read refers to `bytes`. */
  escaped = false;
  /** How values leave the memory. */
  readonly ownership: Ownership;
  /** The memory that small values are copied into. */
  slab: Uint8Array = NO_BYTES;
  /** The buffer of `slab`. */
  slabBuffer: ArrayBufferLike = NO_BYTES.buffer;
  /** The buffer of `bytes`, kept because asking for it costs a call into the runtime. */
  buffer: ArrayBufferLike = NO_BYTES.buffer;
  /** Where `bytes` starts in it. */
  base = 0;
  #slabUsed = 0;

  /** Starts with no memory; see {@link attach}. */
  constructor(ownership: Ownership) {
    this.ownership = ownership;
  }

  /** Points the cursor at other memory. */
  attach(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.buffer = bytes.buffer;
    this.base = bytes.byteOffset;
    this.view = new DataView(this.buffer, this.base, bytes.byteLength);
    this.escaped = false;
  }

  /**
   * Takes `length` bytes of the slab, aligned to 8, and gives their offset in `slab`.
   *
   * A slab is never handed out twice, so what lies in it belongs to the values; it holds nothing but values.
   */
  allocate(length: number): number {
    const at = (this.#slabUsed + 7) & ~7;
    if (at + length > this.slab.length) {
      this.slab = new Uint8Array(SLAB_BYTES);
      this.slabBuffer = this.slab.buffer;
      this.#slabUsed = length;
      return 0;
    }
    this.#slabUsed = at + length;
    return at;
  }

  /** Takes `length` bytes from `pos` as bytes that obey the ownership, and moves on. */
  takeBytes(length: number): Uint8Array {
    const from = this.pos;
    const to = from + length;
    if (to > this.end) miss();
    this.pos = to;
    // Never a method of `bytes`: a Buffer's give Buffers, and its `slice` does not copy.
    const there = new Uint8Array(this.buffer, this.base + from, length);
    if (this.ownership === "borrow") return there;
    if (length > SLAB_LIMIT) {
      if (this.ownership === "copy") return there.slice();
      this.escaped = true;
      return there;
    }
    const at = this.allocate(length);
    this.slab.set(there, at);
    return new Uint8Array(this.slabBuffer, at, length);
  }
}
