import type { WatchEvent, WatchKind } from "@atdata/atmosphere";
import { type Command, InvalidArgumentError, Option } from "commander";
import { plainText } from "../format/text.ts";
import type { Terminal } from "../terminal.ts";

/** The relay that hears of all PDSes. */
const RELAY = "https://bsky.network";
const KINDS: readonly WatchKind[] = ["entry", "schema", "lens", "label", "verification"];

interface WatchCommandOptions {
  readonly kind?: readonly WatchKind[];
  readonly cursor?: string;
  readonly since?: number;
  readonly json?: true;
}

/** Adds the command that watches what is published. */
export function addWatch(program: Command, terminal: Terminal): void {
  program
    .command("watch")
    .summary("watch datasets, types, lenses and labels come, change and go")
    .description(
      "Tells of every record of a dataset, type, lens, label or verification that is put or goes, at a PDS or at all that a relay " +
        "hears of, until it is interrupted, which is a good end. A connection that breaks is opened again, and nothing is missed or " +
        "told twice; a note says so where a service does not tell what happened.",
    )
    .argument("[service]", "url of a PDS or relay", RELAY)
    .addOption(new Option("--kind <kind...>", "only of these").choices(KINDS))
    .option("--cursor <cursor>", "go on behind the event that has this cursor")
    .addOption(
      new Option("--since <time>", "begin with what the service still has of this time, such as 2026-11-23T12:00Z")
        .argParser(parseTime)
        .conflicts("cursor"),
    )
    .option("--json", "print one JSON object a line, with the records")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata watch
  $ atdata watch https://pds.example.org --kind entry label
  $ atdata watch --cursor 8432199 --json | jq -r .uri`,
    )
    .action(async (service: string, options: WatchCommandOptions, command: Command) => {
      if (!/^https?:$/.test(URL.parse(service)?.protocol ?? "")) {
        return command.error("error: the service is an http url, such as https://pds.example.org");
      }
      await watchService(service, options, terminal);
    });
}

async function watchService(
  service: string,
  { kind: kinds, cursor, since, json }: WatchCommandOptions,
  { out, err, signal }: Terminal,
): Promise<void> {
  const { watch } = await import("@atdata/atmosphere");
  const events = watch({
    // A service begins with the oldest that it has.
    ...{ service, kinds, signal, cursor: since === undefined ? cursor : "0" },
    onProblem: ({ message }) => void err.write(`${err.colors.dim(plainText(message))}\n`),
  });
  for await (const event of events) {
    if (since !== undefined && Date.parse(event.time) < since) continue;
    await out.write(`${json ? JSON.stringify(event) : eventLine(event, out)}\n`);
  }
}

function eventLine(event: WatchEvent, { colors }: Terminal["out"]): string {
  const name = event.action === "delete" ? "" : nameOf(event.record);
  const { time, action, kind, uri } = event;
  return `${colors.dim(plainText(time))}  ${action.padEnd(6)}  ${kind.padEnd(12)}  ${colors.cyan(plainText(uri))}${name}`;
}

function nameOf({ name, version }: Readonly<Record<string, unknown>>): string {
  if (typeof name !== "string") return "";
  return plainText(typeof version === "string" ? `  ${name}@${version}` : `  ${name}`);
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError("Give a time such as 2026-11-23T12:00Z.");
  return time;
}
