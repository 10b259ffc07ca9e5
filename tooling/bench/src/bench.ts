import { fork } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { asJavaScript } from "./as-javascript.ts";
import type { RowReport, Size } from "./bench-row.ts";
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

/** Runs rows one after the other, each in a process of its own, and gives each report as it comes. */
export async function* bench(ids: readonly string[], size: Size): AsyncGenerator<RowReport> {
  for (const id of ids) {
    if (rows[id] === undefined) throw new RangeError(`no row ${id}; rows: ${Object.keys(rows).join(", ")}`);
  }
  for (const id of ids) yield await inChild(id, size);
}

function inChild(id: string, size: Size): Promise<RowReport> {
  return new Promise((resolve, reject) => {
    // What a row prints is for people: standard output is kept for the results.
    const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
    const child = fork(new URL("./run-row.ts", import.meta.url), [id, size], { env: asJavaScript, stdio: [...stdio] });
    let report: RowReport | undefined;
    child.on("message", (message) => {
      report = message as RowReport;
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0 && report !== undefined) resolve(report);
      else reject(new Error(`row ${id} ended with ${signal ?? code} and ${report ? "a" : "no"} report`));
    });
  });
}
