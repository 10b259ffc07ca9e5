const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Writes a time as records hold it: in UTC, with six digits and `+00:00`, so that texts sort as times do, for Python too.
 *
 * @param microseconds - Since 1970.
 * Five microseconds into 3 February 2026 are `2026-02-03T00:00:00.000005+00:00`.
 */
export function recordTime(microseconds: number): string {
  const date = new Date(Math.floor(microseconds / 1000));
  const rest = String(microseconds - date.getTime() * 1000).padStart(3, "0");
  return date.toISOString().replace("Z", `${rest}+00:00`);
}

/** Reads the time of a record, in microseconds since 1970; `undefined` for what is no time. Further digits are cut off. */
export function recordMicroseconds(text: string): number | undefined {
  const [, seconds, fraction = "", zone] = TIME.exec(text) ?? [];
  const time = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(time) ? undefined : time * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

/** Gives the time of a record in UTC: as it is written where it is, else put into UTC; `undefined` for what is no time. */
export function utcTime(text: unknown): string | undefined {
  const microseconds = typeof text === "string" ? recordMicroseconds(text) : undefined;
  if (microseconds === undefined || typeof text !== "string") return undefined;
  return /(?:Z|\+00:00)$/.test(text) ? text : recordTime(microseconds);
}
