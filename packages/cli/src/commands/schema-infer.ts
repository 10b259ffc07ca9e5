import { schemaToLocal } from "@atdata/core";
import type { Command } from "commander";
import { schemaText } from "../format/schema-text.ts";
import { inferFromSamples } from "../infer-from-samples.ts";
import { INFER_SAMPLES, inferenceText, writeNote } from "../load-type.ts";
import { openRef } from "../open.ts";
import { parsePositive } from "../parse-count.ts";
import { storedSamples } from "../stored-samples.ts";
import type { Terminal } from "../terminal.ts";

interface InferOptions {
  readonly samples: number;
  readonly name?: string;
  readonly json?: true;
}

/** Adds the command that finds the type that samples fit. */
export function addSchemaInfer(schema: Command, terminal: Terminal): void {
  schema
    .command("infer")
    .summary("find the type that the first samples fit")
    .description(
      "Finds the type that the first samples fit, whatever type is stored with them.\n\n" +
        "Fields that are absent in a sample become optional, array axes whose lengths differ variable. A later sample may not fit: " +
        "look at more with --samples. Where samples have several files, a file such as .seg.png becomes the field seg_png.",
    )
    .argument("<ref>", "dataset")
    .option("-n, --samples <count>", "how many samples to look at", parsePositive, INFER_SAMPLES)
    .option("--name <name>", "name of the type (default: Sample)")
    .option("--json", "print the type in the local form, which --type and other commands read")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata schema infer data/old.tar
  $ atdata schema infer 'data/*.tar' --samples 10000 --name Digit --json > digit.schema.json`,
    )
    .action(async (ref: string, options: InferOptions) => {
      const { out, signal } = terminal;
      const opened = await openRef(ref, terminal);
      const inferred = inferFromSamples(await storedSamples(opened, options.samples, signal), options.name);
      const { type } = inferred;
      if (options.json) await out.write(`${JSON.stringify(schemaToLocal(type), undefined, 2)}\n`);
      else await out.write(schemaText(type, out));
      await writeNote(inferenceText(inferred), terminal);
    });
}
