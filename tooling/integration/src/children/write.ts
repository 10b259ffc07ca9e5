/** Writes a dataset in a process of its own: `node write.ts TARGET COUNT FIRST TEXT_LENGTH OPTIONS_JSON`. */
import { isAtdataError } from "@atdata/core";
import { writeDataset } from "@atdata/wds/node";
import { Numbered, numbered } from "../numbers.ts";

const [target = "", count = "0", first = "0", length = "0", options = "{}"] = process.argv.slice(2);
const samples = numbered(Number(count), { first: Number(first), length: Number(length) });
process.stdout.write("begin\n");
try {
  await writeDataset(Numbered, samples, target, JSON.parse(options));
  process.stdout.write("done\n");
} catch (error) {
  process.stdout.write(isAtdataError(error) ? `${error.code} ${error.message}\n` : `${String(error)}\n`);
  process.exitCode = 3;
}
