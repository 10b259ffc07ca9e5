import type { ByteWriter } from "../codec/byte-writer.ts";
import { AtdataError } from "../errors.ts";
import {
  type ReadStep,
  type ShardFormat,
  type ShardReader,
  type ShardWriter,
  STEP_END,
  STEP_MORE,
  STEP_RECORD,
} from "../protocols/shard-format.ts";

const LENGTHS = 8;
const MAX_KEY_BYTES = 120;
/** Length of key, length of payload, little-endian, and room for the key; all 0 at the end of a shard. */
const HEADER: number = LENGTHS + MAX_KEY_BYTES;
const NOTHING = new Uint8Array();

/**
 * Gives the simplest format there is, for tests and as an example: a header with lengths and key, then the payload.
 *
 * Not meant for files that last.
 */
export function memoryFormat(): ShardFormat {
  return {
    name: "memory",
    suffix: ".mem",
    matches: (name) => name.endsWith(".mem"),
    reader: ({ shard, locate }) => new MemoryFormatReader(shard, locate ?? false),
    writer: () => new MemoryFormatWriter(),
    span: (offset, size) => ({ from: offset - HEADER, length: HEADER + size }),
    checkKey(key) {
      const length = new TextEncoder().encode(key).length;
      if (length > 0 && length <= MAX_KEY_BYTES && !/[.\p{Cc}]/u.test(key)) return;
      const clause = "a key has 1 to 120 bytes, no dot and no control character";
      throw new AtdataError("KEY_INVALID", clause, { key: key.slice(0, 100) });
    },
  };
}

class MemoryFormatWriter implements ShardWriter {
  readonly closeBytes: number = HEADER;
  #header = 0;
  #payload = 0;

  begin(out: ByteWriter, key: string): void {
    const bytes = new TextEncoder().encode(key);
    this.#header = out.length;
    out.append(new Uint8Array(HEADER));
    out.view.setUint32(this.#header, bytes.length, true);
    out.bytes.set(bytes, this.#header + LENGTHS);
    this.#payload = out.length;
  }

  end(out: ByteWriter): number {
    const size = out.length - this.#payload;
    out.view.setUint32(this.#header + 4, size, true);
    return size;
  }

  close(out: ByteWriter): void {
    out.append(new Uint8Array(HEADER));
  }
}

class MemoryFormatReader implements ShardReader {
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  offset = 0;
  size = 0;
  stride = 0;
  readonly #shard: string;
  readonly #locate: boolean;
  /** Byte of the shard that `bytes[0]` is; nothing was pushed yet while below 0. */
  #base = -1;
  /** Where the next record starts in the shard. */
  #record = 0;
  #keyLength = 0;
  #finished = false;

  constructor(shard: string, locate: boolean) {
    this.#shard = shard;
    this.#locate = locate;
  }

  get position(): number {
    return Math.max(this.#record, this.#base + this.bytes.length);
  }

  push(chunk: Uint8Array, offset: number = Math.max(this.#base, 0) + this.bytes.length): void {
    if (this.#base < 0) this.#record = offset;
    if (this.bytes.length === 0) {
      this.#base = offset;
      this.bytes = chunk;
      return;
    }
    if (offset !== this.#base + this.bytes.length) throw new RangeError("these bytes do not follow the ones before");
    const joined = new Uint8Array(this.bytes.length + chunk.length);
    joined.set(this.bytes);
    joined.set(chunk, this.bytes.length);
    this.bytes = joined;
  }

  finish(): void {
    this.#finished = true;
  }

  next(): ReadStep {
    const at = this.#record - Math.max(this.#base, 0);
    const have = this.bytes.length - at;
    if (have < HEADER) return this.#more(at);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    const keyLength = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    if (keyLength === 0 && size === 0) return STEP_END;
    if (keyLength === 0 || keyLength > MAX_KEY_BYTES) {
      const fields = { shard: this.#shard, offset: this.#record };
      throw new AtdataError("SHARD_CORRUPT", "a record has no key of a proper length", fields);
    }
    const length = HEADER + size;
    if (!this.#locate && have < length) return this.#more(at);
    this.start = at + HEADER;
    this.end = at + length;
    this.offset = this.#record + HEADER;
    this.size = size;
    this.#keyLength = keyLength;
    this.#record += length;
    return STEP_RECORD;
  }

  key(): string {
    const from = this.start - MAX_KEY_BYTES;
    return new TextDecoder().decode(this.bytes.subarray(from, from + this.#keyLength));
  }

  members(): undefined {
    return undefined;
  }

  /** Keeps what is left in memory of its own, as the chunk goes back to its owner. */
  #more(at: number): ReadStep {
    if (this.#finished) {
      const fields = { shard: this.#shard, offset: this.#record };
      throw new AtdataError("SHARD_TRUNCATED", "the shard ends in the middle of a record", fields);
    }
    this.#base = Math.max(this.#base, 0) + Math.min(at, this.bytes.length);
    this.bytes = this.bytes.slice(at);
    return STEP_MORE;
  }
}
