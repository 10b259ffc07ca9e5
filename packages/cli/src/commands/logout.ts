import { dirname } from "node:path";
import { isAtdataError } from "@atdata/core";
import type { Command } from "commander";
import { credentialsFile, findCredentials, forgetSession } from "../atmosphere/credentials.ts";
import { resumeSaved } from "../atmosphere/user-atmosphere.ts";
import { userConfig } from "../config/open-index.ts";
import { plainText } from "../format/text.ts";
import { writeNote } from "../load-type.ts";
import type { Terminal } from "../terminal.ts";

/** Adds the command that logs out. */
export function addLogout(program: Command, terminal: Terminal): void {
  program
    .command("logout")
    .summary("end the session that login has saved, and forget it")
    .description(
      "Ends the session at the account's PDS and removes credentials.json from ATDATA_HOME. Where the PDS cannot be asked, or the " +
        "session has ended already, it is forgotten all the same.",
    )
    .option("--json", "print the account as one JSON document, null where none was logged in")
    .addHelpText("after", "\nExamples:\n  $ atdata logout")
    .action(async ({ json }: { json?: true }) => {
      const { out } = terminal;
      const home = dirname((await userConfig()).file);
      const file = credentialsFile(home);
      // What is damaged goes too.
      const found = await findCredentials(home, {}).catch((error: unknown) => {
        if (isAtdataError(error, "FORMAT_INVALID")) return undefined;
        throw error;
      });
      const ended = found?.kind === "saved" ? await endSession(found) : undefined;
      await forgetSession(file);
      if (json) await out.write(`${JSON.stringify({ account: ended?.did ?? null, ended: ended?.ended ?? false })}\n`);
      else if (ended === undefined) await writeNote("nobody was logged in", terminal);
      else await out.write(`${plainText(`logged out ${ended.handle}`)}\n`);
      if (ended?.ended === false) await writeNote("the PDS was not told, or knew of no such session", terminal);
    });
}

async function endSession(
  saved: Parameters<typeof resumeSaved>[0],
): Promise<{ readonly did: string; readonly handle: string; readonly ended: boolean }> {
  const { did, handle } = saved.session;
  try {
    await (await resumeSaved(saved)).logout();
    return { did, handle, ended: true };
  } catch {
    // Whatever it is: the tokens are forgotten, and end in time.
    return { did, handle, ended: false };
  }
}
