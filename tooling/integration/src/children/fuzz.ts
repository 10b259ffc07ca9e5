/** Opens and reads damaged datasets: `node --expose-gc fuzz.ts COUNT SEED FOLDER`. Prints what happened as JSON; status 1 when something else than an AtdataError came out. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type DataSource, type Dataset, isAtdataError, memorySource, memoryStore } from "@atdata/core";
import { openDataset, writeDataset } from "@atdata/wds";
import { openDataset as openNode } from "@atdata/wds/node";
import { encode } from "@msgpack/msgpack";
import { Basic, basic, fixture } from "../fixtures.ts";
import { mutate, mutateJson } from "../mutate.ts";
import { seededRandom } from "../random.ts";
import { packTar } from "../tar.ts";
import { watch } from "./watchdog.ts";

const [count, seed, folder] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4] ?? ""];
const random = seededRandom(seed);
const beat = watch(`seed ${seed}`);
const codes: Record<string, number> = {};
let read = 0;
let slowest = 0;

const store = memoryStore();
await writeDataset(Basic, [0, 1, 2, 3].map(basic), "x.tar", { store });
const sidecar = store.files.get("x.dataset.json") as Uint8Array;
const own = store.files.get("x.tar") as Uint8Array;
const foreign = await packTar([
  { name: `${"long/".repeat(40)}name.msgpack`, bytes: Basic.encode(basic(0)) },
  { name: "a.cls", bytes: Buffer.from("7") },
  { name: "a.msgpack", bytes: encode({ deep: [[[[[[{}]]]]]], map: { __proto__: 1, a: -1 }, big: 2 ** 40 }) },
  { name: "é.msgpack", bytes: encode({ name: "x".repeat(70_000) }) },
]);
const corpus = [
  own,
  own,
  new Uint8Array(readFileSync(fixture("single.tar"))),
  new Uint8Array(readFileSync(fixture("sharded/data-000000.tar"))),
  foreign,
  new Uint8Array(gzipSync(own)),
  new Uint8Array(zstdCompressSync(own)),
];

/** Uses a dataset in every way that reads it. */
async function use<S>(dataset: Dataset<S>): Promise<void> {
  for await (const { sample } of dataset.entries()) if (sample !== undefined) read += 1;
  await dataset.count();
  await dataset.at(1);
  await dataset.get("000000002");
  for await (const _ of dataset.shuffle({ seed: 1 })) read += 1;
}

async function attempt(what: string, open: () => Promise<void>): Promise<void> {
  beat();
  const begun = performance.now();
  try {
    await open();
  } catch (error) {
    if (!isAtdataError(error)) {
      console.error(`seed ${seed}, ${what}: not an AtdataError`, error);
      process.exit(1);
    }
    codes[error.code] = (codes[error.code] ?? 0) + 1;
  }
  slowest = Math.max(slowest, performance.now() - begun);
}

/** Megabytes in use when everything that can be collected is; external memory is given back some time after. */
async function live(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 2 ** 20);
}

let liveEarly = 0;
for (let i = 0; i < count; i++) {
  if (i === Math.floor(count / 10)) liveEarly = await live();
  const archive = mutate(corpus[random(corpus.length)] as Uint8Array, random);
  const files = new Map([["x.tar", archive]]);
  const sources: DataSource[] = [memorySource(files)];
  const onError = random(2) === 0 ? "throw" : "skip";
  await attempt(`archive ${i}, typed`, async () => {
    await use(await openDataset("memory:x.tar", { sources, type: Basic, onError }));
  });
  await attempt(`archive ${i}, untyped`, async () => {
    await use(await openDataset("memory:x.tar", { sources, onError }));
  });
  if (i % 4 === 0) {
    files.set("x.dataset.json", random(2) === 0 ? mutate(sidecar, random) : mutateJson(sidecar, random));
    await attempt(`dataset file ${i}`, async () => {
      await use(await openDataset("memory:x.dataset.json", { sources, verify: random(2) === 0 }));
    });
  }
  if (i % 10 === 0) {
    const path = join(folder, "x.tar");
    writeFileSync(path, archive);
    await attempt(`file ${i}`, async () => {
      await use(await openNode(path, { type: Basic }));
    });
  }
}
const maxRss = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ read, codes, slowest: Math.round(slowest), liveEarly, liveLate: await live(), maxRss }));
