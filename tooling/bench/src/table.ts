import type { Machine } from "./bench.ts";
import type { RowResult } from "./bench-row.ts";

const WIDTHS = [18, 12, 12, 6, 8, 7] as const;

/** Gives the lines above the table. */
export function heading(on: Machine): string {
  const about = `Node ${on.node}, ${on.platform}, ${on.cores} × ${on.cpu}, ${on.memoryGB} GB`;
  return `${about}\n\n${line(["row", "ours", "baseline", "unit", "ratio", "bar"])}`;
}

/** Gives the line of a result, with its details below. */
export function formatRow(row: RowResult, details: readonly string[]): string {
  const verdict = row.bar === null ? "" : row.pass ? "  ok" : "  MISSED";
  const cells = [
    row.id,
    row.ours,
    row.baseline,
    row.unit,
    row.ratio.toFixed(2),
    row.bar === null ? "" : `≥ ${row.bar}`,
  ];
  return [`${line(cells)}${verdict}`, `    ${row.what}`, ...details.map((text) => `    ${text}`)].join("\n");
}

function line(cells: readonly (string | number)[]): string {
  return cells.map((cell, i) => (i === 0 ? `${cell}`.padEnd(WIDTHS[0]) : `${cell}`.padStart(WIDTHS[i] ?? 0))).join(" ");
}
