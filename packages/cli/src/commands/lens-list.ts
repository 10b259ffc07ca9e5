import { AtdataError, type StoredLensRecord } from "@atdata/core";
import type { Command } from "commander";
import { OWN_REPO } from "../config/parse-config.ts";
import { formatTable } from "../format/table.ts";
import { plainText } from "../format/text.ts";
import { typeText } from "../format/type-text.ts";
import { openUserIndex, repoOfRef } from "../open.ts";
import { parseRepo } from "../parse-repo.ts";
import type { Terminal } from "../terminal.ts";

interface ListOptions {
  readonly repo: string;
  readonly json?: true;
}

/** Adds the command that lists lenses. */
export function addLensList(group: Command, terminal: Terminal): void {
  group
    .command("list")
    .summary("list the lenses of a repository")
    .description(
      "Lists the lenses of a repository, or of an account by its handle or DID, with the types on both sides.",
    )
    .option("--repo <repo>", "the repository, handle or DID", parseRepo, OWN_REPO)
    .option("--json", "print one JSON object a line")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata lens list --repo local
  $ atdata lens list --repo @alice.example.org --json`,
    )
    .action(async ({ repo, json }: ListOptions) => {
      const { out, err, signal } = terminal;
      const index = await openUserIndex(terminal);
      const found = await repoOfRef(index, `@${repo}/lens`, signal);
      if (found === undefined) {
        const hint = Object.keys(index.repos)
          .map((name) => `--repo ${name}`)
          .join(" or ");
        throw new AtdataError("REPO_UNKNOWN", "there is no such repository", { ref: `@${repo}`, repo }, { hint });
      }
      const rows: string[][] = [];
      for await (const lens of found.provider.listLenses({ signal })) {
        const facts = lensFacts(repo, lens);
        if (json) await out.write(`${JSON.stringify(facts)}\n`);
        else
          rows.push([
            out.colors.cyan(plainText(facts.ref)),
            plainText(`${typeText(facts.source)} → ${typeText(facts.view)}`),
            facts.is,
          ]);
      }
      if (rows.length > 0) await out.write(`${formatTable(rows).join("\n")}\n`);
      else if (!json) await err.write(`${err.colors.dim("no lenses")}\n`);
    });
}

/** What is told of a stored lens. */
interface LensFacts {
  readonly ref: string;
  readonly name: string;
  readonly version: string;
  /** Refs of its types, or their names where only those are noted. */
  readonly source: string;
  readonly view: string;
  /** `declared` is data that can be run; `code` is run only by who has it. */
  readonly is: "declared" | "code";
  readonly description?: string;
}

function lensFacts(repo: string, { name, version, json }: StoredLensRecord): LensFacts {
  const stored = (typeof json === "object" && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const { getter, atdata_lens: declared, atdata_source: source, atdata_view: view, description } = stored;
  const { kind } = (typeof getter === "object" && getter !== null ? getter : {}) as { readonly kind?: unknown };
  return {
    ...{ ref: `@${repo}/${name}@${version}`, name, version },
    source: String(source ?? stored.source_schema ?? "?"),
    view: String(view ?? stored.view_schema ?? "?"),
    is: declared !== undefined || kind === "field_mapping" ? "declared" : "code",
    ...(typeof description === "string" && { description }),
  };
}
