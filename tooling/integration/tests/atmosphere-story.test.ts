import { join } from "node:path";
import {
  type Atmosphere,
  lensVerifications,
  publishVerification,
  type RepoRecord,
  readLens,
  verifyEntry,
  atmosphere as webAtmosphere,
} from "@atdata/atmosphere";
import { atmosphere } from "@atdata/atmosphere/node";
import {
  createIndex,
  entryDetails,
  type FieldHandles,
  fieldLens,
  float,
  type Index,
  type IndexEntry,
  int,
  type Lens,
  loadDataset,
  type Predicate,
  type Repository,
  type SampleType,
  sample,
  str,
} from "@atdata/core";
import { localRepo } from "@atdata/local/node";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { countingFetch } from "../src/counting-fetch.ts";
import { Digit, mnist } from "../src/mnist.ts";
import { scratch } from "../src/scratch.ts";
import { type LoggedIn, startAccounts, type TestAccounts } from "../src/test-accounts.ts";

const ENTRY = "science.alt.dataset.entry";
const MAX_SAMPLES = 2000;

/** A digit with the mean of its pixels. */
type Inked = Digit & { ink: number };
const Inked = sample("Digit", { ...Digit.fields, ink: float() }) as SampleType<Inked>;
interface Thumb {
  name: string;
  value: number;
}
const Thumb: SampleType<Thumb> = sample("Thumb", { name: str(), value: int() });
const toThumb: Lens<Inked, Thumb> = fieldLens(
  Inked,
  Thumb,
  { name: { from: "label", cast: "str" }, value: "label" },
  { name: "to-thumb" },
);

// Darkest first, so that manifests rule shards out.
const digits: Inked[] = mnist(3 * MAX_SAMPLES)
  .map((digit) => ({ ...digit, ink: digit.image.data.reduce((sum, pixel) => sum + pixel, 0) / 784 }))
  .sort((a, b) => b.ink - a.ink);
const dark = (f: FieldHandles<Inked>): Predicate => f.ink.gt(60).and(f.label.eq(8));
const isDark = ({ ink, label }: Inked): boolean => ink > 60 && label === 8;

const root = scratch();
const counted = countingFetch();
const opened: Index[] = [];
let net: TestAccounts;
let alice: LoggedIn;
let bob: LoggedIn;
let carol: LoggedIn;
let bobs: Atmosphere;

beforeAll(async () => {
  net = await startAccounts();
  const [first, second] = net.network.pds;
  alice = await net.account("alice", first);
  bob = await net.account("bob", second);
  carol = await net.account("carol", first);
  bobs = await open(bob, { fetch: counted.fetch });
}, 60_000);
afterAll(async () => {
  for (const index of opened) await index[Symbol.asyncDispose]();
  await net?.[Symbol.asyncDispose]();
});

async function open({ handle, session }: LoggedIn, options: { readonly fetch?: typeof fetch } = {}) {
  return atmosphere({ ...net.ways, ...options, session, home: join(root, handle) });
}

function indexOf(repos: Readonly<Record<string, Repository>>): Index {
  const index = createIndex({ repos, formats: [wds()], plugins: [manifests()] });
  opened.push(index);
  return index;
}

/** What an entry's record says of a dataset's blobs. */
interface EntryValue {
  readonly storage: { readonly blobs: readonly { readonly blob: { readonly ref: { readonly $link: string } } }[] };
  readonly manifests: readonly {
    readonly header: { readonly ref: { readonly $link: string } };
    readonly samples: { readonly ref: { readonly $link: string } };
  }[];
}

/** CIDs of the shards, headers and rows of an entry, in the shards' order. */
async function cidsOf(uri: string): Promise<{ shards: string[]; headers: string[]; rows: string[] }> {
  const [, did = "", rkey = ""] = /^at:\/\/([^/]+)\/[^/]+\/(.+)$/.exec(uri) ?? [];
  const record = (await (await bobs.open(did)).get(ENTRY, rkey)) as RepoRecord;
  const value = record.value as unknown as EntryValue;
  return {
    shards: value.storage.blobs.map(({ blob }) => blob.ref.$link),
    headers: value.manifests.map(({ header }) => header.ref.$link),
    rows: value.manifests.map(({ samples }) => samples.ref.$link),
  };
}

