// Compares reading and writing with what others would write by hand. The README beside `src` says how to read it.
import { parseArgs } from "node:util";
import { bench, machine } from "./bench.ts";
import type { RowResult } from "./bench-row.ts";
import { rows } from "./rows.ts";
import { formatRow, heading } from "./table.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const asked = (values.only ?? []).flatMap((ids) => ids.split(",")).filter((id) => id !== "");
const ids = asked.length > 0 ? asked : Object.keys(rows);
const results: RowResult[] = [];

if (!values.json) console.log(heading(machine()));
try {
  for await (const { result, details } of bench(ids, values.quick ? "quick" : "full")) {
    results.push(result);
    if (!values.json) console.log(formatRow(result, details));
    else for (const line of details) console.error(`${result.id}: ${line}`);
  }
  if (values.json) console.log(JSON.stringify({ machine: machine(), rows: results }));
  process.exitCode = values.check && results.some(({ pass }) => !pass) ? 1 : 0;
} catch (error) {
  console.error(error instanceof RangeError ? error.message : error);
  process.exitCode = 2;
}
