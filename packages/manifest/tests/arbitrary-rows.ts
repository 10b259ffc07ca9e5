import type { Predicate, PredicateValue } from "@atdata/core";
import fc from "fast-check";
import type { ManifestField } from "../src/summary/shard-summary.ts";

/** A sample of the generated tests, fields as in {@link rowFields}. */
export type Row = Record<string, unknown>;

/** The fields of generated rows: every column type, alone and in lists. */
export const rowFields: readonly ManifestField[] = [
  { name: "i", kind: "numeric", type: "int64" },
  { name: "r", kind: "numeric", type: "double" },
  { name: "t", kind: "categorical", type: "string" },
  { name: "b", kind: "categorical", type: "boolean" },
  { name: "lt", kind: "set", type: "string" },
  { name: "li", kind: "set", type: "int64" },
  { name: "lr", kind: "set", type: "double" },
  { name: "lb", kind: "set", type: "boolean" },
];

const big = 2n ** 53n;
const int = fc.oneof(
  fc.bigInt(-3n, 3n),
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt(big - 2n, big + 2n),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n),
);
const special = [-0, 0, 0.5, 1, -2.5, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 1e300, Number.NEGATIVE_INFINITY, Number.NaN];
const real = fc.constantFrom(...special);
const unit = fc.constantFrom("a", "b", "\uE000", "\u{1F600}", "\u{1F601}", "é");
const text = fc.array(unit, { maxLength: 3 }).map((a) => a.join(""));
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null, freq: 4 });
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 3 });

/** One row: nulls, absent items, NaN, −0, both forms of integers, astral characters. */
const row: fc.Arbitrary<Row> = fc.record({
  i: orNull(int),
  r: orNull(real),
  t: orNull(text),
  b: orNull(fc.boolean()),
  lt: orNull(some(orNull(text))),
  li: orNull(some(orNull(int))),
  lr: orNull(some(orNull(real))),
  lb: orNull(some(fc.boolean())),
});

/** Rows of a shard: few, so that bounds are tight, now and then none, now and then all alike. */
export const rows: fc.Arbitrary<Row[]> = fc.oneof(
  fc.array(row, { maxLength: 6 }),
  fc.tuple(row, fc.integer({ min: 1, max: 3 })).map(([one, n]) => Array.from({ length: n }, () => one)),
  // Numbers alike but for a NaN.
  fc.tuple(row, real).map(([one, r]) => [
    { ...one, r },
    { ...one, r: Number.NaN },
  ]),
);

const number: fc.Arbitrary<PredicateValue> = fc.oneof(int, real);
const prefix = fc.oneof(text, text, fc.constantFrom("\uD83D", "a\uD83D"));
const anyValue: fc.Arbitrary<PredicateValue> = fc.oneof(
  { arbitrary: number, weight: 3 },
  { arbitrary: text, weight: 3 },
  fc.boolean(),
  fc.constantFrom(new Uint8Array(), Uint8Array.of(97)),
);
const anyField = fc.constantFrom("i", "r", "t", "b", "lt", "li", "lr", "lb", "absent", "constructor");
const order = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");

function leaves(field: fc.Arbitrary<string>, value: fc.Arbitrary<PredicateValue>): fc.Arbitrary<Predicate> {
  return fc.oneof(
    { arbitrary: fc.record({ op: order, field, value }), weight: 3 },
    fc.record({ op: fc.constant("in"), field, values: some(value) }),
    fc.record({ op: fc.constant("between"), field, low: value, high: value }),
  ) as fc.Arbitrary<Predicate>;
}

function containing(field: fc.Arbitrary<string>, value: fc.Arbitrary<PredicateValue>): fc.Arbitrary<Predicate> {
  return fc.oneof(
    fc.record({ op: fc.constant("contains"), field, value }),
    fc.record({ op: fc.constantFrom("containsAny", "containsAll"), field, values: some(value) }),
  ) as fc.Arbitrary<Predicate>;
}

const leaf: fc.Arbitrary<Predicate> = fc.oneof(
  { arbitrary: leaves(fc.constantFrom("i", "r"), number), weight: 4 },
  { arbitrary: leaves(fc.constant("t"), text), weight: 4 },
  { arbitrary: leaves(fc.constant("b"), fc.boolean()), weight: 1 },
  { arbitrary: containing(fc.constant("lt"), text), weight: 2 },
  { arbitrary: containing(fc.constantFrom("li", "lr"), number), weight: 2 },
  { arbitrary: containing(fc.constant("lb"), fc.boolean()), weight: 1 },
  fc.record({ op: fc.constant("startsWith"), field: fc.constant("t"), value: prefix }) as fc.Arbitrary<Predicate>,
  fc.record({ op: fc.constant("isNull"), field: anyField }) as fc.Arbitrary<Predicate>,
  // Fields and values that do not suit each other are unknown to the evaluator, or just not among the items.
  leaves(anyField, anyValue),
  containing(anyField, anyValue),
);

/** Predicates of every operator, most of them of suiting types. */
export const predicate: fc.Arbitrary<Predicate> = fc.letrec<{ tree: Predicate }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.record({ op: fc.constant("not"), term: tie("tree") }) as fc.Arbitrary<Predicate>,
    fc.record({ op: fc.constantFrom("and", "or"), terms: some(tie("tree")) }) as fc.Arbitrary<Predicate>,
  ),
})).tree;
