import { dirname } from "node:path";
import {
  AtdataError,
  type DataStore,
  optional,
  type RawSample,
  redactUrl,
  type SampleType,
  type ShardFormat,
  sample,
} from "@atdata/core";
import { fileStore } from "@atdata/core/node";
import { wds } from "@atdata/wds/node";
import { inferFromSamples } from "./infer-from-samples.ts";
import { INFER_SAMPLES } from "./load-type.ts";
import type { Opened } from "./open.ts";
import { formatFor } from "./open-as.ts";
import { storedSamples } from "./stored-samples.ts";

/** What manifests are made with. */
export interface ManifestInput {
  readonly type: SampleType;
  readonly format: ShardFormat;
  readonly source: Opened["source"];
  readonly shards: Opened["dataset"]["shards"];
  /** Whether the type was inferred from the first samples, because none is stored. */
  readonly inferred: boolean;
}

/** Finds the type that manifests are made by: given, stored, or inferred with every field optional, as a later sample may lack it. */
export async function manifestInput(
  opened: Opened,
  given: SampleType<RawSample> | undefined,
  signal: AbortSignal,
): Promise<ManifestInput> {
  const { source, dataset } = opened;
  const stored = given ?? dataset.type;
  const type: SampleType<RawSample> =
    stored ?? inferOptional(inferFromSamples(await storedSamples(opened, INFER_SAMPLES, signal)).type);
  const inferred = stored === undefined;
  // The plain default finds members by name; files whose extensions are no names take a look at the first sample.
  const format = dataset.type === type ? wds() : await formatFor(opened, type, signal);
  return { type: type as SampleType, format, source, shards: dataset.shards, inferred };
}

/**
 * Finds where manifests are written: a folder that was given, or where the shards are.
 *
 * @throws AtdataError `UNSUPPORTED` – the shards are not in one local folder, and none was given.
 */
export function manifestStore({ dataset, source }: Opened, to: string | undefined): DataStore {
  if (to !== undefined) return fileStore(to);
  const folders = new Set(dataset.shards.map(({ url }) => dirname(url)));
  const [folder = "."] = folders;
  if (source.name === "file" && folders.size === 1) return fileStore(folder);
  const hint = "give a folder with --to";
  const clause = `manifests cannot be written beside ${redactUrl(dataset.shards[0]?.url ?? "")}`;
  throw new AtdataError("UNSUPPORTED", clause, { operation: "manifest build" }, { hint });
}

function inferOptional({ name, fields }: SampleType<RawSample>): SampleType<RawSample> {
  return sample(name, Object.fromEntries(Object.entries(fields).map(([field, each]) => [field, optional(each)])));
}
