import { fork } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import type { RowReport, Side, Size, TimedRow } from "./bench-row.ts";
import { measureOther, measureTime, type Pass } from "./measure.ts";
import { rows } from "./rows.ts";

/** What the rows were measured on. */
export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
}

/** Describes this machine. */
export function machine(): Machine {
  const all = cpus();
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${release()} ${process.arch}`,
    cpu: all[0]?.model ?? "unknown",
    cores: all.length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
  };
}

/** Runs rows one after the other and gives each report as it comes. */
export async function* bench(ids: readonly string[], size: Size): AsyncGenerator<RowReport> {
  for (const id of ids) {
    if (rows[id] === undefined) throw new RangeError(`no row ${id}; rows: ${Object.keys(rows).join(", ")}`);
  }
  for (const id of ids) {
    const { row } = await (rows[id] as NonNullable<(typeof rows)[string]>)();
    yield "measure" in row ? await measureOther(row, size) : await inProcesses(row, size);
  }
}

/** Times each side in a process of its own: in one, either would pay for collecting the other's garbage. */
async function inProcesses(row: TimedRow, size: Size): Promise<RowReport> {
  // One after the other, because the first may have to make the data.
  const ours = await startSide(row.id, size, "ours");
  const baseline = await startSide(row.id, size, "baseline");
  try {
    return await measureTime(row, { ours: ours.pass, baseline: baseline.pass }, ours.bytes, size);
  } finally {
    ours.end();
    baseline.end();
  }
}

interface RunningSide {
  readonly bytes: number;
  readonly pass: Pass;
  readonly end: () => void;
}

async function startSide(id: string, size: Size, side: Side): Promise<RunningSide> {
  // What a row prints is for people: standard output is kept for the results.
  const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
  const child = fork(new URL("./run-side.ts", import.meta.url), [id, size, side], { stdio: [...stdio] });
  const answer = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const onExit = (code: number | null, signal: string | null): void => {
        reject(new Error(`${side} of row ${id} ended with ${signal ?? code}`));
      };
      child.once("exit", onExit);
      child.once("message", (message) => {
        child.off("exit", onExit);
        resolve(message as number);
      });
    });
  const pass = (): Promise<number> => {
    child.send("pass");
    return answer();
  };
  return { bytes: await answer(), pass, end: () => child.connected && child.disconnect() };
}
