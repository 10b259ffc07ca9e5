import type { ByteWriter, ShardWriter } from "@atdata/core";
import { BLOCK, padded } from "./tar-header.ts";

const SUFFIX = ".msgpack";
const MAX_NAME = 100;
const SIZE_AT = 124;
const CHECKSUM_AT = 148;
const encoder = new TextEncoder();

/** A header but for name, size and checksum; the sum of its bytes with a blank checksum. */
const template: Uint8Array = makeTemplate();
const templateSum: number = template.reduce((sum, byte) => sum + byte, 0);

/**
 * Writes samples as members `<key>.msgpack` of a plain ustar archive; a name that is long or not ASCII has a PAX `path` record.
 *
 * Bytes depend on keys and payloads alone: time, owner and mode are constants.
 */
export class TarWriter implements ShardWriter {
  readonly closeBytes: number = 2 * BLOCK;
  #headerAt = 0;
  #nameSum = 0;

  begin(out: ByteWriter, key: string): void {
    let name: string | Uint8Array = key + SUFFIX;
    if (!isShortAscii(name)) {
      const utf8 = encoder.encode(name);
      this.#writePath(out, utf8);
      name = utf8;
    }
    this.#beginMember(out, name);
  }

  end(out: ByteWriter): number {
    const size = out.length - this.#headerAt - BLOCK;
    out.reserve(BLOCK);
    const stop = this.#headerAt + BLOCK + padded(size);
    out.bytes.fill(0, out.length, stop);
    out.length = stop;
    const header = this.#headerAt;
    const sum = this.#nameSum + writeOctal(out.bytes, header + SIZE_AT, 11, size);
    writeOctal(out.bytes, header + CHECKSUM_AT, 6, sum);
    out.bytes[header + CHECKSUM_AT + 6] = 0;
    return size;
  }

  close(out: ByteWriter): void {
    out.reserve(this.closeBytes);
    out.bytes.fill(0, out.length, out.length + this.closeBytes);
    out.length += this.closeBytes;
  }

  #beginMember(out: ByteWriter, name: string | Uint8Array): void {
    out.reserve(2 * BLOCK);
    const { bytes } = out;
    const at = out.length;
    bytes.set(template, at);
    let sum = templateSum;
    const length = Math.min(name.length, MAX_NAME);
    for (let i = 0; i < length; i++) {
      const byte = typeof name === "string" ? name.charCodeAt(i) : (name[i] as number);
      bytes[at + i] = byte;
      sum += byte;
    }
    this.#headerAt = at;
    this.#nameSum = sum;
    out.length = at + BLOCK;
  }

  #writePath(out: ByteWriter, name: Uint8Array): void {
    this.#beginMember(out, "././@PaxHeader");
    out.bytes[this.#headerAt + 156] = 0x78;
    this.#nameSum += 0x78 - 0x30;
    const rest = " path=".length + name.length + 1;
    // The length counts its own digits.
    let length = rest + String(rest).length;
    if (String(length).length > String(rest).length) length += 1;
    out.append(encoder.encode(`${length} path=`));
    out.append(name);
    out.append(Uint8Array.of(0x0a));
    this.end(out);
  }
}

function isShortAscii(name: string): boolean {
  if (name.length > MAX_NAME) return false;
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** Writes a number in octal digits; gives what their bytes add to a sum that counted zero digits there. */
function writeOctal(bytes: Uint8Array, at: number, digits: number, value: number): number {
  let rest = value;
  let sum = 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const digit = rest % 8;
    bytes[i] = 0x30 + digit;
    sum += digit;
    rest = (rest - digit) / 8;
  }
  return sum;
}

function makeTemplate(): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (at: number, value: string) => header.set(encoder.encode(value), at);
  put(100, "0000444\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(SIZE_AT, "00000000000\0");
  put(136, "00000000000\0");
  put(CHECKSUM_AT, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  return header;
}
