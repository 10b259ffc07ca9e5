import { type Command, Option } from "commander";
import { lensModule } from "../codegen/lens-code.ts";
import { checkText } from "../format/check-text.ts";
import { loadType, noteInference, TYPE_REF_HELP } from "../load-type.ts";
import { checkSchemas } from "../schema-check.ts";
import type { Terminal } from "../terminal.ts";

interface CheckOptions {
  readonly json?: true;
  readonly lens?: true;
}

/** Adds the command that tells whether a type may follow another. */
export function addSchemaCheck(schema: Command, terminal: Terminal): void {
  schema
    .command("check")
    .summary("tell whether a type may follow an earlier one, and why not")
    .description(
      "Tells whether the second type may follow the first, what each change means, and the version that it needs.\n\n" +
        "Where both have a version, the second's must be at least as far on as the change asks: a major step needs 2.0.0 after " +
        "1.4.2. Where one has none, data of the first must still read as the second.",
    )
    .argument("<from>", `the earlier type: ${TYPE_REF_HELP}`)
    .argument("<to>", `the later type: ${TYPE_REF_HELP}`)
    .addOption(
      new Option(
        "--lens",
        "print a TypeScript module with both types and the lens between them, to be completed",
      ).conflicts("json"),
    )
    .option("--json", "print one JSON document: compatibility, reasons, from, to, next, ok")
    .addHelpText(
      "after",
      `
Exit status: 0 when it may follow, 1 when it may not, 2 when they cannot be compared.

Examples:
  $ atdata schema check main/digit.schema.json digit.schema.json
  $ atdata schema check old/digits.tar new/digits.tar --lens > migrate.ts`,
    )
    .action(async (from: string, to: string, { json, lens }: CheckOptions) => {
      const { err, exit, out } = terminal;
      exit.onFailure = 2;
      const [a, b] = [await loadType(from, terminal), await loadType(to, terminal)];
      const check = checkSchemas(a.type, b.type);
      if (json) await out.write(`${JSON.stringify(check)}\n`);
      else if (lens) await out.write(lensModule(a.type, b.type));
      // The module is the data then.
      if (!json) await (lens ? err : out).write(checkText(check, (lens ? err : out).colors));
      await noteInference(from, a, terminal);
      await noteInference(to, b, terminal);
      if (!check.ok) exit.onSuccess = 1;
    });
}
