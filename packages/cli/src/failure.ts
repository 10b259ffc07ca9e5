import { isAtdataError } from "@atdata/core";
import { plainText } from "./format/text.ts";
import type { Output } from "./terminal.ts";

/** Instead of the library's hint, which names an option of its own. */
const EXTRA_HINT = "a type that has these fields; atdata schema infer tells one";

/** Says on the error stream what went wrong: code and message, or for a bug one line; the stack only with `ATDATA_DEBUG=1`. */
export async function reportFailure(error: unknown, err: Output, debug: boolean): Promise<void> {
  const { colors } = err;
  const lines: string[] = [];
  if (isAtdataError(error)) {
    const { code, hint, message } = error;
    const end = hint === undefined ? "" : `; try: ${hint}`;
    const text = end !== "" && message.endsWith(end) ? message.slice(0, -end.length) : message;
    // A caret stands below the user's own text, on a line of its own.
    const plain = code === "PREDICATE_INVALID" ? text.split("\n").map(plainText).join("\n") : plainText(text);
    lines.push(`atdata: ${colors.red(`error[${code}]`)}: ${plain}`);
    const ownHint = hint?.startsWith('extra: "ignore"') ? EXTRA_HINT : hint;
    if (ownHint !== undefined) lines.push(`  ${colors.cyan("try:")} ${plainText(ownHint)}`);
  } else {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    lines.push(`atdata: ${colors.red("internal error")}: ${plainText(text)}`);
    if (!debug) lines.push("  this is a bug; ATDATA_DEBUG=1 shows where, for a report");
  }
  if (debug && error instanceof Error) lines.push(stackOf(error));
  await err.write(`${lines.join("\n")}\n`);
}

function stackOf(error: Error): string {
  const stack = (error.stack ?? "").split("\n").map(plainText).join("\n");
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack;
}
