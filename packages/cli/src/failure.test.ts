import { AtdataError } from "@atdata/core";
import { describe, expect, test } from "vitest";
import { recordingOutput } from "../tests/recording-output.ts";
import { reportFailure } from "./failure.ts";

async function reported(error: unknown, debug = false): Promise<string> {
  const err = recordingOutput();
  await reportFailure(error, err, debug);
  return err.text();
}

describe("reportFailure", () => {
  test("gives code, message and what to try, each on its line", async () => {
    const error = new AtdataError("NOT_FOUND", "no such shard", { url: "a.tar" }, { hint: "check the path" });
    expect(await reported(error)).toBe("atdata: error[NOT_FOUND]: no such shard; url=a.tar\n  try: check the path\n");
  });

  test("gives one line for a bug, and where to look", async () => {
    expect(await reported(new TypeError("x is not a function"))).toBe(
      "atdata: internal error: TypeError: x is not a function\n  this is a bug; ATDATA_DEBUG=1 shows where, for a report\n",
    );
    expect(await reported("thrown text")).toMatch(/^atdata: internal error: thrown text\n/);
  });

  test("shows stacks, those of causes too, only for debugging", async () => {
    const error = new AtdataError("IO_ERROR", "could not read", { url: "a" }, { cause: new RangeError("inner") });
    expect(await reported(error)).not.toContain("    at ");
    expect(await reported(error, true)).toMatch(/failure\.test\.ts.*caused by RangeError: inner\n.*failure\.test\.ts/s);
  });

  test("escapes control characters of a message", async () => {
    expect(await reported(new AtdataError("KEY_INVALID", "bad key", { key: "\x1b[2J" }))).toContain("key=\\u001b[2J");
  });
});
