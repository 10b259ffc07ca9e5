import { dirname } from "node:path";
import type { CheckedVerification, PublishedLens } from "@atdata/atmosphere";
import type { RawSample, SampleType } from "@atdata/core";
import type { Command } from "commander";
import { findCredentials } from "../atmosphere/credentials.ts";
import { loginNeeded } from "../atmosphere/logged-out.ts";
import { openAtmosphere, type UserAtmosphere } from "../atmosphere/user-atmosphere.ts";
import { codecs } from "../codecs.ts";
import { userConfig } from "../config/open-index.ts";
import { formatTable } from "../format/table.ts";
import { plainText } from "../format/text.ts";
import { lensUri } from "../lens/lens-uri.ts";
import { openRef, REF_HELP } from "../open.ts";
import { openAs } from "../open-as.ts";
import { parsePositive } from "../parse-count.ts";
import { parseRepo } from "../parse-repo.ts";
import type { Colors, Terminal } from "../terminal.ts";
import { LAW_SAMPLES } from "./lens-check.ts";

interface VerifyOptions {
  readonly samples: number;
  readonly by?: readonly string[];
  readonly json?: true;
}

/** Adds the command that says in public that a lens obeys its laws, or tells who says so. */
export function addLensVerify(group: Command, terminal: Terminal): void {
  group
    .command("verify")
    .summary("try the laws of a published lens and publish that they hold, or tell who says so")
    .description(
      "Tries the laws of a published lens on samples of a dataset, as `atdata lens check` does, and where they hold says so in a " +
        "record of @me, of this very version of the lens.\n\n" +
        "Without a dataset it tells what accounts say of the lens, and whether that is signed and of the lens as it is now.",
    )
    .argument("<lens>", "@me/name[@version], @handle/name[@version], or at:// uri")
    .argument("[dataset]", REF_HELP)
    .option("-n, --samples <count>", "on how many samples", parsePositive, LAW_SAMPLES)
    .option("--by <handle...>", "without a dataset: whose word (default: that of the lens's account, and of @me)")
    .option("--json", "print what was published as one JSON document, or what is said as one a line")
    .addHelpText(
      "after",
      `
Exit status: 0, or 1 when a law or something that is said does not hold.

Examples:
  $ atdata lens verify @alice.example.org/digit-to-thumb @alice.example.org/digits
  $ atdata lens verify @alice.example.org/digit-to-thumb --by bob.example.org`,
    )
    .action(async (ref: string, dataset: string | undefined, options: VerifyOptions) => {
      const config = await userConfig();
      const credentials = await findCredentials(dirname(config.file), process.env);
      const user = await openAtmosphere(config, credentials);
      const { readLens } = await import("@atdata/atmosphere");
      const { atmosphere } = user;
      const { signal } = terminal;
      if (atmosphere.did === undefined && (dataset !== undefined || ref.startsWith("@me/"))) throw loginNeeded();
      const lens = await readLens(await lensUri(ref, atmosphere, { signal }), { atmosphere, codecs, signal });
      if (dataset === undefined) await tellVerifications(lens, user, options, terminal);
      else await publishTest(lens, dataset, user, options, terminal);
    });
}

async function publishTest(
  lens: PublishedLens,
  dataset: string,
  { atmosphere }: UserAtmosphere,
  { samples: count, json }: VerifyOptions,
  terminal: Terminal,
): Promise<void> {
  const { out, signal } = terminal;
  const { publishVerification } = await import("@atdata/atmosphere");
  const opened = await openRef(dataset, terminal);
  const typed = await openAs(opened, lens.source as SampleType as SampleType<RawSample>, signal);
  const samples: RawSample[] = [];
  for await (const sample of typed.take(count)) samples.push(sample);
  const said = await publishVerification(lens, { atmosphere, method: "automatedTest", samples, signal });
  const { uri, lensCommit: commit, method, description = "" } = said;
  const facts = { uri, lens: said.lens, commit, method, description };
  await out.write(json ? `${JSON.stringify(facts)}\n` : `${plainText(`${description}: ${uri}`)}\n`);
}

async function tellVerifications(
  lens: PublishedLens,
  { atmosphere }: UserAtmosphere,
  { by, json }: VerifyOptions,
  { out, err, exit, signal }: Terminal,
): Promise<void> {
  const { lensVerifications } = await import("@atdata/atmosphere");
  const verifiers = by?.map(parseRepo);
  const found = await lensVerifications(lens, { atmosphere, verifiers, signal });
  if (found.some(({ ok }) => ok === false)) exit.onSuccess = 1;
  if (json) for (const said of found) await out.write(`${JSON.stringify(factsOf(said))}\n`);
  else if (found.length === 0) await err.write(`${err.colors.dim("nobody says anything of it")}\n`);
  else await out.write(`${formatTable(found.map((said) => rowOf(said, out.colors))).join("\n")}\n`);
}

function factsOf(said: CheckedVerification): Record<string, unknown> {
  const { uri, verifier, method, createdAt, ok, what, code, description } = said;
  return { uri, verifier, method, createdAt, ok: ok ?? null, what, code, description };
}

function rowOf({ ok, verifier, method, what, code }: CheckedVerification, colors: Colors): string[] {
  const said = ok === undefined ? colors.yellow("unknown") : ok ? colors.green("holds") : colors.red("does not hold");
  return [said, plainText(verifier), plainText(method), plainText(code === undefined ? what : `${code}: ${what}`)];
}
