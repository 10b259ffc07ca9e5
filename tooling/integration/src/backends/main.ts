import { writeFile } from "node:fs/promises";
import { isAtdataError } from "@atdata/core";
import { parseMatrix, putColumn, renderMatrix } from "./matrix.ts";
import { backends, page, readPage, reportOn } from "./run.ts";

// Runs the cases against the backends that are named, or all, and writes the page; what is not installed keeps its column.
const asked = process.argv.slice(2);
const matrix = parseMatrix(await readPage());
for (const builtIn of backends) {
  const { name } = builtIn;
  if (asked.length > 0 && !asked.includes(name)) continue;
  try {
    const reports = await reportOn(builtIn);
    putColumn(matrix, name, reports);
    for (const { protocol, passed, failed, skipped, results } of reports) {
      console.log(`${name} ${protocol}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
      for (const { id, outcome, reason } of results) if (outcome === "failed") console.log(`  ${id}: ${reason}`);
      if (failed > 0) process.exitCode = 1;
    }
  } catch (error) {
    if (!isAtdataError(error, "UNSUPPORTED")) throw error;
    console.log(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
await writeFile(
  page,
  renderMatrix(
    matrix,
    backends.map(({ name }) => name),
  ),
);
