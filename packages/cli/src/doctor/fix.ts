import { createNodeHasher } from "@atdata/core/node";
import { buildManifests } from "@atdata/manifest";
import { manifestInput, manifestStore } from "../manifest-input.ts";
import type { Opened } from "../open.ts";
import type { Problem } from "./problem.ts";

/** Rewrites manifests, when one of them has a problem. Shards are left as they are. */
export async function fixManifests(opened: Opened, problems: readonly Problem[], signal: AbortSignal): Promise<void> {
  if (!problems.some(({ code, fixable }) => fixable && code !== "LEFT_OVER")) return;
  const store = manifestStore(opened, undefined);
  const { inferred: _inferred, ...input } = await manifestInput(opened, undefined, signal);
  await buildManifests({ ...input, store, signal, createHasher: createNodeHasher });
}
