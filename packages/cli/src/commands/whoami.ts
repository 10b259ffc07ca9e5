import { dirname } from "node:path";
import type { Command } from "commander";
import { findCredentials } from "../atmosphere/credentials.ts";
import { loginNeeded } from "../atmosphere/logged-out.ts";
import { openAtmosphere } from "../atmosphere/user-atmosphere.ts";
import { checkSession } from "../atmosphere/who-is-there.ts";
import { userConfig } from "../config/open-index.ts";
import { formatTable } from "../format/table.ts";
import { plainText } from "../format/text.ts";
import type { Terminal } from "../terminal.ts";

/** Adds the command that tells who is logged in. */
export function addWhoami(program: Command, terminal: Terminal): void {
  program
    .command("whoami")
    .summary("tell which account @me is, and whether its session holds")
    .description("Tells DID, handle and PDS of the account that is logged in, and what says so. Its PDS is asked.")
    .option("--json", "print did, handle, pds and from as one JSON document")
    .addHelpText(
      "after",
      `
Exit status: 0 when somebody is logged in, 1 when nobody is or the session has ended.

Examples:
  $ atdata whoami
  $ atdata whoami --json | jq -r .did`,
    )
    .action(async ({ json }: { json?: true }) => {
      const { out, signal } = terminal;
      const config = await userConfig();
      const credentials = await findCredentials(dirname(config.file), process.env);
      if (credentials === undefined) throw loginNeeded();
      const { atmosphere, session } = await openAtmosphere(config, credentials);
      const {
        did,
        handle = "handle.invalid",
        pds,
      } = await atmosphere.identities.resolve(atmosphere.did as string, {
        signal,
      });
      if (session !== undefined) await checkSession(session, { handle, pds }, { signal });
      const from = credentials.kind === "environment" ? "environment" : credentials.file;
      const facts = { did, handle, pds, from };
      if (json) return out.write(`${JSON.stringify(facts)}\n`);
      const rows = Object.entries(facts).map(([name, value]) => [out.colors.dim(name), plainText(value)]);
      await out.write(`${formatTable(rows).join("\n")}\n`);
    });
}
