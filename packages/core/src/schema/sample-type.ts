import type { SampleCodec } from "../codec/sample-codec.ts";
import type { ExtraOptions } from "./extra-options.ts";
import type { Fields } from "./field.ts";
import type { StandardProps } from "./standard-schema.ts";

/**
 * The declared type of samples: a value that encodes, decodes and describes them. `S` is the sample's plain type.
 *
 * Made by `sample()`, `sampleFrom()`, `inferType()` or from a stored schema.
 */
export interface SampleType<S = unknown> {
  /** Name: an identifier that Python accepts too. */
  readonly name: string;
  /** Version `a.b.c`, when it has one. */
  readonly version: string | undefined;
  /** What the samples are. */
  readonly description: string | undefined;
  /** The fields in declared order. */
  readonly fields: Fields;
  /** Encodes a sample as one msgpack map. */
  encode(sample: S, options?: ExtraOptions): Uint8Array;
  /** Decodes one msgpack map; arrays never refer to `payload`. */
  decode(payload: Uint8Array, options?: ExtraOptions): S;
  /** Tells whether a value is such a sample. */
  is(value: unknown): value is S;
  /** The machinery behind `encode` and `decode`, for formats and datasets. */
  readonly codec: SampleCodec<S>;
  /** The Standard Schema interface. */
  readonly "~standard": StandardProps<S>;
}

/** The plain type of a sample type's samples. */
export type Infer<T> = T extends SampleType<infer S> ? S : never;

/** An untyped sample: fields by name, as decoded from msgpack. Arrays stay bytes. */
export type RawSample = Record<string, unknown>;
