import type { TimedRow } from "../bench-row.ts";
import { writeContest } from "./write-manifest.ts";

/** What manifests with a hash for each sample cost a writer. */
export const row: TimedRow = {
  id: "write-manifest-hashed",
  what: "the same, with the sha256 of each sample in its row",
  unit: "ms",
  bar: 0.35,
  start: (size) => writeContest(size, { sampleHash: "sha256" }),
};
