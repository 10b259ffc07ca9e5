/** Writes entries, labels and schemas into an index until it is told to stop: `node put-forever.ts URL_OR_PATH WORKER`. */
import { openProvider } from "../open-provider.ts";
import { type Said, workEntry } from "../put-work.ts";

const [at = "", workerText = "0"] = process.argv.slice(2);
const worker = Number(workerText);
const say = (said: Said): unknown => process.stdout.write(`${JSON.stringify(said)}\n`);
let stop = false;
process.stdin.resume().once("end", () => {
  stop = true;
});

const provider = await openProvider(at);
for (let n = 0, before = ""; !stop; n++) {
  const { id } = await provider.putEntry(workEntry(worker, n));
  say({ did: "put", n, id });
  await provider.putLabel({ name: `w${worker}`, version: "", id, description: String(n) });
  say({ did: "label", n });
  const json = { name: "S", version: `1.0.${n}`, winner: worker };
  const { created, held } = await provider.createSchema({ name: "S", version: `1.0.${n}`, json });
  say({ did: "schema", n, created, winner: (held.json as { winner: number }).winner });
  if (n % 5 === 4) {
    await provider.deleteEntry(before);
    say({ did: "delete", n: n - 1, id: before });
  }
  before = id;
  // Lets the signal to stop in: with SQLite all of the above is synchronous at heart.
  await new Promise((resolve) => setImmediate(resolve));
}
await provider[Symbol.asyncDispose]();
