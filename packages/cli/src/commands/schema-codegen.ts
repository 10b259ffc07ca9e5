import type { Command } from "commander";
import { typeModule } from "../codegen/type-code.ts";
import { loadType, noteInference, TYPE_REF_HELP } from "../load-type.ts";
import type { Terminal } from "../terminal.ts";
import { writeTextFile } from "../write-file.ts";

/** Adds the command that writes a type as TypeScript. */
export function addSchemaCodegen(schema: Command, terminal: Terminal): void {
  schema
    .command("codegen")
    .summary("write a type as a TypeScript module")
    .description(
      "Writes a TypeScript module that declares the type of a dataset or schema file: the type of its samples, and the value of " +
        "the same name for @atdata/core.\n\n" +
        "A dtype or shape that is only noted, as Python does, is not declared; a comment tells it.",
    )
    .argument("<ref>", TYPE_REF_HELP)
    .option("-o, --out <file>", "write into this file, over one of that name (default: stdout)")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata schema codegen out/digits.tar -o src/digit.ts
  $ atdata schema codegen digit.schema.json`,
    )
    .action(async (ref: string, { out }: { out?: string }) => {
      const loaded = await loadType(ref, terminal);
      const code = typeModule(loaded.type);
      if (out === undefined) await terminal.out.write(code);
      else await writeTextFile(out, code);
      await noteInference(ref, loaded, terminal);
    });
}
