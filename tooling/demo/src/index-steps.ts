import { createIndex, type Index, loadDataset } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { localRepo } from "@atdata/local/node";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds/node";
import { same } from "./check.ts";
import { Digit, digits, type Split } from "./mnist.ts";
import type { Report } from "./report.ts";

const NAME = { train: "@local/mnist/train", test: "@local/mnist/test" };
const VERSION = "1.0.0";

/** Opens the index in `ATDATA_HOME`: SQLite and a folder of shards. */
function openIndex(): Index {
  const options = { formats: [wds()], plugins: [manifests()], createHasher: createNodeHasher };
  return createIndex({ repos: { local: localRepo() }, ...options });
}

/** Writes both halves by name and labels them; then, as another program would, finds and reads them by name. */
export async function writeByName(report: Report, halves: { train: Split; test: Split }): Promise<string> {
  const count = halves.train.count + halves.test.count;
  await report.step("write both into a local index", count, async (bar) => {
    await using index = openIndex();
    let done = 0;
    for (const half of ["train", "test"] as const) {
      const before = done;
      const onProgress = ({ samples }: { samples: number }): void => bar.show(before + samples);
      const options = { maxSamples: 10_000, tags: ["digits", half], description: "Handwritten digits", onProgress };
      await index.write(NAME[half], Digit, digits(halves[half]), options);
      await index.label(NAME[half], { version: VERSION });
      done += halves[half].count;
    }
    return { samples: count };
  });
  await using index = openIndex();
  await report.step("find by name, and read training", halves.train.count, async (bar) => {
    const dataset = await loadDataset(`${NAME.train}@${VERSION}`, { index, type: Digit, split: "train" });
    let samples = 0;
    let labels = 0;
    for await (const { label } of dataset) {
      samples += 1;
      labels += label;
      bar.show(samples);
    }
    same("by name: samples", samples, halves.train.count);
    let want = 0;
    for (const { label } of digits(halves.train)) want += label;
    same("by name: sum of labels", labels, want);
    return { samples };
  });
  // Without a type, the index knows it.
  const found = await index.search({ tags: ["digits", "test"] });
  same("search by tags: datasets", found.entries.map(({ name }) => name).join(), "mnist/test");
  const dataset = await index.load(NAME.test);
  same("by name: stored type", dataset.type?.name, Digit.name);
  same("by name: count of the test half", await dataset.count(), halves.test.count);
  const sevens = await dataset.where((f) => f("label").eq(7)).count();
  same("by name: sevens of the test half", sevens, [...digits(halves.test)].filter(({ label }) => label === 7).length);
  return `${NAME.train}@${VERSION}`;
}
