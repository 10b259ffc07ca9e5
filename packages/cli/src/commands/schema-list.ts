import { isAtdataError, type RepoSchema, schemaFromLocal } from "@atdata/core";
import type { Command } from "commander";
import { codecs } from "../codecs.ts";
import { formatTable } from "../format/table.ts";
import { plainText } from "../format/text.ts";
import { openUserIndex } from "../open.ts";
import { parseRepo } from "../parse-repo.ts";
import { schemaRef } from "../schema-ref.ts";
import type { Terminal } from "../terminal.ts";

interface ListOptions {
  readonly repo?: string;
  readonly name?: string;
  readonly json?: true;
}

/** Adds the command that lists stored types. */
export function addSchemaList(schema: Command, terminal: Terminal): void {
  schema
    .command("list")
    .summary("list the types that are stored in an index")
    .description("Lists the types that are stored in all repositories, or in one, with the names of their fields.")
    .option("--repo <repo>", "only this repository: its name, a handle or a DID", parseRepo)
    .option("--name <name>", "only types of this name")
    .option("--json", "print one JSON object a line")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata schema list
  $ atdata schema list --name Digit --json | jq -r .version`,
    )
    .action(async ({ json, ...of }: ListOptions) => {
      const { err, out, signal } = terminal;
      const index = await openUserIndex(terminal);
      const rows: string[][] = [];
      for await (const stored of index.schemas({ ...of, signal })) {
        const { repo, name, version } = stored;
        const ref = schemaRef(stored);
        const fields = fieldNames(stored);
        if (json) await out.write(`${JSON.stringify({ ref, repo, name, version, fields })}\n`);
        else rows.push([out.colors.cyan(plainText(ref)), plainText(fields?.join(" ") ?? "cannot be read")]);
      }
      if (rows.length > 0) await out.write(`${formatTable(rows).join("\n")}\n`);
      else if (!json) await err.write(`${err.colors.dim("no types")}\n`);
    });
}

/** What another program left may be no type. */
function fieldNames({ json }: RepoSchema): string[] | null {
  try {
    return Object.keys(schemaFromLocal(json, { codecs }).fields);
  } catch (error) {
    if (isAtdataError(error)) return null;
    throw error;
  }
}
