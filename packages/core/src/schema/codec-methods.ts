import { ByteWriter } from "../codec/byte-writer.ts";
import { Cursor } from "../codec/cursor.ts";
import type { SampleCodec } from "../codec/sample-codec.ts";
import type { SampleType } from "./sample-type.ts";

/** Gives the methods of a sample type that a codec is enough for. */
export function codecMethods<S>(codec: SampleCodec<S>): Pick<SampleType<S>, "codec" | "encode" | "decode"> {
  return {
    codec,
    encode(sample, options) {
      const out = new ByteWriter();
      codec.write(out, sample, options);
      return out.toBytes();
    },
    decode(payload, options) {
      const cursor = new Cursor("copy");
      cursor.attach(payload);
      cursor.end = payload.length;
      return codec.read(cursor, options);
    },
  };
}
