// Runs one row in this process, which does nothing else: `run-row.ts ID SIZE`. The report goes to the parent.
import type { Size } from "./bench-row.ts";
import { measureRow } from "./measure.ts";
import { rows } from "./rows.ts";

const [id = "", size = "full"] = process.argv.slice(2);
const load = rows[id];
if (load === undefined) throw new Error(`no row ${id}`);
const report = await measureRow((await load()).row, size as Size);
if (process.send === undefined) console.log(JSON.stringify(report, null, 2));
else process.send(report, () => process.disconnect());
