import type { SampleType } from "@atdata/core";
import type { Output } from "../terminal.ts";
import { declaredFields, fieldLines } from "./fields.ts";
import { plainText } from "./text.ts";

/** Shows a type: name, version and description, then its fields. */
export function schemaText(type: SampleType, { colors }: Pick<Output, "colors">): string {
  const title = colors.bold(plainText(type.name)) + (type.version === undefined ? "" : ` ${type.version}`);
  const description = type.description === undefined ? [] : [plainText(type.description)];
  return `${[title, ...description, "", ...fieldLines(declaredFields(type), type, colors)].join("\n")}\n`;
}
