/** Writes a text as an SQL literal. It must be well-formed: DuckDB holds UTF-8. */
export function sqlText(text: string): string {
  // DuckDB's parser ends a statement at NUL.
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(" || chr(0) || ")})`;
}

/** Writes a name so that it is taken as it is. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
