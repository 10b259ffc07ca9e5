/** Writes a value of JSON as TypeScript: names of properties bare, a space inside braces. Properties without a value are left out. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return entries.length === 0 ? "{}" : `{ ${entries.map(([name, item]) => `${name}: ${literal(item)}`).join(", ")} }`;
}

/** Writes a doc comment, at an indentation. */
export function docComment(text: string, indent = ""): string[] {
  // A comment that ended early would turn a description into code.
  const lines = text.replaceAll("*/", "*\\/").split(/\r\n|[\n\r\u2028\u2029]/);
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}
