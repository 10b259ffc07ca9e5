import { expect, test, vi } from "vitest";
import { recordingOutput } from "../tests/recording-output.ts";
import { progressLine } from "./progress.ts";

function written(isTerminal: boolean, work: (line: ReturnType<typeof progressLine>) => void): string {
  const err = recordingOutput({ isTerminal, width: 20 });
  work(progressLine(err));
  return err.text();
}

test("a progress line shows up only on a terminal, only after a while, cut to the line, and goes away", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const long = (line: ReturnType<typeof progressLine>): void => {
      line.show(() => "too early");
      vi.advanceTimersByTime(400);
      line.show(() => "counted 3 shards of 1,000");
      line.show(() => "too soon");
      line.clear();
      line.clear();
    };
    expect(written(true, long)).toBe("\r\x1b[Kcounted 3 shards of\r\x1b[K");
    expect(written(true, (line) => line.clear())).toBe("");
    expect(written(false, long)).toBe("");
  } finally {
    vi.useRealTimers();
  }
});
