import {
  bool,
  bytes,
  type DType,
  dict,
  type Field,
  type FieldOptions,
  float,
  int,
  int64,
  list,
  ndarray,
  optional,
  type SampleType,
  sample,
  str,
  structured,
} from "@atdata/core";
import { arrowTensor, dataframe } from "@atdata/core/arrow";
import { safetensors } from "@atdata/core/safetensors";
import { sparse } from "@atdata/core/sparse";
import * as fc from "fast-check";

// Words of TypeScript, names of what generated files import, and what objects inherit.
const awkward =
  "class string never keyof sample int NdArray SampleType Record todo lens toString constructor valueOf get of".split(
    " ",
  );
const name = fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,6}$/), fc.constantFrom(...awkward)).filter(isName);
const text = fc.oneof(fc.string(), fc.constantFrom("*/ evil()", "two\nlines", "back`tick", "\u2028", '"quoted\\"'));
const options: fc.Arbitrary<FieldOptions> = fc.record(
  {
    description: text,
    manifest: fc.record(
      { kind: fc.constantFrom("categorical", "numeric", "set", "time"), exclude: fc.boolean() },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const dtype = fc.constantFrom<DType>(
  "bool",
  "uint8",
  "float16",
  "float32",
  "complex64",
  "str",
  "int64",
  "datetime64[ns]",
);
const shape = fc.array(fc.option(fc.nat(64), { nil: null }), { maxLength: 3 });
const scalars = fc.constantFrom(str, int, int64, float, bool, bytes);
const inner: fc.Arbitrary<Field> = fc.letrec<{ field: Field }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalars.map((build) => build() as Field),
    tie("field").map((items) => list(items) as Field),
    tie("field").map((values) => dict(values) as Field),
    fc.constant(dict() as Field),
  ),
})).field;
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.tuple(scalars, options).map(([build, each]) => build(each) as Field),
  fc.tuple(inner, options).map(([items, each]) => list(items, each) as Field),
  fc.tuple(fc.option(inner, { nil: undefined }), options).map(([values, each]) => dict(values, each) as Field),
  fc
    .tuple(fc.option(dtype, { nil: undefined }), fc.option(shape, { nil: undefined }), options)
    .map(
      ([type, lengths, each]) =>
        ndarray(type, lengths, { ...each, ...(lengths && { dimensionNames: lengths.map(String) }) }) as Field,
    ),
  fc
    .tuple(fc.constantFrom(structured, sparse, arrowTensor, safetensors, dataframe), options)
    .map(([build, each]) => build(each) as Field),
);

/** Generates sample types with fields of all kinds, with all that may be said of them. */
export const sampleTypes: fc.Arbitrary<SampleType> = fc
  .tuple(
    name,
    fc.array(fc.tuple(name, field, fc.boolean()), { minLength: 1, maxLength: 6 }),
    fc.record({ version: fc.constantFrom("1.2.3", "0.0.1"), description: text }, { requiredKeys: [] }),
  )
  .map(([typeName, fields, details]) => {
    const declared = fields.map(([key, each, absent]) => [key, absent ? optional(each) : each] as const);
    return sample(typeName, Object.fromEntries(declared), details) as SampleType;
  });

function isName(text: string): boolean {
  try {
    sample(text, { [text]: str() });
    return true;
  } catch {
    return false;
  }
}
