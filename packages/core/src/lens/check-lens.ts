import { deepEqual } from "./deep-equal.ts";
import { generateSamples } from "./generate.ts";
import type { Lens } from "./lens.ts";

/** Where a law does not hold. */
export interface CounterExample<S, V> {
  /** The sample. */
  readonly sample: S;
  /** The view put into it; GetPut takes the sample's own. */
  readonly view?: V | undefined;
  /** What the law wants. */
  readonly want?: S | V | undefined;
  /** What came instead. */
  readonly got?: unknown;
  /** The error that `get` or `put` threw. */
  readonly error?: unknown;
}

/** How one law fared. */
export interface LawResult<S, V> {
  /** Whether it held every time; `undefined` when it was not tried, because the lens is one-way. */
  readonly holds: boolean | undefined;
  /** How often it was tried. */
  readonly tried: number;
  /** The first case in which it does not hold. */
  readonly counterExample?: CounterExample<S, V> | undefined;
}

/** How a lens fared. */
export interface LensReport<S, V> {
  /** Whether nothing was found against it. */
  readonly ok: boolean;
  /** `get` gives samples of the view type, `put` of the source type. */
  readonly types: LawResult<S, V>;
  /** `put(get(s), s) = s`. */
  readonly getPut: LawResult<S, V>;
  /** `get(put(v, s)) = v`. */
  readonly putGet: LawResult<S, V>;
  /** `put(v2, put(v1, s)) = put(v2, s)`. */
  readonly putPut: LawResult<S, V>;
}

/** Samples to be made for the check. */
export interface GenerateOptions {
  /** How many. */
  readonly generate: number;
  /** Which; the same seed gives the same samples. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * Tries the laws of well-behaved lenses, on given or generated samples.
 *
 * The views that are put are those of the other samples: each sample takes the views of the two that follow it.
 *
 * @param samples - At least one; two or more for PutGet and PutPut to say anything.
 * @throws RangeError – if there are no samples.
 * @example
 * ```ts
 * import { checkLens, int, lens, sample } from "@atdata/core";
 * const A = sample("A", { a: int(), b: int() });
 * const V = sample("V", { a: int() });
 * const forgetful = lens(A, V, { get: ({ a }) => ({ a }), put: (_v, s) => s });
 * checkLens(forgetful, [{ a: 1, b: 1 }, { a: 2, b: 2 }]).putGet.counterExample?.got; // -> { a: 1 }
 * ```
 */
export function checkLens<S, V>(lens: Lens<S, V>, samples: readonly S[] | GenerateOptions): LensReport<S, V> {
  const tried = "generate" in samples ? generateSamples(lens.source, samples.generate, samples.seed) : samples;
  if (tried.length === 0) throw new RangeError("checkLens wants at least one sample");
  const [types, getPut, putGet, putPut] = [new Law<S, V>(), new Law<S, V>(), new Law<S, V>(), new Law<S, V>()];
  const views = tried.map((sample) => types.attempt({ sample }, () => lens.get(sample)));
  tried.forEach((sample, i) => {
    const view = views[i];
    if (view === undefined) return;
    types.expect({ sample, got: view }, lens.view.is(view));
    if (!lens.twoWay) return;
    const back = getPut.attempt({ sample }, () => lens.put(view, sample));
    if (back !== undefined) getPut.expect({ sample, want: sample, got: back }, deepEqual(back, sample));
    const first = views[(i + 1) % views.length];
    const second = views[(i + 2) % views.length];
    if (first === undefined) return;
    const put = putGet.attempt({ sample, view: first }, () => lens.put(first, sample));
    if (put === undefined) return;
    types.expect({ sample, view: first, got: put }, lens.source.is(put));
    const shown = putGet.attempt({ sample, view: first }, () => lens.get(put));
    if (shown !== undefined) {
      putGet.expect({ sample, view: first, want: first, got: shown }, deepEqual(shown, first));
    }
    if (second === undefined) return;
    const example = { sample, view: second };
    const twice = putPut.attempt(example, () => lens.put(second, put));
    const once = putPut.attempt(example, () => lens.put(second, sample));
    if (twice === undefined || once === undefined) return;
    putPut.expect({ ...example, want: once, got: twice }, deepEqual(twice, once));
  });
  const results = { types: types.result, getPut: getPut.result, putGet: putGet.result, putPut: putPut.result };
  return { ok: Object.values(results).every(({ holds }) => holds !== false), ...results };
}

class Law<S, V> {
  #tried = 0;
  #counterExample: CounterExample<S, V> | undefined;

  get result(): LawResult<S, V> {
    if (this.#tried === 0) return { holds: undefined, tried: 0 };
    const counterExample = this.#counterExample;
    return { holds: counterExample === undefined, tried: this.#tried, ...(counterExample && { counterExample }) };
  }

  expect(example: CounterExample<S, V>, holds: boolean): void {
    this.#tried++;
    if (!holds) this.#counterExample ??= example;
  }

  /** Runs a function of the lens; that it throws is a counter-example, too. */
  attempt<T>(example: CounterExample<S, V>, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.expect({ ...example, error }, false);
      return undefined;
    }
  }
}
