import { isAtdataError } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { parseMatrix, putColumn, renderMatrix } from "../src/backends/matrix.ts";
import { backends, readPage, reportOn } from "../src/backends/run.ts";

const names = backends.map(({ name }) => name);

describe("the matrix of backends", () => {
  for (const builtIn of backends) {
    it(`says of ${builtIn.name} what its cases give, and none fails`, { timeout: 180_000 }, async (context) => {
      const reports = await reportOn(builtIn).catch((error: unknown) => {
        // moto is for those who have it; everything else is installed wherever it counts.
        const needed = process.env.CI === "true" && builtIn.name !== "S3 on moto";
        if (needed || !isAtdataError(error, "UNSUPPORTED")) throw error;
        return error.message;
      });
      if (typeof reports === "string") return context.skip(reports);
      const failed = reports.flatMap(({ results }) => results.filter(({ outcome }) => outcome === "failed"));
      expect(failed).toEqual([]);
      const written = await readPage();
      const matrix = parseMatrix(written);
      putColumn(matrix, builtIn.name, reports);
      expect(written, "run node tooling/integration/src/backends/main.ts").toBe(renderMatrix(matrix, names));
    });
  }

  it("shows a case that failed, and loses a column that is gone", () => {
    const result = { id: "x/y", rule: "a | b", outcome: "failed", reason: "broken" } as const;
    const report = { protocol: "P", protocolVersion: 1, passed: 0, failed: 1, skipped: 0, results: [result] };
    const matrix = parseMatrix("");
    putColumn(matrix, "memory", [report]);
    putColumn(matrix, "disk", [{ ...report, results: [{ ...result, outcome: "skipped", reason: "no wings" }] }]);
    const page = renderMatrix(matrix, ["memory", "disk"]);
    expect(page).toContain("## P\n\n| rule | memory | disk |\n| --- | :-: | :-: |\n| a \\| b | failed | no wings |\n");
    expect(renderMatrix(parseMatrix(page), ["memory", "disk"])).toBe(page);
    putColumn(matrix, "memory", []);
    expect(renderMatrix(matrix, ["memory", "disk"])).toContain("| rule | disk |\n");
  });
});
