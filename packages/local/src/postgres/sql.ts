/** A row's time as ISO 8601, whatever the client makes of times; null where Python noted none. */
export const TIME = `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * The time of putting something under a name: now, but after all of that name that is there, even when the clock was set
 * back, or when two are put within its resolution. `now()` is the start of a transaction, and so no use.
 */
export function lastOfName(table: "dataset_entries" | "labels", name: string): string {
  const last = `(SELECT max(created_at) FROM ${table} WHERE name = ${name})`;
  return `GREATEST(clock_timestamp(), ${last} + interval '1 microsecond')`;
}
