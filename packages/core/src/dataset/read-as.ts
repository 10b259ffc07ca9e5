import { ByteWriter } from "../codec/byte-writer.ts";
import { rawCodec } from "../schema/raw.ts";
import type { RawSample, SampleType } from "../schema/sample-type.ts";

/**
 * Gives the function that shows untyped samples, or objects that a map made, as a type.
 *
 * Untyped samples hold arrays as bytes, which only a decoder of the type can read: so they are encoded again.
 */
export function readAs<V>(type: SampleType<V>): (sample: unknown) => V {
  const out = new ByteWriter();
  return (sample) => {
    out.length = 0;
    rawCodec.write(out, sample as RawSample);
    return type.decode(out.bytes.subarray(0, out.length), { extra: "ignore" });
  };
}
