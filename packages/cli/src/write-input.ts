import { isAtdataError, type RawSample, type SampleType } from "@atdata/core";
import { atPlace, type Input, type InputPlace } from "./input/input.ts";

/** An input as samples that are being written. */
export interface WritableInput {
  readonly samples: AsyncIterable<RawSample>;
  /** Gives the key of the sample that was read last, where it has one. */
  readonly key: () => string | undefined;
  /** Says where the sample comes from that an error is about. */
  explain(error: unknown): unknown;
}

/** Reads an input sample by sample, and keeps in mind where it is. */
export function writable(input: Input, type: SampleType<RawSample>): WritableInput {
  let place: InputPlace | undefined;
  let key: string | undefined;
  const samples = async function* (): AsyncGenerator<RawSample> {
    for await (const each of input.read(type)) {
      ({ place, key } = each);
      yield each.sample;
      // What comes up now is about the next one, and says itself where that is.
      place = undefined;
    }
  };
  const isAboutSample = (error: unknown): boolean =>
    isAtdataError(error, "SCHEMA_MISMATCH", "INTEGER_TOO_LARGE", "KEY_INVALID", "DUPLICATE_KEY", "SAMPLE_TOO_LARGE");
  return {
    samples: samples(),
    key: () => key,
    explain: (error) => (place !== undefined && isAboutSample(error) ? atPlace(error, place) : error),
  };
}
