import { AtdataError } from "../errors.ts";
import { dtypeInfo } from "../ndarray/dtype.ts";
import type { DType, NdArray } from "../ndarray/ndarray.ts";
import { elementCount } from "../ndarray/shape.ts";
import type { Field } from "../schema/field.ts";
import type { SampleType } from "../schema/sample-type.ts";

/**
 * Makes samples of a type, mixing plain values with the awkward ones: extremes, NaN, empty texts and lists, absent fields.
 *
 * The same type, count and seed give the same samples, on every machine.
 *
 * @throws {@link AtdataError} `SCHEMA_INVALID` – a field of a kind for which there is no generator (sparse, Arrow, safetensors,
 * data frames, structured); field `kind`.
 * @example
 * ```ts
 * import { generateSamples, int, sample } from "@atdata/core";
 * generateSamples(sample("Digit", { label: int() }), 100, 1).length; // -> 100
 * ```
 */
export function generateSamples<S>(type: SampleType<S>, count: number, seed = 0): S[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const sample: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(type.fields)) {
      if (!(field.optional && random.chance(4))) sample[name] = generate(field, random, name);
    }
    return sample as S;
  });
}

const texts = ["", "a", "Ä\u0308", "line\nbreak", "\u{1F600}", "0", "-17", "true", "__proto__"];
const ints = [0, 1, -1, 127, 128, 255, 256, -129, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, -(2 ** 53) + 1];
const int64s = [0n, -1n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];
const floats = [0, -0, 1, -1.5, 0.1, 1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const dtypes: readonly DType[] = ["uint8", "float32", "int64", "bool", "complex64", "str", "datetime64[ns]"];

function generate(field: Field, random: Random, name: string): unknown {
  switch (field.kind) {
    case "str":
      return random.text();
    case "int":
      return random.chance(2) ? random.pick(ints) : random.below(2000) - 1000;
    case "int64":
      return random.chance(2) ? random.pick(int64s) : BigInt(random.below(2000) - 1000);
    case "float":
      return random.chance(2) ? random.pick(floats) : (random.below(2 ** 32) / 2 ** 32 - 0.5) * 200;
    case "bool":
      return random.chance(2);
    case "bytes":
      return Uint8Array.from(random.list(9, () => random.below(256)));
    case "ndarray":
      return generateArray(field, random);
    case "list": {
      const { items } = field;
      return random.list(4, () => (items === undefined ? random.text() : generate(items, random, name)));
    }
    case "dict": {
      const { values } = field;
      return Object.fromEntries(
        random.list(3, () => [random.text(), values === undefined ? random.text() : generate(values, random, name)]),
      );
    }
    default:
      throw new AtdataError(
        "SCHEMA_INVALID",
        "values of this kind cannot be generated",
        { field: name, kind: field.kind },
        { hint: "give samples of your own" },
      );
  }
}

function generateArray(field: Field, random: Random): NdArray {
  const dtype = field.dtype ?? random.pick(dtypes);
  const axes = field.shape ?? random.list(3, () => null);
  const shape = axes.map((length) => length ?? random.below(4));
  const info = dtypeInfo(dtype);
  const itemLength = info.lanes === 0 ? 1 + random.below(4) : undefined;
  const data = new info.Data(elementCount(shape) * (itemLength ?? info.lanes));
  for (let i = 0; i < data.length; i++) data[i] = random.element(dtype) as never;
  return itemLength === undefined ? { data, shape, dtype } : { data, shape, dtype, itemLength };
}

/** Small counter-based generator (SplitMix32): enough for variety, the same everywhere. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return Math.floor((((z ^ (z >>> 15)) >>> 0) / 2 ** 32) * limit);
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  list<T>(longest: number, make: () => T): T[] {
    return Array.from({ length: this.below(longest + 1) }, make);
  }

  text(): string {
    return this.chance(2) ? this.pick(texts) : String.fromCharCode(...this.list(8, () => 97 + this.below(26)));
  }

  element(dtype: DType): number | bigint {
    const { Data } = dtypeInfo(dtype);
    if (dtype === "bool") return this.below(2);
    if (dtype === "str") return this.pick([0x61, 0xe4, 0x1f600]);
    if (dtype === "bytes") return 1 + this.below(255);
    const zero = new Data(1)[0];
    if (typeof zero === "bigint") return BigInt(this.below(2 ** 32)) * BigInt(this.below(2 ** 31));
    return dtype.startsWith("float") || dtype.startsWith("complex")
      ? this.pick([...floats, this.below(1000) / 8])
      : this.below(2 ** 32);
  }
}
