import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestsOptions } from "@atdata/manifest";
import { manifests } from "@atdata/manifest/node";
import { writeDataset } from "@atdata/wds/node";
import { type Contest, expectCount, type Size, type TimedRow } from "../bench-row.ts";
import { scratch } from "../data/cache.ts";
import { Digit, readDigits } from "../data/digits.ts";

/** What manifests cost a writer. */
export const row: TimedRow = {
  id: "write-manifest",
  what: "write 60,000 MNIST samples with manifests; against the same without",
  unit: "ms",
  bar: 0.6,
  start: (size) => writeContest(size, {}),
};

/** Compares writing with and without manifests. */
export async function writeContest(size: Size, options: ManifestsOptions): Promise<Contest> {
  const digits = readDigits(size);
  const folder = await scratch();
  return {
    async ours() {
      const plugins = [manifests(options)];
      const ds = await writeDataset(Digit, digits, join(folder, "ours.tar"), { overwrite: true, plugins });
      expectCount(await ds.count(), digits.length);
    },
    async baseline() {
      const ds = await writeDataset(Digit, digits, join(folder, "baseline.tar"), { overwrite: true });
      expectCount(await ds.count(), digits.length);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
