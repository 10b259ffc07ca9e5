/** Tells an array from other replies; what a server of another kind may send instead counts as empty. */
export function listOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

/** Gives a reply's bytes, or nothing where Redis has nothing. */
export function bytesOf(reply: unknown): Uint8Array | undefined {
  return reply instanceof Uint8Array ? reply : undefined;
}

/** Gives a reply as text, or nothing where Redis has nothing. */
export function textOf(reply: unknown): string | undefined {
  if (typeof reply === "string") return reply;
  return reply instanceof Uint8Array
    ? Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString()
    : undefined;
}

/** Gives a time that scripts note, microseconds since 1970, as ISO 8601; nothing where there is none. */
export function timeOf(reply: unknown): string | undefined {
  const micros = Number(textOf(reply) ?? Number.NaN);
  const time = new Date(micros / 1000);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
