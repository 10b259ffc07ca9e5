import { PROTOCOL_VERSION } from "@atdata/core";
import { type ConformanceCase, ConformanceError } from "./case.ts";

/** The version of core's protocols that this kit checks. */
export const KIT_PROTOCOL_VERSION: number = 1;

/** What became of one case. */
export interface CaseResult {
  /** The case's name. */
  readonly id: string;
  /** Its rule. */
  readonly rule: string;
  /** `upcoming` is a failure that does not count yet. */
  readonly outcome: "passed" | "failed" | "skipped" | "upcoming";
  /** Why it was skipped or failed. */
  readonly reason?: string;
  /** What it failed with. */
  readonly error?: unknown;
}

/** What became of all cases. */
export interface ConformanceReport {
  /** The version of the protocols. */
  readonly protocolVersion: number;
  /** Number of cases that passed. */
  readonly passed: number;
  /** Number of cases that failed. */
  readonly failed: number;
  /** Number of cases that do not apply to what the backend declares. */
  readonly skipped: number;
  /** Each case, in the order of the list. */
  readonly results: readonly CaseResult[];
}

/**
 * Runs all cases, one after the other, and reports; a broken rule does not reject.
 *
 * @throws ConformanceError – if core has another version of the protocols than this kit.
 */
export async function check<TMake>(cases: readonly ConformanceCase<TMake>[], make: TMake): Promise<ConformanceReport> {
  requireVersion();
  const results: CaseResult[] = [];
  for (const each of cases) results.push(await runCase(each, make));
  const count = (outcome: CaseResult["outcome"]): number => results.filter((one) => one.outcome === outcome).length;
  return {
    protocolVersion: KIT_PROTOCOL_VERSION,
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    results,
  };
}

/** What is used of a test runner; vitest, `node:test`, Bun's and Deno's fit. */
export interface TestRunner {
  /** Groups tests. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Declares a test. */
  readonly it: (name: string, run: (context: SkipContext) => Promise<void>) => unknown;
}

/** What runners pass to a test, if anything: the means to mark it as skipped. */
export interface SkipContext {
  /** Marks the test as skipped. */
  skip?(reason?: string): unknown;
}

/**
 * Declares a test for each case, and one that no case was left out.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@atdata/core";
 * import { dataStoreCases, register } from "@atdata/conformance";
 * import { describe, it } from "node:test";
 * register({ describe, it }, dataStoreCases, () => memoryStore());
 * ```
 */
export function register<TMake>(runner: TestRunner, cases: readonly ConformanceCase<TMake>[], make: TMake): void {
  let ran = 0;
  runner.describe("conformance", () => {
    runner.it("runs against the protocols of this version", async () => requireVersion());
    for (const each of cases) {
      runner.it(`${each.id}: ${each.rule}`, async (context) => {
        ran++;
        const { outcome, reason, error } = await runCase(each, make);
        if (outcome === "failed") throw error;
        if (outcome !== "passed") context?.skip?.(reason);
      });
    }
    runner.it("leaves out no case", async () => {
      if (ran !== cases.length) throw new ConformanceError(`${ran} of ${cases.length} cases ran`);
    });
  });
}

async function runCase<TMake>(each: ConformanceCase<TMake>, make: TMake): Promise<CaseResult> {
  const { id, rule } = each;
  try {
    for (const need of each.needs ?? []) {
      if (!(await need.has(make))) return { id, rule, outcome: "skipped", reason: `no ${need.capability}` };
    }
    await each.run(make);
    return { id, rule, outcome: "passed" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { id, rule, outcome: each.state === "upcoming" ? "upcoming" : "failed", reason, error };
  }
}

function requireVersion(): void {
  if (PROTOCOL_VERSION === KIT_PROTOCOL_VERSION) return;
  const versions = `@atdata/core has protocol version ${PROTOCOL_VERSION}, this kit ${KIT_PROTOCOL_VERSION}`;
  throw new ConformanceError(`${versions}; install the same version of both`);
}
