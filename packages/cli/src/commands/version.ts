import { createRequire } from "node:module";
import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";

const require = createRequire(import.meta.url);

/** Adds the command that prints versions. */
export function addVersion(program: Command, terminal: Terminal): void {
  program
    .command("version")
    .description("print the version of atdata")
    .option("--json", "print the versions of atdata, of its libraries and of Node as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata version
  $ atdata version --json`,
    )
    .action(async (options: { json?: true }) => {
      const version = ownVersion();
      const libraries = { core: versionOf("@atdata/core"), wds: versionOf("@atdata/wds") };
      const text = options.json
        ? JSON.stringify({ version, ...libraries, node: process.versions.node })
        : `atdata ${version}`;
      await terminal.out.write(`${text}\n`);
    });
}

/** The version of this package. */
export function ownVersion(): string {
  return versionOf("@atdata/cli");
}

function versionOf(name: string): string {
  const manifest = require(`${name}/package.json`) as { readonly version: string };
  return manifest.version;
}
