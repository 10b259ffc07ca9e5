import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { endProcess, isRunning, markProcess } from "./process-mark.ts";

it("ends just the process that was marked", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  const mark = markProcess(child.pid as number);
  if (mark === undefined) throw new Error("it runs, and has no mark");
  expect(isRunning(mark)).toBe(true);
  // As if the number had been given to another one since.
  await endProcess({ ...mark, started: "long ago" });
  expect(isRunning(mark)).toBe(true);
  const ended = once(child, "exit");
  await endProcess(mark);
  expect(await ended).toEqual([null, "SIGTERM"]);
  expect(isRunning(mark)).toBe(false);
  expect(markProcess(child.pid as number)).toBeUndefined();
  await endProcess(mark);
});
