import { decodeNdArray, decodeStructured, isAtdataError, type RawSample, redactUrl } from "@atdata/core";
import { type Command, InvalidArgumentError } from "commander";
import { sampleJson } from "../format/sample-json.ts";
import { sampleText } from "../format/sample-text.ts";
import { readTypeFile } from "../load-type.ts";
import { openRef } from "../open.ts";
import { openAs } from "../open-as.ts";
import type { Terminal } from "../terminal.ts";

interface PreviewOptions {
  readonly limit: number;
  readonly json?: true;
  readonly full?: true;
  readonly raw?: true;
  readonly type?: string;
}

/** Adds the command that shows the first samples. */
export function addPreview(program: Command, terminal: Terminal): void {
  program
    .command("preview")
    .summary("show the first samples")
    .description(
      "Shows the first samples. Small 2-D arrays of uint8 are drawn.\n\n" +
        "Where no type is stored with the dataset, bytes that are exactly an array are shown as one.",
    )
    .argument("<ref>", "path, directory, glob, brace pattern, dataset.json, or http(s) url")
    .option("-n, --limit <count>", "how many samples", parseCount, 5)
    .option("--json", "print one JSON object a line: key and sample")
    .option("--full", "with --json, print sparse matrices, data frames, safetensors and Arrow tensors whole")
    .option("--raw", "without a type, leave bytes bytes even where they are an array")
    .option("--type <file>", "decode by the type in this file: local form, schema record, JSON Schema or .dataset.json")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata preview out/digits.tar
  $ atdata preview 'data/*.tar' --limit 100 --json | jq .sample.label
  $ atdata preview data/old.tar --type digit.schema.json`,
    )
    .action(async (ref: string, options: PreviewOptions) => {
      const { signal, out } = terminal;
      const given = options.type === undefined ? undefined : await readTypeFile(options.type, signal);
      const opened = await openRef(ref, signal);
      const dataset = given === undefined ? opened.dataset : await openAs(opened, given, signal);
      const { type } = dataset;
      const show = type === undefined && options.raw !== true ? showArrays : (sample: RawSample) => sample;
      let count = 0;
      for await (const { key, shard, sample } of dataset.take(options.limit).entries({ signal })) {
        const shown = show(sample);
        if (options.json) {
          const json = sampleJson(shown, type, { full: options.full === true });
          await out.write(`${JSON.stringify({ key, sample: json })}\n`);
        } else {
          await out.write((count === 0 ? "" : "\n") + sampleText(key, redactUrl(shard), shown, type, out));
        }
        count += 1;
      }
    });
}

function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}

/** Replaces bytes that are exactly an array, or an array of records, by it. */
function showArrays(sample: RawSample): RawSample {
  const shown: RawSample = Object.create(null);
  for (const [name, value] of Object.entries(sample)) {
    shown[name] = value instanceof Uint8Array ? (asArray(value) ?? value) : value;
  }
  return shown;
}

function asArray(bytes: Uint8Array): unknown {
  for (const decode of [decodeNdArray, decodeStructured]) {
    try {
      return decode(bytes);
    } catch (error) {
      if (!isAtdataError(error)) throw error;
    }
  }
  return undefined;
}
