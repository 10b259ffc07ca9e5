import { float, int, list, optional, type SampleType, sample, str } from "@atdata/core";
import { manifests } from "@atdata/manifest";
import { writeDataset } from "@atdata/wds/node";

/** A sample of the tests. */
export interface Digit {
  readonly label: number;
  readonly ink: number;
  readonly tags: string[];
  readonly note?: string | undefined;
}

/** A type with every kind of field that manifests sum up. */
export const Digit: SampleType<Digit> = sample("Digit", {
  label: int(),
  ink: float(),
  tags: list(str()),
  note: optional(str()),
});

/** Sixty samples; labels ascend, so that a shard of ten holds two of them at the most. */
export const digits: readonly Digit[] = Array.from({ length: 60 }, (_, i) => ({
  label: Math.floor(i / 6),
  ink: (i * 7) % 60,
  tags: i % 2 === 0 ? ["light", `t${i % 3}`] : ["dark"],
  note: i % 3 === 0 ? undefined : `n${i}`,
}));

/** Writes them in six shards, with manifests or without. */
export async function writeDigits(target: string, withManifests: boolean): Promise<void> {
  const plugins = withManifests ? [manifests()] : [];
  await writeDataset(Digit, digits, target, { maxSamples: 10, plugins });
}
