// One side of a row, in a process that does nothing else: `run-side.ts ID SIZE SIDE`. Tells the parent the bytes of a pass, then for each
// message makes one pass and tells the milliseconds.
import type { Side, Size } from "./bench-row.ts";
import { rows } from "./rows.ts";

const [id = "", size = "full", side = "ours"] = process.argv.slice(2);
const row = (await rows[id]?.())?.row;
if (row === undefined || !("start" in row)) throw new Error(`no row ${id} that is timed`);
const contest = await row.start(size as Size);
process.on("message", async () => {
  const begun = performance.now();
  await contest[side as Side]();
  process.send?.(performance.now() - begun);
});
process.on("disconnect", async () => {
  await contest.close?.();
});
process.send?.(contest.bytes ?? 0);
