/** Writes datasets into a store, and through an index, until it is told to stop: `node datasets-forever.ts PLACE_JSON WORKER`. */
import { isAtdataError } from "@atdata/core";
import { writeDataset } from "@atdata/wds";
import { type DatasetSaid, openPlace, WORK_OPTIONS, workSamples } from "../dataset-work.ts";
import { Numbered } from "../numbers.ts";

const [place = "", workerText = "0"] = process.argv.slice(2);
const worker = Number(workerText);
const say = (said: DatasetSaid): unknown => process.stdout.write(`${JSON.stringify(said)}\n`);
let stop = false;
process.stdin.resume().once("end", () => {
  stop = true;
});

/** Tells whether a write took its name, which somebody else may have done before. */
async function won(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isAtdataError(error, "DATASET_EXISTS")) return false;
    throw error;
  }
}

await using opened = await openPlace(JSON.parse(place));
const { store, index } = opened;
for (let n = 0; !stop; n++) {
  const samples = workSamples(worker, n);
  const options = { ...WORK_OPTIONS, metadata: { worker, n } };
  await writeDataset(Numbered, samples, `w${worker}-${n}.tar`, { store, ...options });
  say({ did: "dataset", n });
  const race = won(writeDataset(Numbered, samples, `race-${n}.tar`, { store, ...options }));
  say({ did: "race", n, won: await race });
  const { id } = await index.write(`@team/w${worker}@1.0.${n}`, Numbered, samples, options);
  say({ did: "entry", n, id });
  say({ did: "named", n, won: await won(index.write(`@team/race@1.0.${n}`, Numbered, samples, options)) });
}
