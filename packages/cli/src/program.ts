import { Command } from "commander";
import { addConformance } from "./commands/conformance.ts";
import { addCopy } from "./commands/copy.ts";
import { addDescribe } from "./commands/describe.ts";
import { addDiagnose } from "./commands/diagnose.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExport } from "./commands/export.ts";
import { addIndex } from "./commands/index-group.ts";
import { addInspect } from "./commands/inspect.ts";
import { addLens } from "./commands/lens.ts";
import { addLocal } from "./commands/local.ts";
import { addLogin } from "./commands/login.ts";
import { addLogout } from "./commands/logout.ts";
import { addManifest } from "./commands/manifest.ts";
import { addPreview } from "./commands/preview.ts";
import { addPromote, addPublish } from "./commands/publish.ts";
import { addQuery } from "./commands/query.ts";
import { addSchema } from "./commands/schema.ts";
import { addSearch } from "./commands/search.ts";
import { addVerify } from "./commands/verify.ts";
import { addVersion, ownVersion } from "./commands/version.ts";
import { addWatch } from "./commands/watch.ts";
import { addWhoami } from "./commands/whoami.ts";
import { addWrite } from "./commands/write.ts";
import type { Terminal } from "./terminal.ts";

/** Builds the command with all its subcommands; it throws `CommanderError` instead of ending the process. */
export function createProgram(terminal: Terminal): Command {
  const { out, err } = terminal;
  const program = new Command("atdata")
    .description(
      "Typed datasets in WebDataset shards: write them, look into them, query them, publish them, and see what is wrong with them.",
    )
    .version(`atdata ${ownVersion()}`, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    // So that `--version` behind a command is that command's, or a mistake.
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError("(atdata --help tells what there is)")
    .configureOutput({
      getOutHelpWidth: () => Math.min(out.width, 100),
      getErrHelpWidth: () => Math.min(err.width, 100),
      getOutHasColors: () => out.colors.isColorSupported,
      getErrHasColors: () => err.colors.isColorSupported,
      outputError: (text, write) => write(text.replace(/^error: /, `atdata: ${err.colors.red("usage")}: `)),
    })
    .configureHelp({
      styleTitle: (title) => out.colors.bold(title),
      styleCommandText: (text) => out.colors.cyan(text),
      styleSubcommandTerm: (text) => out.colors.cyan(text),
      styleOptionTerm: (text) => out.colors.cyan(text),
      styleArgumentTerm: (text) => out.colors.cyan(text),
    })
    .addHelpText(
      "after",
      `
Examples:
  $ atdata inspect out/digits.tar
  $ atdata preview 'data/mnist-*.tar' --limit 3
  $ atdata query out/digits.tar 'label = 7 and ink > 30'
  $ atdata write out/iris.tar --from iris.csv
  $ atdata schema infer data/old.tar --json > digit.schema.json
  $ atdata query @alice.example.org/digits 'label = 7' --limit 3

A dataset is a path, directory, glob, brace pattern, dataset.json, http(s) or s3 url, @repo/name[@version], or @handle/name[@version] or at:// uri on ATProto. Data goes to stdout, all else to stderr.
Exit status: 0, 1 for a failure, 2 for wrong usage, 130 when interrupted.
`,
    );
  addInspect(program, terminal);
  addPreview(program, terminal);
  addQuery(program, terminal);
  addDescribe(program, terminal);
  addWrite(program, terminal);
  addExport(program, terminal);
  addIndex(program, terminal);
  addCopy(program, terminal);
  addManifest(program, terminal);
  addVerify(program, terminal);
  addDoctor(program, terminal);
  addSchema(program, terminal);
  addLens(program, terminal);
  addLogin(program, terminal);
  addLogout(program, terminal);
  addWhoami(program, terminal);
  addPublish(program, terminal);
  addPromote(program, terminal);
  addSearch(program, terminal);
  addWatch(program, terminal);
  addConformance(program, terminal);
  addDiagnose(program, terminal);
  addLocal(program, terminal);
  addVersion(program, terminal);
  return program;
}
