import type { Colors } from "../terminal.ts";
import type { EntryFacts } from "./entry-facts.ts";
import { formatTable } from "./table.ts";
import { plainText } from "./text.ts";
import { typeText } from "./type-text.ts";
import { formatBytes, formatCount, formatNumberOf } from "./units.ts";

/** Lines datasets up: name, versions, type, counts and tags. */
export function entryLines(entries: readonly EntryFacts[], colors: Colors): string[] {
  const heads = ["dataset", "labels", "type", "samples", "size", "tags"].map((head) => colors.dim(head));
  const rows = entries.map((entry) => [
    colors.cyan(plainText(entry.ref)),
    plainText(labelText(entry)),
    plainText(typeText(entry.schema)),
    entry.samples === null ? "?" : formatCount(entry.samples),
    entry.bytes === null ? "?" : formatBytes(entry.bytes),
    plainText(entry.tags.join(" ")),
  ]);
  return formatTable([heads, ...rows], ["left", "left", "left", "right", "right"]);
}

/** Tells all about one dataset but its shards. */
export function entryText(entry: EntryFacts, colors: Colors): string[] {
  const { samples, bytes, shards } = entry;
  const counts = [
    samples === null ? undefined : formatNumberOf(samples, "sample"),
    formatNumberOf(shards, "shard"),
    bytes === null ? undefined : formatBytes(bytes),
  ];
  const rows: [string, string | undefined][] = [
    ["id", entry.id],
    ["labels", labelText(entry)],
    ["type", typeText(entry.schema)],
    ["holds", counts.filter((count) => count !== undefined).join(", ")],
    ["made", entry.createdAt ?? undefined],
    ["tags", entry.tags.join(" ")],
    ["licence", entry.license],
    ["is", entry.description],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== "");
  const title = colors.bold(plainText(entry.ref));
  return [title, ...formatTable(known.map(([head, text]) => [colors.dim(head), plainText(text)]))];
}

/** Versions of its own name, and labels of other names whole. */
function labelText({ name, labels }: EntryFacts): string {
  return labels
    .map((label) => {
      if (label.name !== name) return label.version === null ? label.name : `${label.name}@${label.version}`;
      return label.version ?? "(latest)";
    })
    .join(" ");
}
