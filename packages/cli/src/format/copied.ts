import { entryDetails, type RepoEntry } from "@atdata/core";
import type { Terminal } from "../terminal.ts";
import { plainText } from "./text.ts";
import { formatBytes, formatNumberOf } from "./units.ts";

/** Tells of a dataset that was put somewhere. */
export async function writeCopied(entry: RepoEntry, json: boolean, { out }: Terminal): Promise<void> {
  const { shards, samples = 0, bytes = 0 } = entryDetails(entry);
  const ref = `@${entry.repo}/${entry.name}`;
  const counts = `${formatNumberOf(samples, "sample")} in ${formatNumberOf(shards.length, "shard")}, ${formatBytes(bytes)}`;
  const facts = { ref, id: entry.id, samples, bytes, shards: shards.length };
  await out.write(json ? `${JSON.stringify(facts)}\n` : `${plainText(`${counts}: ${ref}`)}\n`);
}
