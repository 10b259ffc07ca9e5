import type { JsonRecord, RepoRecord } from "../client/repo-client.ts";
import { recordMicroseconds, recordTime } from "../records/record-time.ts";

const times = new WeakMap<JsonRecord, number>();
const sorted = new WeakMap<readonly RepoRecord[], readonly RepoRecord[]>();

/** Sorts records by the time that they were put at, oldest first; those without one come before all. */
export function inOrder(records: readonly RepoRecord[]): readonly RepoRecord[] {
  const known = sorted.get(records);
  if (known !== undefined) return known;
  const order = [...records].sort((a, b) => timeOf(a) - timeOf(b) || (a.rkey < b.rkey ? -1 : 1));
  sorted.set(records, order);
  return order;
}

/** Gives the time for a record that is put now: later than that of all others, whatever their clocks said. */
export function timeAfter(records: readonly RepoRecord[]): string {
  const newest = records.reduce((latest, record) => Math.max(latest, timeOf(record)), 0);
  return recordTime(Math.max(Date.now() * 1000, newest + 1));
}

function timeOf({ value }: RepoRecord): number {
  const known = times.get(value);
  if (known !== undefined) return known;
  const time = typeof value.createdAt === "string" ? (recordMicroseconds(value.createdAt) ?? 0) : 0;
  times.set(value, time);
  return time;
}
