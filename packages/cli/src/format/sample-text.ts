import { isNdArray, type SampleType } from "@atdata/core";
import type { Output } from "../terminal.ts";
import { drawPicture, isDrawable } from "./draw.ts";
import { formatShape } from "./shape.ts";
import { plainText } from "./text.ts";
import { valueText } from "./value-text.ts";

const INDENT = "  ";
const MAX_WIDTH = 120;

/** Shows a sample: its key and shard, then a line for each field, names lined up; small pictures are drawn. */
export function sampleText(
  key: string,
  shard: string,
  sample: Readonly<Record<string, unknown>>,
  type: SampleType | undefined,
  { colors, width }: Pick<Output, "colors" | "width">,
): string {
  const names = type === undefined ? Object.keys(sample) : Object.keys(type.fields);
  const shown = names.map(plainText);
  const nameWidth = Math.max(0, ...shown.map((name) => name.length));
  const room = Math.max(30, Math.min(width, MAX_WIDTH) - INDENT.length - nameWidth - 2);
  const lines = [`${colors.bold(plainText(key))}  ${colors.dim(plainText(shard))}`];
  names.forEach((name, i) => {
    const value = sample[name];
    const label = INDENT + colors.cyan((shown[i] as string).padEnd(nameWidth));
    if (isNdArray(value) && isDrawable(value) && (value.shape[1] as number) <= room) {
      lines.push(`${label}  ${value.dtype} ${formatShape(value.shape)}`);
      const margin = " ".repeat(INDENT.length + nameWidth + 2);
      for (const line of drawPicture(value, colors.isColorSupported)) lines.push((margin + line).trimEnd());
      return;
    }
    const text = valueText(value, type?.fields[name], room);
    lines.push(`${label}  ${value === null || value === undefined ? colors.dim(text) : text}`);
  });
  return `${lines.join("\n")}\n`;
}
