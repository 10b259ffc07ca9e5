import { type AtdataError, isAtdataError } from "@atdata/core";

/** Something that was found out about an index or a store. */
export interface Finding {
  /** `broken`: it cannot be used as it is; `warning`: it may lose data, or does not do all; `note`: good to know. */
  readonly level: "broken" | "warning" | "note";
  /** What it is, for programs: such as `REDIS_EVICTS`, or the code of an error. */
  readonly code: string;
  /** What was found, in a clause. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** What was found out about an index or a store; it holds no credentials. */
export interface Diagnosis {
  /** Where it is. */
  readonly where: string;
  /** What it is, such as `redis 7.0.15`; absent where it did not tell. */
  readonly server?: string | undefined;
  /** Median of several round trips. */
  readonly latencyMs?: number | undefined;
  /** How far its clock is ahead of ours. */
  readonly clockMs?: number | undefined;
  /** What was found; empty when all is well. */
  readonly findings: readonly Finding[];
}

/** A clock that is off by this much spoils what "latest" means between writers. */
const CLOCK_MS = 5000;
const ROUND_TRIPS = 7;

/** Tells an error as a finding; what is no error of ours goes on. */
export function foundBroken(error: unknown, doing?: string): Finding {
  if (!isAtdataError(error)) throw error;
  return { level: "broken", ...toldOf(error, doing) };
}

function toldOf({ code, clause, hint }: AtdataError, doing: string | undefined): Omit<Finding, "level"> {
  return { code, what: doing === undefined ? clause : `${doing}: ${clause}`, advice: hint };
}

/** Does something several times and gives the median of the times it took. */
export async function medianMs(roundTrip: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const start = performance.now();
    await roundTrip();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)] as number;
}

/** Asks a server for its time; gives how far that is ahead of ours, halfway between asking and answer. */
export async function clockAhead(ask: () => Promise<number>): Promise<number> {
  const before = Date.now();
  const theirs = await ask();
  return theirs - (before + Date.now()) / 2;
}

/** Warns of a clock that differs. */
export function clockFindings(aheadMs: number): Finding[] {
  if (Math.abs(aheadMs) <= CLOCK_MS) return [];
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const what = `its clock is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} that of this machine`;
  return [{ level: "warning", code: "CLOCK_DIFFERS", what, advice: "let both follow a time server (NTP)" }];
}
