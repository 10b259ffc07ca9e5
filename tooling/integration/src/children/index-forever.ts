/** Writes datasets by name into the index of ATDATA_HOME until it is told to stop, some under names that all want: `node index-forever.ts WORKER`. */
import { createIndex, isAtdataError } from "@atdata/core";
import { localRepo } from "@atdata/local/node";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds/node";
import { Numbered, numbered } from "../numbers.ts";

const worker = Number(process.argv[2]);
let stop = false;
process.stdin.resume().once("end", () => {
  stop = true;
});

const index = createIndex({ repos: { local: localRepo() }, formats: [wds()], plugins: [manifests()] });
for (let n = 0; !stop; n++) {
  const ref = n % 2 === 0 ? `mine-${worker}@1.0.${n}` : `ours@1.0.${n}`;
  try {
    const { id } = await index.write(ref, Numbered, numbered(50, { first: worker * 1000 }), { maxSamples: 20 });
    process.stdout.write(`${JSON.stringify({ ref, id })}\n`);
  } catch (error) {
    if (!isAtdataError(error, "DATASET_EXISTS")) throw error;
  }
}
await index[Symbol.asyncDispose]();
