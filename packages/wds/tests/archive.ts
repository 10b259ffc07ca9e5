import { ByteWriter, type Member, STEP_MORE, STEP_RECORD } from "@atdata/core";
import { TarReader } from "../src/tar-reader.ts";
import { TarWriter } from "../src/tar-writer.ts";

const BLOCK = 512;
const encoder = new TextEncoder();

/** Fields of a header that a test wants other than usual. */
export interface HeaderOptions {
  readonly type?: string;
  /** `"ustar"` (default), GNU's old magic, or none as in Unix V7. */
  readonly magic?: "ustar" | "gnu" | "v7";
  readonly prefix?: string;
  /** The size field, when it is not the octal length of the content. */
  readonly sizeField?: Uint8Array;
  readonly checksum?: "signed" | "wrong";
}

export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encoder.encode(content) : content;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, "0")}\0`;
}

/** Builds one header block, field by field, independently of the writer under test. */
export function header(name: string | Uint8Array, size: number, options: HeaderOptions = {}): Uint8Array {
  const { type = "0", magic = "ustar", prefix = "", sizeField, checksum } = options;
  const block = new Uint8Array(BLOCK);
  const put = (at: number, value: string | Uint8Array) => block.set(bytesOf(value), at);
  put(0, bytesOf(name).subarray(0, 100));
  put(100, octal(0o644, 7));
  put(108, octal(1000, 7));
  put(116, octal(1000, 7));
  put(124, sizeField ?? octal(size, 11));
  put(136, octal(1_700_000_000, 11));
  put(148, "        ");
  put(156, type);
  if (magic === "ustar") put(257, "ustar\x0000");
  if (magic === "gnu") put(257, "ustar  \0");
  put(345, prefix);
  let sum = block.reduce((total, byte) => total + (checksum === "signed" ? (byte << 24) >> 24 : byte), 0);
  if (checksum === "wrong") sum += 1;
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

export function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** Builds a member: header, content, padding. */
export function member(
  name: string | Uint8Array,
  content: string | Uint8Array,
  options: HeaderOptions = {},
): Uint8Array {
  const bytes = bytesOf(content);
  return concat(header(name, bytes.length, options), bytes, padding(bytes.length));
}

/** Builds a PAX header of records, whose lengths count themselves. */
export function pax(records: Readonly<Record<string, string>>, type = "x"): Uint8Array {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = bytesOf(` ${key}=${value}\n`);
    let length = rest.length;
    while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
    return concat(bytesOf(String(length)), rest);
  });
  return member("PaxHeader", concat(...lines), { type });
}

/** Builds GNU's member for a long name (`L`) or link (`K`). */
export function gnuLong(name: string, type: "L" | "K" = "L"): Uint8Array {
  return member("././@LongLink", `${name}\0`, { type, magic: "gnu" });
}

export const endMark: Uint8Array = new Uint8Array(2 * BLOCK);

/** What a reader says of one sample. */
export interface Found {
  readonly key: string;
  /** Payload, or files by extension, as text. */
  readonly content: string | Readonly<Record<string, string>>;
  readonly offset: number;
  readonly size: number;
}

const latin = new TextDecoder("latin1");

function contentOf(reader: TarReader, members: readonly Member[] | undefined): Found["content"] {
  if (members === undefined) return latin.decode(reader.bytes.subarray(reader.start, reader.end));
  return Object.fromEntries(members.map(({ extension, bytes }) => [extension, latin.decode(bytes)]));
}

/** Takes the records that the reader can give without more bytes; false at the end. */
export function drain(reader: TarReader, found: Found[]): boolean {
  for (;;) {
    const step = reader.next();
    if (step === STEP_MORE) return true;
    if (step !== STEP_RECORD) return false;
    const { offset, size } = reader;
    found.push({ key: reader.key(), content: contentOf(reader, reader.members()), offset, size });
  }
}

/** Reads an archive in chunks of the lengths that `lengthOf` gives, each copied to memory that is overwritten afterwards. */
export function readChunks(archive: Uint8Array, lengthOf: () => number, locate = false): Found[] {
  const reader = new TarReader("test.tar", locate);
  const found: Found[] = [];
  for (let at = 0; at < archive.length; ) {
    const chunk = archive.slice(at, at + lengthOf());
    at += chunk.length;
    reader.push(chunk);
    if (!drain(reader, found)) return found;
    // What was asked for more must not refer to the chunk any more.
    chunk.fill(0xee);
  }
  reader.finish();
  drain(reader, found);
  return found;
}

/** Reads a whole archive at once. */
export function read(...parts: readonly Uint8Array[]): Found[] {
  const archive = concat(...parts);
  return readChunks(archive, () => Math.max(archive.length, 1));
}

/** Keys and contents only. */
export function samples(...parts: readonly Uint8Array[]): [string, Found["content"]][] {
  return read(...parts).map(({ key, content }) => [key, content]);
}

/** Writes samples with the writer under test. */
export function write(entries: Iterable<readonly [string, Uint8Array]>): Uint8Array {
  const writer = new TarWriter();
  const out = new ByteWriter();
  for (const [key, payload] of entries) {
    writer.begin(out, key);
    out.append(payload);
    writer.end(out);
  }
  writer.close(out);
  return out.toBytes();
}
