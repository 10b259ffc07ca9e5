import type { Lexicon } from "./lexicon.ts";

/** Writes the module that carries the lexicons to where they are checked against, as JSON without descriptions. */
export function lexiconsModule(lexicons: readonly Lexicon[]): string {
  const texts = lexicons.map((lexicon) => `  ${quoted(JSON.stringify(lexicon, withoutDescription))},\n`);
  return `${HEADER}\n/** The lexicons of \`science.alt.dataset\`, each as JSON: whoever parses one may change it. */
export const LEXICONS: readonly string[] = [\n${texts.join("")}];\n`;
}

/** Begins every generated file. */
export const HEADER = "// Written from lexicons/ by `npm run check -- --only lexicons --update`.\n";

// A description is a text; a field of that name is not.
function withoutDescription(key: string, value: unknown): unknown {
  return key === "description" && typeof value === "string" ? undefined : value;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
