import { dirname } from "node:path";
import type { Command } from "commander";
import { credentialsFile, saveSession } from "../atmosphere/credentials.ts";
import { readPassword } from "../atmosphere/read-password.ts";
import { logIn, openAtmosphere } from "../atmosphere/user-atmosphere.ts";
import { userConfig } from "../config/open-index.ts";
import { plainText } from "../format/text.ts";
import { writeNote } from "../load-type.ts";
import type { Terminal } from "../terminal.ts";

interface LoginOptions {
  readonly service?: string;
  readonly json?: true;
}

/** Adds the command that logs in. */
export function addLogin(program: Command, terminal: Terminal): void {
  program
    .command("login")
    .summary("log in to an account on ATProto, which is @me from then on")
    .description(
      "Logs in with an app password, which is asked for, or read from what is piped in, or from ATDATA_PASSWORD, and is not kept. " +
        "What is kept are the tokens of the session, in credentials.json in ATDATA_HOME, which only you can read.\n\n" +
        "In CI, set ATDATA_HANDLE and ATDATA_PASSWORD instead, which need no login; they come before a saved session.",
    )
    .argument("[handle]", "handle or DID (default: ATDATA_HANDLE)")
    .option("--service <url>", "the account's PDS (default: ATDATA_PDS_URL, else it is looked up)")
    .option("--json", "print did, handle and pds as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata login alice.example.org
  $ pass show alice-app-password | atdata login alice.example.org
  $ atdata login alice.example.org --service https://pds.example.org`,
    )
    .action(async (given: string | undefined, options: LoginOptions, command: Command) => {
      const { out, signal } = terminal;
      const { env } = process;
      const known = (env.ATDATA_HANDLE ?? "").replace(/^@/, "");
      const handle = (given ?? known).replace(/^@/, "");
      // What the environment has is of the account that it names, and goes to no other one's server.
      const own = handle === known;
      if (handle === "") return command.error("error: no handle: atdata login alice.example.org");
      const service = options.service ?? ((own && env.ATDATA_PDS_URL) || undefined);
      if (service !== undefined && !/^https?:$/.test(URL.parse(service)?.protocol ?? "")) {
        return command.error("error: --service is an http url, such as https://pds.example.org");
      }
      const config = await userConfig();
      const password = (own && env.ATDATA_PASSWORD) || (await readPassword(handle, terminal));
      const { atmosphere } = await openAtmosphere(config, undefined);
      const session = await logIn({ kind: "environment", handle, password, service }, atmosphere, signal);
      const data = session.data();
      if (data !== undefined) await saveSession(credentialsFile(dirname(config.file)), data);
      const facts = { did: session.did, handle: session.handle, pds: session.pds };
      const text = `@me is ${facts.handle}  ${facts.did}  ${facts.pds}`;
      await out.write(options.json ? `${JSON.stringify(facts)}\n` : `${plainText(text)}\n`);
      if (known !== "" && env.ATDATA_PASSWORD && !own) {
        await writeNote(`while ATDATA_HANDLE is set, @me is ${known}`, terminal);
      }
    });
}
