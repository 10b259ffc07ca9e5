import type { AnyLens, Index, LensReport, RawSample, SampleType } from "@atdata/core";
import { checkLens, type Lens } from "@atdata/core";
import { isIndexRef, openRef } from "../open.ts";
import { openAs } from "../open-as.ts";
import type { Terminal } from "../terminal.ts";
import { readLensFile } from "./lens-file.ts";

/** What a lens is tried on. */
export interface LensSamples {
  /** The dataset whose first samples it is tried on; made-up samples without one. */
  readonly dataset: string | undefined;
  /** How many samples. */
  readonly count: number;
}

/** Finds a lens: in an index, or in a file. */
export function openLens(ref: string, index: Index, { signal }: Pick<Terminal, "signal">): Promise<AnyLens> {
  return isIndexRef(ref) ? index.loadLens(ref, { signal }) : readLensFile(ref, { index, repo: "me", signal });
}

/** Tries the laws of a lens on samples of a dataset, which are read as its source type, or on made-up ones. */
export async function tryLens(
  found: AnyLens,
  { dataset, count }: LensSamples,
  terminal: Terminal,
): Promise<LensReport<RawSample, RawSample>> {
  const lens = found as Lens<RawSample, RawSample>;
  if (dataset === undefined) return checkLens(lens, { generate: count });
  const { signal } = terminal;
  const opened = await openRef(dataset, terminal);
  const typed = await openAs(opened, found.source as SampleType as SampleType<RawSample>, signal);
  const samples: RawSample[] = [];
  for await (const sample of typed.take(count)) samples.push(sample);
  return checkLens(lens, samples);
}
