import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeDataset } from "@atdata/wds/node";
import { writeWithTarStream } from "../baselines/tar-stream-write.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { scratch } from "../data/cache.ts";
import { Digit, readDigits } from "../data/digits.ts";

/** The write path as a whole: temporary folder, commit and `dataset.json` included. */
export const row: TimedRow = {
  id: "write-mnist",
  what: "write 60,000 MNIST samples from an array, sha256 included; against tar-stream pack + encode + sha256",
  unit: "ms",
  bar: 5,
  async start(size) {
    const digits = readDigits(size);
    const plain = digits.map(({ image, label }) => ({ image: image.data, label }));
    const folder = await scratch();
    return {
      async ours() {
        const ds = await writeDataset(Digit, digits, join(folder, "ours.tar"), { overwrite: true });
        expectCount((await ds.count()) ?? 0, digits.length);
      },
      async baseline() {
        expectCount((await writeWithTarStream(join(folder, "baseline.tar"), plain)).length, 64);
      },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};
