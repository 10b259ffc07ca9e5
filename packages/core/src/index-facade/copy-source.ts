import { partsOf } from "../dataset/create-dataset.ts";
import type { DatasetInput } from "../dataset/read-options.ts";
import type { CallOptions } from "../protocols/data-source.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { type EntryDetails, entryDetails } from "./entry-metadata.ts";
import { resolveEntry } from "./find-entry.ts";
import type { IndexParts } from "./index-parts.ts";
import { loadEntry } from "./load-entry.ts";
import type { RepoEntry } from "./repo-items.ts";

/** A dataset that is copied. */
export interface CopySource {
  /** How it is read. */
  readonly input: DatasetInput<unknown>;
  /** Type of its samples. */
  readonly type: SampleType;
  /** What is known of it. */
  readonly details: EntryDetails;
  /** Its entry. */
  readonly entry: RepoEntry;
}

/** Finds what is copied. */
export async function copySource(parts: IndexParts, from: string, options: CallOptions): Promise<CopySource> {
  const entry = await resolveEntry(parts, from, options);
  const dataset = await loadEntry<unknown>(parts, entry, options);
  const { input } = partsOf(dataset).reading;
  return { input, type: input.type as SampleType, details: entryDetails(entry), entry };
}
