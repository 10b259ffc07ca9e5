import { isAtdataError, redactUrl } from "@atdata/core";
import { checkManifests, type ManifestFinding } from "@atdata/manifest";
import { wds } from "@atdata/wds/node";
import { formatNumberOf } from "../format/units.ts";
import type { Opened } from "../open.ts";
import { progressLine } from "../progress.ts";
import { firstExtensions } from "../stored-samples.ts";
import type { Terminal } from "../terminal.ts";
import { KeyCheck } from "./check-keys.ts";
import { checkSamples, DriftCheck } from "./check-samples.ts";
import type { Problem } from "./problem.ts";

/** Reads a dataset and its manifests whole, and tells what is wrong with them: first with shards, then with manifests. */
export async function diagnose(opened: Opened, terminal: Terminal): Promise<Problem[]> {
  const { signal } = terminal;
  const { source, dataset } = opened;
  const { shards } = dataset;
  const progress = progressLine(terminal.err);
  const say = (verb: string, done: number): void =>
    progress.show(() => `${verb} ${done} of ${formatNumberOf(shards.length, "shard")}`);
  try {
    const problems = await checkShards(opened, signal, (done) => say("read", done));
    const onProgress = (done: number): void => say("checked the manifests of", done);
    const findings = await checkManifests({ shards, source, format: wds(), signal, onProgress });
    // New manifests are made of whole shards whose samples fit the type.
    const whole = problems.every(({ code }) => code === "DUPLICATE_KEY" || code === "KEYS_INTERLEAVED");
    // What a newer version wrote is not for this one to replace.
    const fixable = whole && !findings.some(({ code }) => code === "FORMAT_TOO_NEW");
    const ofManifests = relevant(findings, shards.length).map((finding) => ({ ...finding, fixable }));
    return [...problems, ...ofManifests].map((problem) => ({ ...problem, url: redactUrl(problem.url) }));
  } finally {
    progress.clear();
  }
}

async function checkShards(
  opened: Opened,
  signal: AbortSignal,
  onProgress: (shards: number) => void,
): Promise<Problem[]> {
  const keys = new KeyCheck(opened.source, await severalFiles(opened, signal));
  const drift = new DriftCheck(opened.source);
  const problems: Problem[] = [];
  for (const [index, shard] of opened.dataset.shards.entries()) {
    problems.push(...(await keys.check(shard, signal)), ...(await checkSamples(opened, shard, signal)));
    if (opened.dataset.type === undefined) problems.push(...(await drift.check(shard, signal)));
    onProgress(index + 1);
  }
  return problems;
}

async function severalFiles(opened: Opened, signal: AbortSignal): Promise<boolean> {
  try {
    return (await firstExtensions(opened, signal)).length > 0;
  } catch (error) {
    // What is wrong with the first shard is told when it is read.
    if (isAtdataError(error)) return false;
    throw error;
  }
}

/** A dataset that never had manifests lacks none. */
function relevant(findings: readonly ManifestFinding[], shards: number): readonly ManifestFinding[] {
  const missing = findings.filter(({ code }) => code === "MANIFEST_MISSING");
  return missing.length === shards && findings.length === shards ? [] : findings;
}
