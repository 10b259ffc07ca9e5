import { closeSync, openSync, writeSync } from "node:fs";

const BLOCK = 512;
const RECORD = 20 * BLOCK;
/** Ticks of 100 ns since 1582 at a moment that is as good as any other. */
const FIRST_TICK = 140_049_780_000_000_000n;
const FIRST_MTIME = 1_795_397_286;

/** Writes payloads as Python's writer does: each member behind a PAX header that holds nothing but a fractional time. */
export function writePythonShard(path: string, payloads: readonly Uint8Array[]): void {
  const file = openSync(path, "wx");
  try {
    let bytes = 0;
    payloads.forEach((payload, i) => {
      const mtime = `${FIRST_MTIME + Math.floor(i / 20_000)}.${String((i * 353) % 10_000_000).padStart(7, "0")}`;
      bytes += writeSync(file, pythonMember(timeKey(FIRST_TICK + BigInt(i) * 500n), mtime, payload));
    });
    // Two empty blocks, and more of them up to a whole record.
    writeSync(file, Buffer.alloc(Math.ceil((bytes + 2 * BLOCK) / RECORD) * RECORD - bytes));
  } finally {
    closeSync(file);
  }
}

/** Gives a sample's four parts: PAX header and its record, member header, payload with padding. */
export function pythonMember(key: string, mtime: string, payload: Uint8Array): Uint8Array {
  const record = paxRecord("mtime", mtime);
  const out = Buffer.alloc(3 * BLOCK + Math.ceil(payload.length / BLOCK) * BLOCK);
  writeHeader(out.subarray(0, BLOCK), { name: "././@PaxHeader", type: "x", mode: 0, mtime: 0, size: record.length });
  out.write(record, BLOCK, "latin1");
  const own = { name: `${key}.msgpack`, type: "0", mode: 0o444, mtime: Math.round(Number(mtime)), owner: "bigdata" };
  writeHeader(out.subarray(2 * BLOCK, 3 * BLOCK), { ...own, size: payload.length });
  out.set(payload, 3 * BLOCK);
  return out;
}

interface Header {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly mtime: number;
  readonly size: number;
  readonly owner?: string;
}

function writeHeader(block: Buffer, header: Header): void {
  const octal = (at: number, digits: number, value: number): void => {
    block.write(`${value.toString(8).padStart(digits, "0")}\0`, at, "latin1");
  };
  block.write(header.name, 0, "latin1");
  octal(100, 7, header.mode);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, header.size);
  octal(136, 11, header.mtime);
  block.write(`        ${header.type}`, 148, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  block.write(header.owner ?? "", 265, "latin1");
  block.write(header.owner ?? "", 297, "latin1");
  octal(
    148,
    6,
    block.reduce((sum, byte) => sum + byte, 0),
  );
}

function paxRecord(name: string, value: string): string {
  const rest = ` ${name}=${value}\n`;
  // The length counts its own digits.
  let length = rest.length;
  while (`${length}${rest}`.length !== length) length += 1;
  return `${length}${rest}`;
}

/** Forms a version-1 UUID without clock sequence and node, as Python's keys are. */
function timeKey(tick: bigint): string {
  const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, "0");
  const [low, middle, high] = [tick & 0xffff_ffffn, (tick >> 32n) & 0xffffn, (tick >> 48n) & 0xfffn];
  return `${hex(low, 8)}-${hex(middle, 4)}-1${hex(high, 3)}-8000-000000000000`;
}
