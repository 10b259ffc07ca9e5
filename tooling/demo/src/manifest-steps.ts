import type { FieldHandles, Predicate } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { openDataset } from "@atdata/wds/node";
import { same } from "./check.ts";
import { countedFiles } from "./counted-source.ts";
import { Digit, digits, type Split } from "./mnist.ts";
import type { Report } from "./report.ts";

/** Mean of the pixels that few digits reach. */
const DARK = 88;

/** How a query was answered. */
export interface Answer {
  readonly matches: number;
  /** Shards that may have held a match. */
  readonly shards: number;
  /** Bytes read of all shards. */
  readonly shardBytes: number;
  /** Bytes read of roll-up and manifests. */
  readonly manifestBytes: number;
}

/** Opens the dataset anew and reads its darkest digits: only shards that can hold one are looked at, and only matches are read. */
export async function query(report: Report, target: string, split: Split): Promise<Answer> {
  const source = countedFiles();
  const dataset = await openDataset(target, { type: Digit, sources: [source], plugins: [manifests()] });
  const dark = (f: FieldHandles<Digit>): Predicate => f.ink.gt(DARK);
  const opened = source.otherBytes;
  const found: Digit[] = [];
  await report.step(`query ink > ${DARK} from the roll-up`, split.count, async () => {
    for await (const digit of dataset.where(dark)) found.push(digit);
    return { samples: found.length, bytes: source.shardBytes };
  });
  const read = { shardBytes: source.shardBytes, manifestBytes: source.otherBytes - opened };
  const plan = await dataset.plan(dark);
  const want: number[] = [];
  const holding = new Set<number>();
  let i = 0;
  for (const { ink } of digits(split)) {
    if (ink > DARK) {
      want.push(i);
      holding.add(Math.floor(i / 10_000));
    }
    i += 1;
  }
  same("query: matches", found.length, want.length);
  found.forEach(({ image }, n) => {
    const differs = Buffer.compare(image.data, split.image(want[n] as number)) !== 0;
    same(`query: pixels of match ${n}`, differs ? "others" : "the same", "the same");
  });
  same("query: strategy", plan.strategy, "index");
  same("query: shards that may hold a match", plan.shards, holding.size);
  // A header block and the padded payload of each, and nothing of the digits between.
  same("query: bytes of shards are those of matches", read.shardBytes <= found.length * 2 * 1536, true);
  return { matches: found.length, shards: plan.shards, ...read };
}

/** Sums up the fields from manifests alone, and compares with all digits. */
export async function describe(report: Report, target: string, split: Split): Promise<string> {
  const source = countedFiles();
  const dataset = await openDataset(target, { type: Digit, sources: [source], plugins: [manifests()] });
  const { statistics, samples } = await report.step("describe", 1, async () => {
    const description = await dataset.describe();
    return { samples: description.samples ?? 0, statistics: description.statistics };
  });
  let [low, high, sum, bold, least] = [Number.POSITIVE_INFINITY, 0, 0, 0, 9];
  for (const { ink, tags, label } of digits(split)) {
    least = Math.min(least, label);
    low = Math.min(low, ink);
    high = Math.max(high, ink);
    sum += ink;
    if (tags.includes("bold")) bold += 1;
  }
  const { ink, label, tags, note } = statistics ?? {};
  same("describe: samples", samples, split.count);
  same("describe: bytes read of shards", source.shardBytes, 0);
  same("describe: least ink", ink?.min, low);
  same("describe: most ink", ink?.max, high);
  same("describe: mean ink", ((ink?.sum ?? 0) / split.count).toFixed(6), (sum / split.count).toFixed(6));
  same("describe: smallest label", label?.min, least);
  same("describe: digits tagged bold", tags?.top?.find(({ value }) => value === "bold")?.count ?? 0, bold);
  same("describe: digits without a note", note?.nulls, split.count - 1);
  return `ink ${low.toFixed(1)} to ${high.toFixed(1)}, mean ${(sum / split.count).toFixed(1)}`;
}
