import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeDataset } from "@atdata/wds/node";
import { writeWithTarStream } from "../baselines/tar-stream-write.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { scratch } from "../data/cache.ts";
import { Digit, readDigits } from "../data/digits.ts";

async function* one<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

/** Samples that come one by one, as from a decoder or another dataset. */
export const row: TimedRow = {
  id: "write-stream",
  what: "the same from an async generator; against tar-stream pack + encode + sha256 from an array",
  unit: "ms",
  bar: 4,
  async start(size) {
    const digits = readDigits(size);
    const plain = digits.map(({ image, label }) => ({ image: image.data, label }));
    const folder = await scratch();
    return {
      async ours() {
        const ds = await writeDataset(Digit, one(digits), join(folder, "ours.tar"), { overwrite: true });
        expectCount((await ds.count()) ?? 0, digits.length);
      },
      async baseline() {
        expectCount((await writeWithTarStream(join(folder, "baseline.tar"), plain)).length, 64);
      },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};
