/** What is wrong with a record. */
export interface Problem {
  /** Keys and places that lead to it, outermost first. */
  readonly path: readonly (string | number)[];
  /** What it must be, in words that follow the name of the field. */
  readonly rule: string;
}

/** Writes a path as people read it, such as `storage.blobs[0].checksum`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}

/** Tells whether a value is what JSON calls an object. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
