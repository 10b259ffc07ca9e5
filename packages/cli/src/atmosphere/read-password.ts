import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { AtdataError } from "@atdata/core";
import type { Terminal } from "../terminal.ts";

const MAX_LENGTH = 4096;

/**
 * Reads a password: a line of what is piped in, or of a person who is asked and sees nothing of it.
 *
 * @throws AtdataError `AUTH_REQUIRED` – there is none.
 */
export async function readPassword(
  account: string,
  { err, signal }: Pick<Terminal, "err" | "signal">,
): Promise<string> {
  const { stdin } = process;
  const asked = stdin.isTTY === true;
  if (asked) await err.write(`App password of ${account}: `);
  const password = asked ? await askHidden(signal) : await firstLine(signal);
  if (asked) await err.write("\n");
  if (password !== "") return password;
  const hint = "type it where it is asked for, pipe it in, or set ATDATA_PASSWORD";
  throw new AtdataError("AUTH_REQUIRED", "no password was given", { operation: "login" }, { hint });
}

function askHidden(signal: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  return new Promise<string>((resolve, reject) => {
    // A terminal that does not echo does not make a signal of Ctrl-C either.
    lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    lines.once("line", resolve);
    lines.once("close", () => resolve(""));
  }).finally(() => lines.close());
}

async function firstLine(signal: AbortSignal): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    signal.throwIfAborted();
    text += chunk;
    if (text.includes("\n") || text.length > MAX_LENGTH) break;
  }
  process.stdin.destroy();
  return /^[^\r\n]*/.exec(text)?.[0] ?? "";
}
