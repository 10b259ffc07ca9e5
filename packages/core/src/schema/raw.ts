import type { Cursor } from "../codec/cursor.ts";
import { isPlainObject, readDynamic, writeDynamic } from "../codec/dynamic.ts";
import { writeBinHead, writeMapHead, writeNil, writeString } from "../codec/msgpack-write.ts";
import type { SampleCodec } from "../codec/sample-codec.ts";
import { AtdataError, isAtdataError, withFields } from "../errors.ts";
import { compactSize, encodeCompactInto } from "../ndarray/compact.ts";
import { isNdArray } from "../ndarray/layout.ts";
import { describeValue, Problems } from "./problems.ts";
import { describeTag } from "./read-by-name.ts";
import type { RawSample } from "./sample-type.ts";

/**
 * Reads and writes samples that have no declared type: what a dataset uses when it has none.
 *
 * Reading gives what msgpack says: nil is `null`, integers beyond ±2^53 are bigints, arrays stay bytes. Writing takes
 * n-d arrays as fields too; whole numbers become integers, so a float `1.0` does not stay one: declare a type for that.
 */
export const rawCodec: SampleCodec<RawSample> = {
  read(c) {
    const start = c.pos;
    if (!startsMap(c)) {
      const found = describeTag(c.bytes, start, c.end);
      throw new AtdataError("MSGPACK_INVALID", `payload is not a map of fields but ${found}`, { offset: 0 });
    }
    const sample = readDynamic(c) as RawSample;
    if (c.pos === c.end) return sample;
    throw new AtdataError("MSGPACK_INVALID", "bytes follow the sample", { offset: c.pos - start });
  },
  write(out, sample) {
    if (!isPlainObject(sample)) throw mistyped("sample", "a sample", sample);
    const start = out.length;
    const entries = Object.entries(sample);
    writeMapHead(out, entries.length);
    for (const [name, value] of entries) {
      try {
        writeString(out, name);
        if (value === undefined) writeNil(out);
        else if (isNdArray(value)) {
          writeBinHead(out, compactSize(value));
          encodeCompactInto(out, value);
        } else writeDynamic(out, value);
      } catch (error) {
        out.length = start;
        if (isAtdataError(error)) throw withFields(error, { field: name });
        throw mistyped(name, "a value that msgpack has", value, error);
      }
    }
  },
};

function startsMap(c: Cursor): boolean {
  const tag = c.bytes[c.pos] as number;
  return c.pos < c.end && ((tag & 0xf0) === 0x80 || tag === 0xde || tag === 0xdf);
}

function mistyped(field: string, want: string, value: unknown, cause?: unknown): AtdataError<"SCHEMA_MISMATCH"> {
  const problems = new Problems();
  problems.addMistyped([field], want, describeValue(value));
  return problems.error("RawSample", cause);
}
