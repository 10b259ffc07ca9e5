import { describe, expect, it } from "vitest";
import { consoleTelemetry } from "./console.ts";

function lines(run: (telemetry: ReturnType<typeof consoleTelemetry>) => void, level?: "debug" | "error"): string[] {
  const written: string[] = [];
  run(consoleTelemetry({ level, write: (line) => written.push(line) }));
  return written;
}

describe("consoleTelemetry", () => {
  it("writes one line for each record of its level or above, with attributes that are there", () => {
    const all = lines((t) => {
      t.log("debug", "no");
      t.log("info", "yes", { shard: "a.tar", missing: undefined, n: 3 });
      t.count("bytes", 3);
    });
    expect(all).toEqual(["info yes shard=a.tar n=3"]);
    expect(lines((t) => t.log("warn", "no"), "error")).toEqual([]);
  });

  it("keeps each record on one line, whatever its values hold", () => {
    expect(lines((t) => t.log("warn", "a\nb", { key: "x\r\nerror forged" }))).toEqual(["warn a b key=x error forged"]);
  });

  it("writes measurements and the end of a span once, at level debug", () => {
    const all = lines((t) => {
      t.count("reads", 2);
      t.observe("read_ms", 1.5, { shard: "a" });
      const span = t.span("decode");
      span.end(new Error("bad"));
      span.end();
    }, "debug");
    expect(all.slice(0, 2)).toEqual(["debug count reads 2", "debug observe read_ms 1.5 shard=a"]);
    expect(all[2]).toMatch(/^debug span decode \d+\.\dms failed: bad$/);
    expect(all).toHaveLength(3);
  });

  it("does not let a broken sink break its caller", () => {
    const telemetry = consoleTelemetry({
      write: () => {
        throw new Error("disk full");
      },
    });
    expect(() => telemetry.log("error", "x")).not.toThrow();
  });
});
