import { join } from "node:path";
import { type Atmosphere, login, verifyEntry } from "@atdata/atmosphere";
import { atmosphere } from "@atdata/atmosphere/node";
import { createIndex, type Dataset, type FieldHandles, type Index, type Predicate } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { manifests } from "@atdata/manifest/node";
import type { TestNetwork, TestPds } from "@atdata/tooling-atproto";
import { wds } from "@atdata/wds/node";
import { same } from "./check.ts";
import { Digit, digits, type Split } from "./mnist.ts";
import type { Report } from "./report.ts";

/** An account of the demo's network, and what opens an index as it. */
export interface Account {
  readonly did: string;
  readonly handle: string;
  /** Opens its repository, and the way to all others. */
  openAtmosphere(): Atmosphere;
  openIndex(): Index;
}

/** Makes an account and logs in. */
export async function newAccount(network: TestNetwork, pds: TestPds, name: string, home: string): Promise<Account> {
  const { did, handle, password } = await network.createAccount(pds, name);
  const session = await login({ identifier: handle, password, service: pds.url });
  const { plcUrl } = network;
  // There is no DNS for a network that is not on the internet.
  const resolvers = [{ name: "demo", resolve: (asked: string) => network.resolveHandle(asked) }];
  const openAtmosphere = (): Atmosphere => atmosphere({ session, plcUrl, resolvers, home: join(home, name) });
  return {
    did,
    handle,
    openAtmosphere,
    openIndex() {
      const options = { formats: [wds()], plugins: [manifests()], createHasher: createNodeHasher };
      return createIndex({ repos: { me: openAtmosphere() }, ...options });
    },
  };
}

/** What was published. */
export interface Published {
  /** How others name it. */
  readonly ref: string;
  readonly did: string;
  readonly shards: number;
  readonly bytes: number;
}

/** Publishes a split as blobs with manifests, with its schema, entry and label. */
export async function publish(report: Report, { did, handle, openIndex }: Account, split: Split): Promise<Published> {
  await using index = openIndex();
  const title = `publish as @${handle}`;
  const { dataset, bytes } = await report.step(title, split.count, async (bar) => {
    const onProgress = ({ samples }: { samples: number }): void => bar.show(samples);
    const settings = { tags: ["digits"], description: "Handwritten digits", onProgress };
    await index.write("@me/mnist@1.0.0", Digit, digits(split), settings);
    const dataset = await index.load("@me/mnist@1.0.0", { type: Digit });
    const bytes = dataset.shards.reduce((sum, shard) => sum + (shard.bytes ?? 0), 0);
    return { samples: split.count, bytes, dataset };
  });
  same(`${title}: count`, await dataset.count(), split.count);
  return { ref: `@${handle}/mnist@1.0.0`, did, shards: dataset.shards.length, bytes };
}

/** Finds the dataset by its handle, streams all of it from the other PDS, and compares image by image with the source. */
export async function readAsOther(
  report: Report,
  { handle, openIndex }: Account,
  ref: string,
  split: Split,
): Promise<{ read: number; dataset: Dataset<Digit> }> {
  const index = openIndex();
  const dataset = await index.load(ref, { type: Digit });
  // Without a type, the record of the schema has it.
  same("stored type", (await index.load(ref)).type?.name, Digit.name);
  const found = await index.search({ repo: ref.slice(1, ref.indexOf("/")), tags: ["digits"] });
  same("search by tags", found.entries.map(({ name }) => name).join(), "mnist");
  const title = `stream as @${handle}, check CIDs`;
  let [samples, read, equal, labels] = [0, 0, 0, 0];
  await report.step(title, split.count, async (bar) => {
    const onProgress = (progress: { bytes: number }): void => {
      read = progress.bytes;
    };
    for await (const { image, label } of dataset.iterate({ onProgress })) {
      if (Buffer.compare(image.data, split.image(samples)) === 0) equal += 1;
      if (label === split.label(samples)) labels += 1;
      samples += 1;
      bar.show(samples);
    }
    return { samples, bytes: read };
  });
  same(`${title}: samples`, samples, split.count);
  same(`${title}: images that are those of MNIST`, equal, split.count);
  same(`${title}: labels that are those of MNIST`, labels, split.count);
  return { read, dataset };
}

/** Mean of the pixels that few digits reach. */
const DARK = 80;

/** Queries the dataset, opened anew, by its manifests. */
export async function queryAsOther(
  report: Report,
  { openIndex }: Account,
  ref: string,
  split: Split,
): Promise<{ matches: number; shards: number }> {
  await using index = openIndex();
  const dataset = await index.load(ref, { type: Digit });
  const dark = (f: FieldHandles<Digit>): Predicate => f.ink.gt(DARK);
  const found: Digit[] = [];
  await report.step(`query ink > ${DARK} by its manifests`, split.count, async () => {
    for await (const digit of dataset.where(dark)) found.push(digit);
    return { samples: found.length };
  });
  const want = [...digits(split)].filter(({ ink }) => ink > DARK);
  same("query: matches", found.length, want.length);
  same("query: labels of the matches", found.map(({ label }) => label).join(), want.map(({ label }) => label).join());
  const { strategy, shards } = await dataset.plan(dark);
  same("query: strategy", strategy, "index");
  return { matches: found.length, shards };
}

/** Follows the chain from the account to the last sample, and tells how many links it has. */
export async function verify(
  report: Report,
  { openAtmosphere, openIndex }: Account,
  ref: string,
  split: Split,
): Promise<number> {
  await using index = openIndex();
  const { id = "" } = (await index.get(ref)) ?? {};
  const title = "verify, from account to sample";
  const { ok, links } = await report.step(title, split.count, async () => {
    const options = { plugins: [manifests()], samples: true, createHasher: createNodeHasher };
    const chain = await verifyEntry(id, { atmosphere: openAtmosphere(), ...options });
    return { samples: split.count, ...chain };
  });
  same(`${title}: the chain holds`, ok, true);
  const broken = links.find((link) => !link.ok);
  same(`${title}: links that could not be looked at`, broken?.what, undefined);
  return links.length;
}

/** Reads single samples by key. */
export async function getByKey(report: Report, dataset: Dataset<Digit>, split: Split): Promise<Digit> {
  const wanted = Array.from({ length: 5 }, (_, i) => (i * 7_919 + 42) % split.count);
  const found: (Digit | undefined)[] = [];
  await report.step("get by key, one by one", wanted.length, async () => {
    for (const position of wanted) found.push(await dataset.get(String(position).padStart(9, "0")));
    return { samples: found.length };
  });
  wanted.forEach((position, i) => {
    same(`digit ${position} by key: label`, found[i]?.label, split.label(position));
  });
  return found[0] as Digit;
}
