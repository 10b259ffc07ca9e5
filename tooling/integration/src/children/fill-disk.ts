/**
 * Writes until the disk is full, and tells what was written and what it was told: `node fill-disk.ts WHAT FOLDER [SHARD_URL SHA256]`,
 * where WHAT is `disk`, `sqlite` or `cache`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createIndex, type DataSource, httpSource, isAtdataError } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { cached, diskStore } from "@atdata/local/disk";
import { sqliteIndex } from "@atdata/local/sqlite";
import { manifests } from "@atdata/manifest/node";
import { wds, writeDataset } from "@atdata/wds";
import { factsOf } from "../check-store.ts";
import { Numbered, numbered } from "../numbers.ts";

const [what = "", folder = "", url = "", sha256 = ""] = process.argv.slice(2);
const done: string[] = [];
let failure: { readonly code: string; readonly message: string } | undefined;

/** Takes steps until one fails. */
async function fill(step: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < 1000 && failure === undefined; n++) {
    try {
      await step(n);
      done.push(String(n));
    } catch (error) {
      if (!isAtdataError(error)) throw error;
      failure = { code: error.code, message: error.message };
    }
  }
}

const plugins = [manifests()];
if (what === "disk") {
  const store = diskStore(folder);
  await fill((n) => writeDataset(Numbered, numbered(50, { length: 2000 }), `d${n}.tar`, { store, plugins }));
} else if (what === "sqlite") {
  const team = { provider: sqliteIndex(join(folder, "index.db")), store: diskStore(join(folder, "data")) };
  const index = createIndex({ repos: { team }, formats: [wds()], plugins, createHasher: createNodeHasher });
  await fill((n) => index.write(`@team/d${n}@1.0.0`, Numbered, numbered(50, { length: 2000 })));
  await index[Symbol.asyncDispose]();
} else {
  const source = cached(httpSource(), { dir: folder, maxBytes: 1e9 });
  // As a dataset does that has the sum.
  const known: DataSource = { ...source, open: (at, options) => source.open(at, { ...options, sha256 }) };
  done.push(JSON.stringify(await factsOf(known, url)));
}
console.log(JSON.stringify({ done, failure, left: readdirSync(folder).sort() }));
