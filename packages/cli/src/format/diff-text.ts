import type { Compatibility, FieldChange, SchemaDiff } from "@atdata/core";
import type { Colors } from "../terminal.ts";
import { formatTable } from "./table.ts";
import { plainText } from "./text.ts";

const meanings: Readonly<Record<Compatibility, string>> = {
  same: "the types are the same",
  patch: "patch: only descriptions and notes differ",
  minor: "minor: data of the first still reads as the second",
  major: "major: data of the first does not read as the second",
};

/** Shows a comparison: a line for each field that differs, then what it means. */
export function diffText({ added, removed, changed, compatibility }: SchemaDiff, colors: Colors): string {
  const rows = [
    ...removed.map((change) => row("-", change, colors.red)),
    ...added.map((change) => row("+", change, colors.green)),
    ...changed.map((change) => row("~", change, colors.yellow)),
  ];
  const lines = formatTable(rows);
  if (lines.length > 0) lines.push("");
  lines.push(compatibility === "same" ? meanings.same : colors.bold(meanings[compatibility]));
  return `${lines.join("\n")}\n`;
}

function row(mark: string, { field, from, to }: FieldChange, color: (text: string) => string): string[] {
  const what = [from, to].filter((side) => side !== undefined).join(" → ");
  return [color(mark), color(plainText(field)), what];
}
