/**
 * Reads the shards of a folder through a cache in it, round after round, and says what sum each had:
 * `node read-through.ts FOLDER MAX_BYTES ROUNDS STOP`; where STOP is 1, it stays in the middle of the first one.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileSource } from "@atdata/core/node";
import { cached } from "@atdata/local/disk";

const [folder = "", maxBytes = "", rounds = "1", stop = "0"] = process.argv.slice(2);
const names = readdirSync(folder).filter((name) => name.endsWith(".tar"));
const sums = names.map((name) =>
  createHash("sha256")
    .update(readFileSync(join(folder, name)))
    .digest("hex"),
);
const source = cached(fileSource(), { dir: join(folder, "cache"), maxBytes: Number(maxBytes) });
for (let round = 0; round < Number(rounds); round++) {
  for (const name of names) {
    const i = Math.floor(Math.random() * names.length);
    const one = Number(rounds) === 1 ? name : (names[i] as string);
    const reader = await source.open(join(folder, one), { sha256: sums[names.indexOf(one)] });
    const hash = createHash("sha256");
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      hash.update(chunk);
      if (stop === "1") {
        process.stdout.write("stuck\n");
        setInterval(() => {}, 1000);
        await new Promise(() => {});
      }
    }
    await reader.close();
    process.stdout.write(`${one} ${hash.digest("hex")}\n`);
  }
}
