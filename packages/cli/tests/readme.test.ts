import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../src/program.ts";
import { recordingOutput } from "./recording-output.ts";

/** The commands that do something, each as a row of the README's table. */
function rows(command: Command, path: readonly string[]): string[] {
  const own = path.length === 0 ? [] : [...path, ...command.registeredArguments.map((each) => `<${each.name()}>`)];
  if (command.commands.length > 0) return command.commands.flatMap((each) => rows(each, [...path, each.name()]));
  return [`| \`${own.join(" ")}\` | ${command.summary() || command.description()} |`];
}

test("the README lists every command, in order, with what it does", () => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const [, table = ""] = /\| command \| what it does \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(readme) ?? [];
  const program = createProgram({
    out: recordingOutput(),
    err: recordingOutput(),
    signal: new AbortController().signal,
    atExit() {},
    exit: { onSuccess: 0, onFailure: 1 },
  });
  expect(table.trimEnd().split("\n")).toEqual(rows(program, []));
});
