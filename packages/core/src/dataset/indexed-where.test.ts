import fc from "fast-check";
import { expect, it } from "vitest";
import { Item, item, remote, upTo } from "../../tests/dataset-fixture.ts";
import { isAtdataError } from "../errors.ts";
import { memoryFormat } from "../formats/memory-format.ts";
import { memoryPlugin } from "../plugins/memory-plugin.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { sample } from "../schema/sample.ts";
import type { RawSample, SampleType } from "../schema/sample-type.ts";
import { int, str } from "../schema/scalar-fields.ts";
import { memoryStore } from "../stores/memory-store.ts";
import { writeSamples } from "../write/write-samples.ts";
import type { Dataset, DatasetIterator } from "./dataset.ts";
import { openFrom } from "./open-dataset.ts";
import type { DatasetState } from "./state.ts";

const Part: SampleType<RawSample> = sample("Part", { n: int(), name: str() });

/** Opens the same shards with an index and without. */
async function both(count: number, maxSamples: number): Promise<readonly Dataset<RawSample>[]> {
  const store = memoryStore();
  const names = { dataset: "d", single: "d.mem", numbered: (n: number) => `d-${n}.mem` };
  const input = { type: Item, store, format: memoryFormat(), names, maxSamples };
  const plugins = [memoryPlugin()];
  await writeSamples({ ...input, plugins }, upTo(count).map(item));
  const open = { format: memoryFormat(), sources: [remote(store.source)] };
  const ref = "memory:/d.dataset.json";
  return [await openFrom(ref, { ...open, plugins }), await openFrom(ref, open)];
}

type Step = (ds: Dataset<RawSample>) => Dataset<RawSample>;

const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ op: fc.constantFrom("<", ">=", "!="), field: fc.constant("n"), value: fc.nat(30) }),
  fc.record({ op: fc.constant("contains"), field: fc.constant("tags"), value: fc.constantFrom("even", "none") }),
  fc.constant({ op: "isNull", field: "note" }),
) as fc.Arbitrary<Predicate>;

const named = (name: string, apply: Step): readonly [string, Step] => [name, apply];

/** Operations, each with a name to be printed. */
const step: fc.Arbitrary<readonly [string, Step]> = fc.oneof(
  predicate.map((p) => named(JSON.stringify(p), (ds) => ds.where(p))),
  predicate.map((p) => named(JSON.stringify(p), (ds) => ds.where(p))),
  fc
    .record({ seed: fc.nat(3), window: fc.constantFrom(3, 100, "all" as const) })
    .map((options) => named(`shuffle ${options.window}`, (ds) => ds.shuffle(options))),
  fc
    .record({
      index: fc.constantFrom(0, 1),
      by: fc.constantFrom("shard" as const, "sample" as const),
      equal: fc.boolean(),
    })
    .map((options) => named(`part ${JSON.stringify(options)}`, (ds) => ds.partition({ ...options, count: 2 }))),
  fc.nat(4).map((n) => named(`skip ${n}`, (ds) => ds.skip(n))),
  fc.nat(12).map((n) => named(`take ${n}`, (ds) => ds.take(n))),
  fc.constant(named("repeat", (ds) => ds.repeat(2))),
  fc.constant(named("map", (ds) => ds.map((each) => each, { concurrency: 2 }))),
  fc.constant(named("lens", (ds) => ds.as(Part))),
);

/** Takes values until the end, or `count` of them; an error becomes its code or kind. */
async function drain(run: DatasetIterator<unknown>, count: number, out: unknown[]): Promise<void> {
  try {
    for (let i = 0; i < count; i++) {
      const next = await run.next();
      if (next.done) return;
      out.push(next.value);
    }
  } catch (error) {
    out.push(isAtdataError(error) ? error.code : String(error));
  }
}

/** What is compared of a dataset, batched or not. */
interface Runs {
  iterate(): DatasetIterator<unknown>;
  resume(state: DatasetState): Runs;
}

function build(ds: Dataset<RawSample>, steps: readonly (readonly [string, Step])[], batch: number): Runs | string {
  try {
    const built = steps.reduce<Dataset<RawSample>>((each, [, apply]) => apply(each), ds);
    return batch > 0 ? built.batch(batch) : built;
  } catch (error) {
    return isAtdataError(error) ? error.code : String(error);
  }
}

it("where answered by an index gives what a scan gives, whatever comes before, behind and between", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(40).map((n) => n + 1),
      fc.constantFrom(4, 15, 100),
      predicate,
      fc.array(step, { maxLength: 4 }),
      fc.nat(4),
      fc.constantFrom(0, 0, 3),
      fc.nat(10),
      async (count, maxSamples, first, steps, at, batch, interrupted) => {
        const where = named(JSON.stringify(first), (ds) => ds.where(first));
        const all = [...steps.slice(0, at), where, ...steps.slice(at)];
        const [indexed, plain] = (await both(count, maxSamples)).map((ds) => build(ds, all, batch));
        if (typeof indexed !== "object" || typeof plain !== "object") {
          expect(indexed).toEqual(plain);
          return;
        }
        const want: unknown[] = [];
        await drain(plain.iterate(), 1000, want);
        // An index knows how many samples match, a scan does not.
        if (want.includes("COUNTS_UNKNOWN")) return;
        const got: unknown[] = [];
        const run = indexed.iterate();
        await drain(run, interrupted, got);
        const state = run.state();
        await run.return();
        if (got.length === interrupted && typeof got.at(-1) !== "string")
          await drain(indexed.resume(state).iterate(), 1000, got);
        expect(got).toEqual(want);
        if (want.length > 0 && typeof want[0] === "object") compared += 1;
      },
    ),
    { numRuns: 1000 },
  );
  expect(compared).toBeGreaterThan(400);
}, 60_000);
