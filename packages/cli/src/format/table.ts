import { stripVTControlCharacters } from "node:util";

/** How the cells of a column stand. */
export type Alignment = "left" | "right";

/**
 * Lines up rows of cells in columns, two spaces apart; cells may hold colours.
 *
 * Order: as given. The last column is not padded, so that no line ends in spaces.
 */
export function formatTable(rows: readonly (readonly string[])[], alignments: readonly Alignment[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const space = " ".repeat((widths[i] as number) - widthOf(cell));
        return alignments[i] === "right" ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Counts the columns that text takes, colours aside; every character counts as one. */
function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
