import type { SampleType } from "@atdata/core";
import type { Output } from "../terminal.ts";
import { fieldLines } from "./fields.ts";
import type { Inspection, ShardFacts } from "./inspection.ts";
import { formatTable } from "./table.ts";
import { plainText } from "./text.ts";
import { formatBytes, formatCount, formatNumberOf } from "./units.ts";

const MAX_SHARDS = 10;
const SHOWN_FIRST = 5;
const SHOWN_LAST = 2;

/** Shows an inspection: totals, the shards (the middle ones left out when there are many), the fields. */
export function inspectionText(
  found: Inspection,
  type: SampleType | undefined,
  { colors }: Pick<Output, "colors">,
): string {
  const { shards, samples, bytes, schema } = found;
  const name =
    schema.name === null ? "untyped" : schema.name + (schema.version === undefined ? "" : ` ${schema.version}`);
  const size = bytes === null ? "" : `, ${formatBytes(bytes)}`;
  const totals = `${formatNumberOf(samples, "sample")} in ${formatNumberOf(shards.length, "shard")}${size}`;
  const lines = [`${colors.bold(name)}  ${totals}`];
  if (type?.description !== undefined) lines.push(plainText(type.description));
  lines.push("", ...shardLines(shards, colors), "");
  if (schema.fields.length === 0) lines.push(colors.dim("no samples, so no fields to tell of"));
  else lines.push(...fieldLines(schema.fields, type, colors));
  if (type === undefined && schema.fields.length > 0) {
    lines.push(colors.dim("no type is stored with it: the fields are those of the first sample"));
  }
  return `${lines.join("\n")}\n`;
}

function shardLines(shards: readonly ShardFacts[], colors: Output["colors"]): string[] {
  const folder = commonFolder(shards.map(({ url }) => url));
  const row = ({ url, samples, bytes }: ShardFacts): string[] => [
    plainText(url.slice(folder.length)),
    formatCount(samples),
    bytes === null ? "?" : formatBytes(bytes),
  ];
  const heads = ["shard", "samples", "size"].map((head) => colors.dim(head));
  const align = ["left", "right", "right"] as const;
  const rows =
    shards.length <= MAX_SHARDS
      ? shards.map(row)
      : [...shards.slice(0, SHOWN_FIRST).map(row), ["…", "", ""], ...shards.slice(-SHOWN_LAST).map(row)];
  const lines = formatTable([heads, ...rows], align);
  if (shards.length > MAX_SHARDS) {
    const hidden = shards.length - SHOWN_FIRST - SHOWN_LAST;
    lines[1 + SHOWN_FIRST] = colors.dim(`… ${formatNumberOf(hidden, "more shard")}`);
  }
  return folder === "" ? lines : [colors.dim(`in ${plainText(folder)}`), ...lines];
}

/** The folder that all lie in, with its last slash. */
function commonFolder(urls: readonly string[]): string {
  const folders = urls.map((url) => url.slice(0, url.search(/[^/\\]*$/)));
  const first = folders[0] ?? "";
  return folders.every((folder) => folder === first) ? first : "";
}
