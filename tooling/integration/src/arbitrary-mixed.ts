import type { Predicate, PredicateValue } from "@atdata/core";
import fc from "fast-check";
import type { Mixed } from "./mixed.ts";

const maxSafe = Number.MAX_SAFE_INTEGER;
const special = [-0, 0, 0.5, 1, -2.5, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 1e300];
const infinite = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN];
// Few values, so that predicates meet them; but among them what engines tend to get wrong.
const whole = fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constantFrom(-maxSafe, maxSafe));
const wide = fc.oneof(
  fc.bigInt(-3n, 3n),
  fc.bigInt(2n ** 53n - 2n, 2n ** 53n + 2n),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n),
);
const real = fc.constantFrom(...special, ...infinite);
const unit = fc.constantFrom("a", "b", "é", "\uE000", "\u{1F600}", "\u{1F601}", "'", "\0");
const text = fc.array(unit, { maxLength: 3 }).map((units) => units.join(""));
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 3 });
const absent = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 5 });

const one: fc.Arbitrary<Mixed> = fc.record({
  whole: absent(whole),
  wide: absent(wide),
  real: absent(real),
  text: absent(text),
  flag: absent(fc.boolean()),
  at: absent(fc.integer({ min: 0, max: 99 })),
  texts: absent(few(text)),
  wides: absent(few(wide)),
  reals: absent(few(real)),
});

/** The samples of a dataset and how many of them go into a shard. */
export interface Written {
  readonly samples: readonly Mixed[];
  readonly maxSamples: number;
  /** Whether a shard without samples stands between them. */
  readonly hasEmpty: boolean;
}

/** Datasets of a few shards: of anything, of neighbours that are alike, or in the order of a field as recordings are. */
export const written: fc.Arbitrary<Written> = fc.record({
  samples: fc.oneof(
    fc.array(one, { minLength: 1, maxLength: 30 }),
    fc
      .array(fc.tuple(one, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 8 })
      .map((runs) => runs.flatMap(([sample, times]) => new Array<Mixed>(times).fill(sample))),
    fc
      .array(one, { minLength: 4, maxLength: 40 })
      .map((samples) => samples.map((each, i): Mixed => ({ ...each, at: i, whole: Math.floor(i / 4) }))),
  ),
  maxSamples: fc.integer({ min: 1, max: 8 }),
  hasEmpty: fc.boolean(),
});

function tests(field: string, value: fc.Arbitrary<PredicateValue>): fc.Arbitrary<Predicate> {
  const order = fc.constantFrom("=" as const, "!=" as const, "<" as const, "<=" as const, ">" as const, ">=" as const);
  return fc.oneof(
    fc.record({ op: order, field: fc.constant(field), value }),
    fc.record({ op: fc.constant("in" as const), field: fc.constant(field), values: few(value) }),
    fc.record({ op: fc.constant("between" as const), field: fc.constant(field), low: value, high: value }),
  );
}

function containing(field: string, value: fc.Arbitrary<PredicateValue>): fc.Arbitrary<Predicate> {
  const several = fc.constantFrom("containsAny" as const, "containsAll" as const);
  return fc.oneof(
    fc.record({ op: fc.constant("contains" as const), field: fc.constant(field), value }),
    fc.record({ op: several, field: fc.constant(field), values: few(value) }),
  );
}

const number: fc.Arbitrary<PredicateValue> = fc.oneof(whole, wide, real, fc.integer({ min: -1, max: 40 }));
const flag = fc.constant("flag");
const leaf: fc.Arbitrary<Predicate> = fc.oneof(
  ...["whole", "wide", "real", "at"].map((field) => tests(field, number)),
  tests("text", text),
  fc.record({ op: fc.constant("startsWith" as const), field: fc.constant("text"), value: text }),
  fc.record({ op: fc.constantFrom("=" as const, "!=" as const), field: flag, value: fc.boolean() }),
  containing("texts", text),
  ...["wides", "reals"].map((field) => containing(field, number)),
  fc.record({
    op: fc.constant("isNull" as const),
    field: fc.constantFrom("whole", "wide", "real", "text", "flag", "at", "texts", "wides", "reals"),
  }),
);

/** Predicates over a {@link Mixed}, of every operator. */
export const predicate: fc.Arbitrary<Predicate> = fc.letrec<{ tree: Predicate }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.record({ op: fc.constant("not" as const), term: tie("tree") }),
    fc.record({ op: fc.constantFrom("and" as const, "or" as const), terms: few(tie("tree")) }),
  ),
})).tree;
