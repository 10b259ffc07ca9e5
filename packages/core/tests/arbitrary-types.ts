import fc from "fast-check";
import { dtypeInfo, lanesOf } from "../src/ndarray/dtype.ts";
import type { DType, NdArray } from "../src/ndarray/ndarray.ts";
import { elementCount } from "../src/ndarray/shape.ts";
import { structuredFrom } from "../src/ndarray/structured.ts";
import { structured } from "../src/ndarray/structured-field.ts";
import { dict, list, optional } from "../src/schema/container-fields.ts";
import type { Field, FieldOptions, Fields } from "../src/schema/field.ts";
import { isName } from "../src/schema/names.ts";
import { ndarray } from "../src/schema/ndarray-field.ts";
import { opaque } from "../src/schema/opaque-field.ts";
import { sample } from "../src/schema/sample.ts";
import type { RawSample, SampleType } from "../src/schema/sample-type.ts";
import { bool, bytes, float, int, int64, str } from "../src/schema/scalar-fields.ts";
import { dtypes } from "./arrays.ts";

/** Names of fields and types, those of inherited members of objects among them. */
const arbitraryName: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/).filter(isName) },
  { weight: 1, arbitrary: fc.constantFrom("constructor", "toString", "length", "hasOwnProperty", "_", "valueOf") },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z]{30,40}$/) },
);

const options: fc.Arbitrary<FieldOptions> = fc.record(
  {
    description: fc.string(),
    manifest: fc.record(
      { kind: fc.constantFrom("categorical", "numeric", "set", "time"), exclude: fc.boolean() },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

const scalar: fc.Arbitrary<Field> = fc
  .tuple(fc.constantFrom(str, int, int64, float, bool, bytes), options)
  .map(([build, details]): Field => build(details));

const array: fc.Arbitrary<Field> = fc
  .record(
    {
      dtype: fc.constantFrom(...dtypes),
      shape: fc.array(fc.option(fc.integer({ min: 0, max: 3 })), { maxLength: 3 }),
      details: options,
    },
    { requiredKeys: [] },
  )
  .map(({ dtype, shape, details }) => ndarray(dtype, shape, details));

const { inner } = fc.letrec<{ inner: Field }>((tie) => ({
  inner: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    tie("inner").map((items) => list(items)),
    tie("inner").map((values) => dict(values)),
    fc.constant(dict()),
  ),
}));

const encoded: fc.Arbitrary<Field> = options.chain((details) =>
  fc.constantFrom<Field>(
    structured(details),
    opaque("sparse", "@atdata/core/sparse", details),
    opaque("arrow_tensor", "@atdata/core/arrow", details),
  ),
);

/** Fields of every kind of core, required and optional. */
const arbitraryField: fc.Arbitrary<Field> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: scalar },
      { weight: 3, arbitrary: array },
      { weight: 3, arbitrary: inner },
      { weight: 1, arbitrary: encoded },
    ),
    fc.boolean(),
  )
  .map(([field, absent]) => (absent ? optional(field) : field));

/** Sample types of 1 to 20 fields. */
export function arbitraryType(): fc.Arbitrary<SampleType<RawSample>> {
  const fields: fc.Arbitrary<Fields> = fc.dictionary(arbitraryName, arbitraryField, {
    minKeys: 1,
    maxKeys: 20,
    noNullPrototype: true,
  });
  const details = fc.record(
    { version: fc.constantFrom("1.0.0", "0.2.13"), description: fc.string() },
    { requiredKeys: [] },
  );
  return fc
    .tuple(arbitraryName, fields, details)
    .map(([name, declared, more]): SampleType<RawSample> => sample(name, declared, more));
}

/** Samples of a type, optional fields present or not. */
export function arbitrarySample(type: SampleType): fc.Arbitrary<RawSample> {
  const values: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(type.fields)) {
    const value = arbitraryValue(field);
    values[name] = field.optional ? fc.option(value, { nil: undefined }) : value;
  }
  return fc.record(values, { noNullPrototype: true });
}

/** Text, of lengths around those where its encoding changes among others. */
const arbitraryText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(31, 32, 48, 49, 255, 256).map((length) => "x".repeat(length)),
);

const keys = fc.oneof(arbitraryText, fc.constantFrom("__proto__", "constructor", ""));
const wide = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
const safe = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -300, max: 70_000 }));

/** Values that need no declared type: they read back as they are. */
export const arbitraryDynamic: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    safe.map((n) => n + 0),
    fc.double(),
    wide.filter((n) => !Number.isSafeInteger(Number(n))),
    arbitraryText,
    fc.uint8Array(),
    fc.array(tie("value"), { maxLength: 5 }),
    dictionary(tie("value")),
  ),
})).value;

/** Values of a field; never absent. */
function arbitraryValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "str":
      return arbitraryText;
    case "int":
      return safe.map((n) => n + 0);
    case "int64":
      return wide;
    case "float":
      return fc.oneof(fc.double(), fc.integer());
    case "bool":
      return fc.boolean();
    case "bytes":
      return fc.uint8Array({ maxLength: 300 });
    case "list":
      return fc.array(arbitraryValue(field.items as Field), { maxLength: 20 });
    case "dict":
      return dictionary(field.values === undefined ? arbitraryDynamic : arbitraryValue(field.values));
    case "ndarray":
      return arbitraryArray(field);
    case "structured":
      return fc.array(fc.tuple(fc.float(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }).map((rows) => {
        const x: NdArray = { data: Float32Array.from(rows, ([a]) => a), shape: [rows.length], dtype: "float32" };
        const y: NdArray = { data: Uint8Array.from(rows, ([, b]) => b), shape: [rows.length], dtype: "uint8" };
        return structuredFrom({ x, y });
      });
    case "opaque": {
      const name = field.storedKind === "sparse" ? "@atdata/core/sparse" : "@atdata/core/arrow";
      return fc.uint8Array({ maxLength: 30 }).map((bits) => ({ kind: field.storedKind, bytes: bits, import: name }));
    }
    default:
      throw new TypeError(`no values of kind ${field.kind}`);
  }
}

function dictionary(values: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(keys, values), { maxLength: 18 }).map((entries) => Object.fromEntries(entries));
}

function arbitraryArray({ dtype, shape }: Field): fc.Arbitrary<NdArray> {
  const axis = fc.integer({ min: 0, max: 3 });
  const axes =
    shape === undefined
      ? fc.array(axis, { maxLength: 3 })
      : fc.tuple(...shape.map((length) => (length === null ? axis : fc.constant(length))));
  const types: fc.Arbitrary<DType> = dtype === undefined ? fc.constantFrom(...dtypes) : fc.constant(dtype);
  return fc.tuple(types, axes, fc.integer({ min: 1, max: 3 })).chain(([type, lengths, room]) => {
    const info = dtypeInfo(type);
    const itemLength = info.lanes === 0 ? { itemLength: room } : {};
    const size = elementCount(lengths) * lanesOf(info, itemLength.itemLength) * info.unitBytes;
    return fc.uint8Array({ minLength: size, maxLength: size }).map((bits): NdArray => {
      const data = new info.Data(bits.slice().buffer, 0, size / info.unitBytes);
      return { data, shape: lengths, dtype: type, ...itemLength };
    });
  });
}
