import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sqliteIndex } from "@atdata/local/sqlite";
import { describe, expect, it } from "vitest";
import { checkKilledIndex, writeOnAfterKill } from "../src/check-killed-index.ts";
import { ROUNDS, writeAndKill } from "../src/killed-workers.ts";
import type { Said } from "../src/put-work.ts";
import { seededRandom } from "../src/random.ts";
import { scratch } from "../src/scratch.ts";

const root = scratch();
const seed = Number(process.env.ATDATA_SEED ?? Date.now() % 1_000_000);

describe(`eight processes that write one SQLite index while four of them are killed (seed ${seed})`, () => {
  it("lose nothing that was acknowledged, tear nothing, and have one winner of each version", {
    timeout: 180_000 * ROUNDS,
  }, async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < ROUNDS; round++) {
      const path = join(root, `round-${round}`, "index.db");
      const all = await writeAndKill<Said>({ child: "put-forever.ts", args: [path], random, within: 150 });
      const check = new DatabaseSync(path);
      expect({ ...check.prepare("PRAGMA integrity_check").get() }).toEqual({ integrity_check: "ok" });
      check.close();
      await using provider = sqliteIndex(path);
      await checkKilledIndex(provider, all);
      await writeOnAfterKill(provider, all);
    }
  });
});
