import { int, ndarray, sample } from "@atdata/core";
import { openDataset } from "@atdata/wds/node";
const M = sample("M", { image: ndarray("uint8",[28,28]), label: int() });
const ds = await openDataset("/tmp/m.tar", { type: M, verify: false });
const mode = process.argv[2];
const times = [];
for (let r = 0; r < 40; r++) {
  const t = performance.now(); let n = 0;
  if (mode === "plain") for await (const d of ds) n += d.label;
  if (mode === "batch") for await (const d of ds.batch(32)) n += d.label.length;
  if (mode === "chain") for await (const d of ds.filter(d=>d.label!==11).map(d=>d.label).filter(l=>l>-1)) n += d;
  times.push(performance.now() - t);
}
times.sort((a,b)=>a-b); console.log(mode, "median", times[20].toFixed(1), "min", times[0].toFixed(1));