describe("three accounts on two PDSes", { timeout: 60_000 }, () => {
  let first = "";
  let second = "";

  it("A publishes a schema, a dataset in blobs with manifests, a label and a lens", async () => {
    const index = indexOf({ local: localRepo(), me: await open(alice) });
    const { created, held } = await index.publishSchema(Inked, { repo: "me", version: "1.0.0" });
    expect([created, held.ref]).toEqual([true, `at://${alice.did}/science.alt.dataset.schema/Digit:1.0.0`]);
    const settings = { maxSamples: MAX_SAMPLES, tags: ["digits"], description: "Handwritten digits" };
    const entry = await index.write("@me/digits@1.0.0", Inked, digits, settings);
    first = entry.id;
    expect(first).toMatch(`at://${alice.did}/${ENTRY}/`);
    expect(entry.schemaRef).toBe(held.ref);
    await index.label("@me/digits@1.0.0");
    const stored = await index.storeLens(toThumb, { repo: "me" });
    expect(stored.created).toBe(true);

    const { shards, headers, rows } = await cidsOf(first);
    expect([shards.length, headers.length, rows.length]).toEqual([3, 3, 3]);
    // Hashes of single samples, as everybody can read them.
    const ds = await index.load("@me/digits", { type: Inked });
    const [location] = await collect(ds.query((f) => f.ink.gt(70)));
    expect(location?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("an account that has something of the same name is another one", async () => {
    const index = indexOf({ me: await open(carol) });
    await index.write("@me/digits@1.0.0", Thumb, [{ name: "one", value: 1 }]);
    expect(await (await index.load("@me/digits")).count()).toBe(1);
  });

  it("B finds it by handle from the other PDS, streams it typed and queries it by its manifests", async () => {
    const index = indexOf({ me: bobs });
    const listed = await collect(index.list({ repo: alice.handle }));
    expect(listed).toMatchObject([{ id: first, name: "digits" }]);
    const found = await index.search({ repo: alice.handle, tags: ["digits"], text: "handwritten" });
    expect(found.entries.map(({ id }) => id)).toEqual([first]);
    const cids = await cidsOf(first);
    counted.forget();

    // The stored type is what A declared; a typed load compares.
    const untyped = await loadDataset(`@${alice.handle}/digits@1.0.0`, { index, split: "train" });
    expect(untyped.type).toMatchObject({ name: "Digit", version: "1.0.0" });
    expect(Object.keys(untyped.type?.fields ?? {})).toEqual(["image", "label", "ink"]);
    const ds = await index.load(`@${alice.handle}/digits`, { type: Inked });
    await expect(index.load(`@${alice.handle}/digits`, { type: Thumb })).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });

    // A few samples are not worth the whole dataset: a stream is left where they end.
    expect(await collect(ds.take(5))).toEqual(digits.slice(0, 5));
    const size = ds.shards[0]?.bytes as number;
    expect(size).toBeGreaterThan(3e6);
    expect(cids.shards.reduce((sum, cid) => sum + (counted.blobs.get(cid) ?? 0), 0)).toBeLessThan(size / 2);
    counted.forget();
    expect(await collect(ds)).toEqual(digits);
    // Each once, and all of it.
    expect(cids.shards.map((cid) => counted.blobs.get(cid))).toEqual(ds.shards.map(({ bytes }) => bytes));

    // Opened anew: counts and places come from manifests, and only the shard that holds matches is fetched, once.
    counted.forget();
    const again = await index.load(first, { type: Inked });
    const want = digits.filter(isDark);
    const holding = Math.ceil(digits.findLastIndex(isDark) / MAX_SAMPLES);
    expect([want.length > 10, holding]).toEqual([true, 1]);
    expect(await again.count()).toBe(digits.length);
    expect((await again.describe()).statistics?.ink?.max).toBe(digits[0]?.ink);
    const { strategy, shards } = await again.plan(dark);
    expect([strategy, shards]).toEqual(["index", holding]);
    const locations = await collect(again.query(dark));
    expect(locations).toHaveLength(want.length);
    expect(cids.shards.map((cid) => counted.blobs.has(cid))).toEqual([false, false, false]);
    expect(await collect(again.where(dark))).toEqual(want);
    expect(await again.get(locations[3]?.key as string)).toEqual(want[3]);
    expect(cids.shards.map((cid) => counted.blobs.get(cid))).toEqual([size, undefined, undefined]);
  });

  it("B verifies the chain from A's account to each sample", async () => {
    const { ok, links } = await verifyEntry(first, { atmosphere: bobs, plugins: [manifests()], samples: true });
    expect([ok, links.filter((link) => link.ok !== true)]).toEqual([true, []]);
    const ofShard = ["shard", "manifest", "samples"];
    const kinds = ["identity", "record", "signature", "schema", ...ofShard, ...ofShard, ...ofShard];
    expect(links.map(({ link }) => link).sort()).toEqual(kinds.sort());
  });

  it("B says in public that A's lens obeys its laws, on samples of A's, and anybody can check that B did", async () => {
    const index = indexOf({ me: bobs });
    const [record] = await (await bobs.open(alice.handle)).all("science.alt.dataset.lens");
    const lens = await readLens(record?.uri ?? "", { atmosphere: bobs });
    expect(lens).toMatchObject({ stored: { name: "to-thumb" }, source: { name: "Digit" }, view: { name: "Thumb" } });
    const samples = await (await index.load(`@${alice.handle}/digits@1.0.0`)).head(50);
    const said = await publishVerification(lens, { atmosphere: bobs, method: "automatedTest", samples });
    expect(said.uri).toMatch(`at://${bob.did}/science.alt.dataset.lensVerification/`);
    const web = webAtmosphere(net.ways);
    const found = await lensVerifications(await readLens(lens.uri, { atmosphere: web }), {
      atmosphere: web,
      verifiers: [bob.handle, carol.handle],
    });
    expect(found).toMatchObject([{ uri: said.uri, method: "automatedTest", ok: true }]);
  });

  it("B publishes a derived dataset by A's lens", async () => {
    const index = indexOf({ me: bobs });
    const lens = await index.loadLens<Inked, Thumb>(`@${alice.handle}/to-thumb`, { source: Inked, view: Thumb });
    const ds = await index.load(`@${alice.handle}/digits@1.0.0`, { type: Inked });
    const { id } = await index.write("@me/thumbs@1.0.0", Thumb, ds.as(lens), { metadata: { from: first } });
    expect(id).toMatch(`at://${bob.did}/${ENTRY}/`);

    const hers = indexOf({ me: await open(alice) });
    const thumbs = await hers.load(`@${bob.handle}/thumbs`, { type: Thumb });
    expect(await collect(thumbs)).toEqual(digits.map(({ label }) => ({ name: String(label), value: label })));
    const entry = await hers.get(`@${bob.handle}/thumbs`);
    expect(entryDetails(entry as IndexEntry).content).toEqual({ from: first });
  });

  it("A moves the label, and an anonymous reader gets the new dataset by it and the old one by its version", async () => {
    const index = indexOf({ me: await open(alice) });
    const brightest = digits.slice(-100);
    second = (await index.write("@me/digits@2.0.0", Inked, brightest)).id;
    expect(second).not.toBe(first);
    await index.label("@me/digits@2.0.0", { name: "digits", expect: first });

    const anonymous = indexOf({ web: webAtmosphere(net.ways) });
    const ref = `@${alice.handle}/digits`;
    expect((await anonymous.get(ref))?.id).toBe(second);
    expect((await anonymous.get(`${ref}@1.0.0`))?.id).toBe(first);
    expect(await collect(await anonymous.load(ref, { type: Inked }))).toEqual(brightest);
    const old = await loadDataset(`${ref}@1.0.0`, { index: anonymous, type: Inked, split: "train" });
    expect(await old.head(3)).toEqual(digits.slice(0, 3));
    await expect(anonymous.label(ref, { version: "3.0.0" })).rejects.toMatchObject({ code: "ACCESS_DENIED" });
    expect((await indexOf({ me: await open(carol) }).get("@me/digits"))?.schemaRef).toMatch("/Thumb:1.0.0");
  });
});
