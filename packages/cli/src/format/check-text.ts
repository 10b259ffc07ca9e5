import type { SchemaCheck } from "../schema-check.ts";
import type { Colors } from "../terminal.ts";
import { formatTable } from "./table.ts";
import { plainText } from "./text.ts";

/** Shows a check: a line for each reason, the step, and what the version has to be. */
export function checkText({ compatibility, reasons, to, next, ok }: SchemaCheck, colors: Colors): string {
  const paint = { major: colors.red, minor: colors.yellow, patch: colors.dim };
  const lines = formatTable(
    reasons.map(({ field, step, what }) => [
      paint[step](step),
      colors.cyan(plainText(field ?? "(type)")),
      plainText(what),
    ]),
  );
  if (lines.length > 0) lines.push("");
  const verdict = ok ? colors.green("ok") : colors.red("not ok");
  lines.push(
    `${verdict}: ${compatibility === "same" ? "the types are the same" : `a ${compatibility} step`}${versionText(to, next)}`,
  );
  return `${lines.join("\n")}\n`;
}

function versionText(to: string | null, next: string | null): string {
  if (next === null) return "";
  return `; version ${next} or later is needed${to === null ? "" : `, and it has ${to}`}`;
}
