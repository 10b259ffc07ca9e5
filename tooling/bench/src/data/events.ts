import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  bool,
  createDataset,
  type Dataset,
  float,
  int,
  list,
  type PluginWriter,
  type SampleType,
  type ShardInfo,
  sample,
  str,
} from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import type { ManifestsOptions } from "@atdata/manifest";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds/node";
import type { Size } from "../bench-row.ts";
import { cached } from "./cache.ts";

/** What a sensor saw; samples come in the order of time. */
export interface Event {
  readonly at: number;
  readonly label: number;
  readonly score: number;
  readonly site: string;
  readonly isNight: boolean;
  readonly tags: string[];
}

/** The type of the events. */
export const Event: SampleType<Event> = sample("Event", {
  at: int({ manifest: { kind: "time" } }),
  label: int(),
  score: float(),
  site: str(),
  isNight: bool(),
  tags: list(str()),
});

const PAYLOAD = 1000;
const MEMBER = 1536;
const TAIL = 1024;
const TAGS = ["cloud", "rain", "snow", "fog", "bird", "plane"];

/** How many shards of how many events there are. */
export function eventCount(size: Size): { readonly shards: number; readonly rows: number } {
  return size === "full" ? { shards: 1000, rows: 10_000 } : { shards: 20, rows: 100 };
}

/** Event `i`: its time is `i`, all else is drawn from it. */
export function event(i: number): Event {
  const drawn = Math.imul(i ^ (i >>> 15), 0x2c1b3c6d) >>> 0;
  const mixed = (drawn ^ (drawn >>> 12)) >>> 0;
  return {
    at: i,
    label: mixed % 10,
    score: mixed / 2 ** 32,
    site: `site-${Math.floor(mixed / 16) % 40}`,
    isNight: i % 1000 < 400,
    tags: mixed % 3 === 0 ? [] : [TAGS[mixed % 6] as string, TAGS[(mixed >>> 8) % 6] as string],
  };
}

/** Where the events are. */
export interface EventShards {
  /** Paths of the Parquet files, in order. */
  readonly rows: readonly string[];
  /** The shards. */
  readonly shards: readonly ShardInfo[];
}

/**
 * Gives shards of events with manifests that our own writer has written. The shards themselves are holes of the right length: a query
 * reads nothing of them, and they would take 15 GB.
 */
export async function eventShards(size: Size): Promise<EventShards> {
  const folder = await cached("events", size, (into) => writeEvents(into, size));
  const shards = shardsOf(size).map((shard) => ({ ...shard, url: join(folder, shard.url) }));
  return { shards, rows: shards.map(({ url }) => url.replace(/\.tar$/, ".manifest.parquet")) };
}

/** Opens them anew, as who knows nothing of them. */
export function openEvents({ shards }: EventShards, options: ManifestsOptions = {}): Dataset<Event> {
  return createDataset({ type: Event, source: fileSource(), format: wds(), shards, plugins: [manifests(options)] });
}

function shardsOf(size: Size): (ShardInfo & { readonly bytes: number })[] {
  const { shards, rows } = eventCount(size);
  return Array.from({ length: shards }, (_, shard) => ({
    url: `events-${String(shard).padStart(6, "0")}.tar`,
    samples: rows,
    bytes: rows * MEMBER + TAIL,
    sha256: "0".repeat(64),
  }));
}

async function writeEvents(into: string, size: Size): Promise<void> {
  const { rows } = eventCount(size);
  const store = { put: (name: string, bytes: Uint8Array) => writeFile(join(into, name), bytes) };
  const writer = manifests().write?.({ dataset: "events", type: Event as SampleType, store }) as PluginWriter;
  const payload = new Uint8Array(PAYLOAD);
  let i = 0;
  for (const { url, bytes } of shardsOf(size)) {
    for (let row = 0; row < rows; row++, i++) {
      const key = String(i).padStart(9, "0");
      writer.sample({ key, sample: event(i), offset: row * MEMBER + 512, size: PAYLOAD, payload });
    }
    await writeFile(join(into, url), "");
    await truncate(join(into, url), bytes);
    await writer.shardClosed(url, { url, bytes, sha256: "0".repeat(64) });
  }
  await writer.finish?.();
}
