import { CommanderError } from "commander";
import { reportFailure } from "./failure.ts";
import { createProgram } from "./program.ts";
import { outputTo, type Terminal } from "./terminal.ts";

const USAGE = 2;
const INTERRUPTED = 130;

/**
 * Runs the `atdata` command in this process, on its standard streams.
 *
 * A reader that stops reading, as `head` does, ends the process quietly.
 *
 * @param args - The arguments, without those of Node.
 * @returns The exit status: 0, 1 for a failure or where a command that checks finds something, 2 for wrong usage and for
 * what `schema diff` and `schema check` cannot compare, 130 when interrupted.
 * @example
 * ```ts
 * import { run } from "@atdata/cli";
 * process.exitCode = await run(["inspect", "out/digits.tar", "--json"]);
 * ```
 */
export async function run(args: readonly string[]): Promise<number> {
  const { stdout, stderr, env } = process;
  const interrupt = new AbortController();
  const opened: AsyncDisposable[] = [];
  const terminal: Terminal = {
    out: outputTo(stdout, env),
    err: outputTo(stderr, env),
    signal: interrupt.signal,
    atExit: (resource) => opened.push(resource),
    exit: { onSuccess: 0, onFailure: 1 },
  };
  const onInterrupt = (): void => {
    // Whoever asks twice does not want to wait for tidying up.
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
  };
  process.on("SIGINT", onInterrupt);
  stdout.on("error", endQuietly);
  stderr.on("error", endQuietly);
  try {
    await createProgram(terminal).parseAsync(args, { from: "user" });
    return terminal.exit.onSuccess;
  } catch (error) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (isBrokenPipe(error)) return 0;
    await reportFailure(error, terminal.err, isOn(env.ATDATA_DEBUG));
    return terminal.exit.onFailure;
  } finally {
    // What was read is told already; a connection that cannot be ended well ends with the process.
    await Promise.allSettled(opened.map((resource) => resource[Symbol.asyncDispose]()));
    // Help is written without waiting; that nobody reads it turns out after the call.
    await new Promise((resolve) => stdout.write("", resolve));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("SIGINT", onInterrupt);
    stdout.off("error", endQuietly);
    stderr.off("error", endQuietly);
  }
}

function endQuietly(error: Error): void {
  if (isBrokenPipe(error)) process.exit(0);
  throw error;
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0";
}
