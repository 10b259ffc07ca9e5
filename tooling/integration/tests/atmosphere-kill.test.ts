import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { atmosphere } from "@atdata/atmosphere";
import { createIndex } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { type FaultyPds, faulty } from "@atdata/tooling-atproto";
import { wds } from "@atdata/wds";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PublishSaid, PublishWork } from "../src/children/publish-dataset.ts";
import { collect } from "../src/collect.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { scratch } from "../src/scratch.ts";
import { type LoggedIn, startAccounts, type TestAccounts } from "../src/test-accounts.ts";

const UPLOAD = "com.atproto.repo.uploadBlob";
const COMMIT = "com.atproto.repo.applyWrites";
/** Holds a request back for longer than the process that sent it lives. */
const HELD = { everyOfRequest: 1, ms: 600_000 };
const program = fileURLToPath(new URL("../src/children/publish-dataset.ts", import.meta.url));

const root = scratch();
let net: TestAccounts;
let way: FaultyPds;
/** Of accounts, so that each test has its own. */
const names: string[] = [];

beforeAll(async () => {
  net = await startAccounts();
  way = await faulty(net.network.pds[0]);
}, 60_000);
afterAll(async () => {
  await way?.[Symbol.asyncDispose]();
  await net?.[Symbol.asyncDispose]();
});

/** Lets a process publish, and kills it once `dies` says so; gives what it said. */
async function publish({ handle, password, pds }: LoggedIn, dies?: () => boolean): Promise<PublishSaid[]> {
  const places = { pds: pds.url, proxy: way.url, plcUrl: net.network.plcUrl, home: join(root, handle) };
  const work: PublishWork = { handle, password, ...places, ref: "@me/numbers@1.0.0" };
  const child = spawn(process.execPath, [program, JSON.stringify(work)], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const said = text(child.stdout);
  if (dies !== undefined) {
    while (!dies() && child.exitCode === null) await sleep(5);
    child.kill("SIGKILL");
  }
  expect(await ended).toEqual(dies === undefined ? [0, null] : [null, "SIGKILL"]);
  const lines = (await said).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** What types of blobs are called here. */
const KINDS: Readonly<Record<string, string>> = { "application/x-tar": "tars", "application/json": "json" };

/** Bytes of what was sent, by kind. */
function sent(said: readonly PublishSaid[]): { tars?: number[]; json?: number[]; rows?: number[] } {
  const uploads = said.flatMap((each) => (each.did === "upload" ? [each] : []));
  const grouped = Object.groupBy(uploads, ({ type }) => KINDS[type] ?? "rows");
  return Object.fromEntries(Object.entries(grouped).map(([kind, all = []]) => [kind, all.map(({ bytes }) => bytes)]));
}

/** Tells the rows of a shard from the roll-up, which is short. */
function isOfShard(bytes: number): boolean {
  return bytes > 50_000;
}

describe("a process that publishes and is killed", { timeout: 60_000 }, () => {
  const index = () => createIndex({ repos: { web: atmosphere(net.ways) }, formats: [wds()], plugins: [manifests()] });

  it.each([
    ["while it sends blobs", UPLOAD, 6, { tars: 2, rows: 2 }],
    ["before it writes the records of its files", COMMIT, 2, { tars: 3, rows: 3 }],
    ["before it writes the record of its entry", COMMIT, 3, { tars: 3, rows: 3 }],
  ] as const)(
    "%s leaves nothing published, and the next one sends what is missing",
    async (when, method, nth, done) => {
      const account = await net.account(`killed-${names.push(when)}`);
      const name = `@${account.handle}/numbers`;
      const before = way.count(method);
      way.fail(method, nth, HELD);
      const first = sent(await publish(account, () => way.count(method) === before + nth));
      const { tars = [], rows = [] } = first;
      expect({ tars: tars.length, rows: rows.filter(isOfShard).length }).toEqual(done);
      expect(await collect(index().list({ repo: account.handle }))).toEqual([]);
      expect(await index().get(`${name}@1.0.0`)).toBeUndefined();

      const between = way.count(UPLOAD);
      const said = await publish(account);
      const second = sent(said);
      // Three shards, each with rows and a header, the roll-up and the dataset's own file: headers, roll-up and that file tell the
      // names of this write's shards, so they are new; what is large is sent once.
      const missing = { tars: 3 - done.tars, rows: 3 - done.rows };
      expect({ tars: second.tars?.length ?? 0, rows: second.rows?.filter(isOfShard).length }).toEqual(missing);
      expect(second.json?.length).toBe(4);
      expect(way.count(UPLOAD) - between).toBe(missing.tars + missing.rows + 5);
      expect([...tars, ...(second.tars ?? [])].sort()).toEqual([1_471_488, 1_537_024, 1_537_024]);

      const last = said.at(-1);
      expect(await collect(index().list({ repo: account.handle }))).toMatchObject([
        { id: last?.did === "entry" && last.id },
      ]);
      const ds = await index().load(`${name}@1.0.0`, { type: Numbered });
      expect(await collect(ds)).toEqual(numbered(3000, { length: 500 }));
      expect(await ds.where((f) => f.n.ge(2990)).count()).toBe(10);
    },
  );
});
