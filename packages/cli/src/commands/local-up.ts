import { dirname, join } from "node:path";
import type { Command } from "commander";
import { formatTable } from "../format/table.ts";
import { plainText } from "../format/text.ts";
import { configOf, REPO, urlOf } from "../local/local-settings.ts";
import type { LocalFiles } from "../local/local-state.ts";
import { type Started, startLocal } from "../local/local-up.ts";
import type { Colors, Terminal } from "../terminal.ts";

/** Adds the command that starts servers. */
export function addLocalUp(local: Command, terminal: Terminal, files: LocalFiles): void {
  local
    .command("up")
    .summary("start Redis and S3")
    .description(
      "Starts Redis and S3 on this machine, reachable from it alone, and tells how to use them; what runs already is left alone.\n\n" +
        "Where docker has an engine, they are containers (Redis and MinIO); else redis-server, and minio or Ceph, as far as they are " +
        "installed. They go on until `atdata local down`. What they hold is kept in ATDATA_HOME/local, or in volumes of docker.",
    )
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata local up
  $ . ~/.atdata/local/env`,
    )
    .action(async (options: { json?: true }) => {
      const { out, err, signal } = terminal;
      const started = await startLocal(files, signal, (what) => {
        if (err.isTerminal) void err.write(err.colors.dim(`${what} …\n`));
      });
      if (options.json) await out.write(`${JSON.stringify(upJson(started, files))}\n`);
      else await out.write(upText(started, files, out.colors));
    });
}

function upJson({ state, started }: Started, files: LocalFiles): object {
  const services = state.services.map(({ name, program, port }) => {
    return { name, program, url: urlOf(name, port), started: started.includes(name) };
  });
  return { services, env: files.env, config: configOf(state) };
}

function upText({ state, started }: Started, files: LocalFiles, colors: Colors): string {
  const rows = state.services.map(({ name, program, port }) => {
    const did = started.includes(name) ? colors.green("started") : "runs already";
    return [colors.bold(name), program, urlOf(name, port), did];
  });
  const config = join(dirname(files.folder), "config.json");
  const settings = JSON.stringify(configOf(state), null, 2).replace(/^/gm, "  ");
  return `${formatTable(rows).join("\n")}

Each shell that uses them needs their passwords, as variables:
  . ${plainText(files.env)}

To have them as the repository @${REPO}, put this into ${plainText(config)}:
${settings}

Then:
  atdata write @${REPO}/iris --from iris.csv
  atdata local down
`;
}
