import { miss } from "../codec/cursor.ts";
import { readBinHead } from "../codec/msgpack-read.ts";
import { writeBinHead } from "../codec/msgpack-write.ts";
import { type Field, type FieldCodec, type FieldDetails, type FieldKind, field } from "./field.ts";
import { describeField, MistypedValue } from "./problems.ts";

/** Turns the value of a field kind into bytes and back. */
export interface BytesCodec<T> {
  /** Decodes. The bytes are valid only during the call: copy what is kept. Throws only `AtdataError`. */
  decode(bytes: Uint8Array): T;
  /** Encodes a value that `is` accepts. */
  encode(value: T): Uint8Array;
  /** Tells whether a value could be encoded. */
  is(value: unknown): boolean;
}

/** Builds a field whose values are one msgpack bin with an encoding inside: how subpaths and other packages add kinds. */
export function bytesField<T>(kind: FieldKind, inner: BytesCodec<T>, details: FieldDetails = {}): Field<T> {
  const codec: FieldCodec<T> = {
    read(c) {
      const to = readBinHead(c) + c.pos;
      if (to > c.end) miss();
      const from = c.pos;
      c.pos = to;
      return inner.decode(c.bytes.subarray(from, to));
    },
    write(out, value) {
      if (!inner.is(value)) throw new MistypedValue(describeField(self), value);
      const bytes = inner.encode(value);
      writeBinHead(out, bytes.length);
      out.bytes.set(bytes, out.length);
      out.length += bytes.length;
    },
    is: (value) => inner.is(value),
  };
  const self: Field<T> = field(kind, codec, details);
  return self;
}
