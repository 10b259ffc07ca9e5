import { createHash } from "node:crypto";
import type { DataSource, DataStore, DatasetFile } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { openDataset } from "@atdata/wds";
import { collect } from "./collect.ts";

/** What a write noted about itself. */
type Metadata = Readonly<Record<string, unknown>>;

/** Reads the length and the sha256 of what a url has; `undefined` where there is nothing. */
export async function factsOf(source: DataSource, url: string): Promise<{ bytes: number; sha256: string } | undefined> {
  if ((await source.size?.(url)) === undefined) return undefined;
  const hash = createHash("sha256");
  let bytes = 0;
  const reader = await source.open(url);
  for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  await reader.close();
  return { bytes, sha256: hash.digest("hex") };
}

/**
 * Finds what is wrong with a dataset: shards or sidecars that are missing, cut or of others, and samples that are not those that
 * `written` gives for its metadata, read from front to back and by its manifests.
 */
export async function checkDataset(
  store: DataStore,
  name: string,
  written: (metadata: Metadata) => readonly unknown[],
): Promise<{ readonly metadata: Metadata; readonly problems: string[] }> {
  const { source } = store;
  const file: DatasetFile = JSON.parse(new TextDecoder().decode(await store.get(name)));
  const { metadata = {} } = file;
  const problems: string[] = [];
  for (const { url, bytes, sha256, samples } of file.shards) {
    const facts = await factsOf(source, store.url(url));
    if (JSON.stringify(facts) !== JSON.stringify({ bytes, sha256 })) {
      problems.push(`${url} is ${JSON.stringify(facts)} and not the ${bytes} bytes that ${name} names`);
    }
    const header = await store.get(url.replace(/\.tar$/, ".manifest.json"));
    const told = header && JSON.parse(new TextDecoder().decode(header));
    if (told?.num_samples !== samples || told?.checksum?.digest !== sha256) problems.push(`${url} has no own manifest`);
  }
  for (const each of file.sidecars ?? []) {
    if (((await factsOf(source, store.url(each)))?.bytes ?? 0) === 0) problems.push(`${each} is missing`);
  }
  if (problems.length > 0) return { metadata, problems };
  const want = JSON.stringify(written(metadata));
  const options = { sources: [source], plugins: [manifests()], verify: true };
  const dataset = await openDataset(store.url(name), options);
  if (JSON.stringify(await collect(dataset)) !== want) problems.push(`${name} holds other samples than were written`);
  const all = { op: ">=", field: "n", value: 0 } as const;
  const { strategy } = await dataset.plan(all);
  if (strategy !== "index" || JSON.stringify(await collect(dataset.where(all))) !== want) {
    problems.push(`${name} gives other samples by its manifests`);
  }
  return { metadata, problems };
}
