/** Writes generation after generation of a dataset until it is killed: `node write-forever.ts FOLDER FIRST OPTIONS_JSON`. */
import { join } from "node:path";
import { manifests } from "@atdata/manifest/node";
import { writeDataset } from "@atdata/wds/node";
import { generation } from "../generation.ts";
import { Numbered } from "../numbers.ts";

const [folder = "", first = "0", options = "{}"] = process.argv.slice(2);
const settings = JSON.parse(options);
for (let g = Number(first); ; g++) {
  // Without overwrite each generation has a name of its own.
  const name = settings.overwrite ? "d.tar" : `d${g}.tar`;
  process.stdout.write(`${g}\n`);
  const metadata = { generation: g };
  await writeDataset(Numbered, generation(g), join(folder, name), { ...settings, metadata, plugins: [manifests()] });
}
