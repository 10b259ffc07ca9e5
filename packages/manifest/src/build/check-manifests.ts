import {
  baseName,
  type CallOptions,
  type DataSource,
  isAtdataError,
  type ShardFormat,
  type ShardInfo,
  walkShard,
} from "@atdata/core";
import type { ManifestHeader } from "../header/parse-header.ts";
import { parseHeader } from "../header/parse-header.ts";
import { readWhole } from "../read/read-whole.ts";
import { manifestUrls, rollupUrls } from "../read/sidecar-urls.ts";
import { decodeRollup } from "../rollup/decode-rollup.ts";
import type { ShardSummary } from "../summary/shard-summary.ts";
import { type ManifestPlace, redirect } from "./manifests-in.ts";
import { type Place, readPlaces } from "./read-places.ts";

/** Something that is wrong with a manifest. */
export interface ManifestFinding {
  /** Url of the shard, or of the roll-up. */
  readonly url: string;
  /**
   * `MANIFEST_MISSING`, `MANIFEST_FOREIGN` (Python's, whose offsets are of no use), `MANIFEST_PARTIAL` (made from headers only),
   * `MANIFEST_STALE` (of a shard that has changed), `MANIFEST_OFFSETS` (rows say what is not so), or the code of the error that reading
   * manifest or shard ended in, such as `MANIFEST_INVALID`.
   */
  readonly code: string;
  /** What is wrong, in a clause. */
  readonly what: string;
}

/** Longer headers and roll-ups are not read. */
const MAX_BYTES = 1024 * 1024 * 1024;

/** What is checked. */
export interface CheckInput extends CallOptions {
  /** The shards in order. */
  readonly shards: readonly ShardInfo[];
  /** Reads shards and manifests. */
  readonly source: DataSource;
  /** What reads shards. */
  readonly format: ShardFormat;
  /** Where the manifests are; by default beside the shards. */
  readonly manifests?: ManifestPlace | undefined;
  /** Told of each shard that was checked. */
  readonly onProgress?: ((shards: number) => void) | undefined;
}

/**
 * Compares manifests with their shards: lengths and checksums as they are recorded, and every row with the headers of the shard, which
 * are walked by range reads.
 *
 * Whether the bytes of a shard still have their checksum is not looked at: that is for a read with `verify`.
 *
 * @returns Findings in the order of the shards, those of the roll-up last; none when all is well.
 */
export async function checkManifests(input: CheckInput): Promise<ManifestFinding[]> {
  const { shards, signal, onProgress } = input;
  const sidecars = input.manifests === undefined ? input.source : redirect(input.source, input.manifests);
  const findings: ManifestFinding[] = [];
  const summaries: (ShardSummary | undefined)[] = [];
  for (const [index, shard] of shards.entries()) {
    signal?.throwIfAborted();
    const found = await checkShard(input, sidecars, shard);
    summaries.push(found.summary);
    findings.push(...found.findings);
    onProgress?.(index + 1);
  }
  if (summaries.some((summary) => summary !== undefined))
    findings.push(...(await checkRollup(input, sidecars, summaries)));
  return findings;
}

interface ShardCheck {
  /** What the header tells, when it is ours and of this shard. */
  readonly summary?: ShardSummary;
  readonly findings: readonly ManifestFinding[];
}

async function checkShard(input: CheckInput, sidecars: DataSource, shard: ShardInfo): Promise<ShardCheck> {
  const { url } = shard;
  const urls = manifestUrls(url);
  const one = (code: string, what: string): ShardCheck => ({ findings: [{ url, code, what }] });
  try {
    const text = await readWhole(sidecars, urls.header, MAX_BYTES, input);
    if (text === undefined) return one("MANIFEST_MISSING", "there is no manifest of this shard");
    const header = parseHeader(new TextDecoder().decode(text), urls.header);
    if (!header.trueOffsets)
      return one("MANIFEST_FOREIGN", "the manifest is Python's: its offsets are not those of the shard");
    const changed = await staleness(input, shard, header.summary);
    if (changed !== undefined) return one("MANIFEST_STALE", changed);
    const wrong = await compareRows(input, shard, header, await readPlaces(sidecars, urls.rows, input));
    if (wrong !== undefined) return one("MANIFEST_OFFSETS", wrong);
    const { summary } = header;
    if (!header.partial) return { summary, findings: [] };
    return { summary, ...one("MANIFEST_PARTIAL", "the manifest has no fields: it was made from headers only") };
  } catch (error) {
    if (!isAtdataError(error)) throw error;
    return one(error.code, error.clause);
  }
}

/** Tells in what a shard differs from what its manifest says of it. */
async function staleness(input: CheckInput, shard: ShardInfo, of: ShardSummary): Promise<string | undefined> {
  const bytes = (await input.source.size?.(shard.url, input)) ?? shard.bytes;
  if (of.bytes !== undefined && bytes !== undefined && of.bytes !== bytes) {
    return `the shard has ${bytes} bytes, its manifest says ${of.bytes}`;
  }
  const { sha256 } = shard;
  if (of.sha256 !== undefined && sha256 !== undefined && of.sha256 !== sha256) {
    return "the shard's recorded checksum differs from that in its manifest";
  }
  return undefined;
}

async function compareRows(
  { source, format, signal }: CheckInput,
  shard: ShardInfo,
  { summary }: ManifestHeader,
  places: readonly Place[],
): Promise<string | undefined> {
  if (summary.samples !== places.length) {
    return `the manifest's header says ${summary.samples} samples, its rows are ${places.length}`;
  }
  let row = 0;
  for await (const { key, offset, size } of walkShard({ source, format, shards: [shard] }, 0, signal)) {
    const place = places[row];
    if (place === undefined) return `the shard has more samples than the manifest's ${places.length} rows`;
    if (place.key !== key || place.offset !== offset || place.size !== size) {
      return `row ${row} says ${placeText(place)}, the shard has ${placeText({ key, offset, size })}`;
    }
    row += 1;
  }
  return row < places.length ? `the manifest has ${places.length} rows, the shard ${row} samples` : undefined;
}

function placeText({ key, offset, size }: Place): string {
  return `${JSON.stringify(key)} at ${offset}+${size}`;
}

async function checkRollup(
  input: CheckInput,
  sidecars: DataSource,
  summaries: readonly (ShardSummary | undefined)[],
): Promise<readonly ManifestFinding[]> {
  const urls = rollupUrls((input.shards[0] as ShardInfo).url);
  let url = urls[0] as string;
  const one = (code: string, what: string): ManifestFinding[] => [{ url, code, what }];
  try {
    let bytes: Uint8Array | undefined;
    for (const each of urls) {
      bytes = await readWhole(sidecars, each, MAX_BYTES, input);
      if (bytes === undefined) continue;
      url = each;
      break;
    }
    if (bytes === undefined) return one("MANIFEST_MISSING", "there is no roll-up of the manifests");
    const rolled = new Map((await decodeRollup(bytes, url)).map((summary) => [summary.url, summary]));
    for (const summary of summaries) {
      if (summary === undefined) continue;
      const there = rolled.get(summary.url);
      if (there === undefined) return one("MANIFEST_STALE", `the roll-up lacks ${baseName(summary.url)}`);
      if (there.samples !== summary.samples || there.sha256 !== summary.sha256 || there.bytes !== summary.bytes) {
        return one("MANIFEST_STALE", `the roll-up differs from the manifest of ${baseName(summary.url)}`);
      }
    }
    return [];
  } catch (error) {
    if (!isAtdataError(error)) throw error;
    return one(error.code, error.clause);
  }
}
