import { setTimeout as sleep } from "node:timers/promises";

const FIRST_MS = 200;
const MAX_MS = 10_000;

/** Waits before try number `failures` + 1: a random part of a time that doubles, up to ten seconds. */
export async function delay(failures: number, signal?: AbortSignal | undefined): Promise<void> {
  const ms = Math.random() * Math.min(MAX_MS, FIRST_MS * 2 ** (failures - 1));
  await sleep(ms, undefined, { signal }).catch(() => signal?.throwIfAborted());
}
