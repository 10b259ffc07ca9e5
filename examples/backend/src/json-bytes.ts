/** Writes JSON in which bytes stay bytes, as `{"$bytes": base64}`; a key that starts with `$` gets one more. */
export function toText(value: unknown): string {
  return JSON.stringify(pack(value));
}

/** Reads what {@link toText} wrote. */
export function fromText(text: string): unknown {
  return unpack(JSON.parse(text));
}

function pack(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.startsWith("$") ? `$${key}` : key, pack(inner)]),
  );
}

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== "object" || value === null) return value;
  if ("$bytes" in value) return new Uint8Array(Buffer.from(String(value.$bytes), "base64"));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.startsWith("$") ? key.slice(1) : key, unpack(inner)]),
  );
}
