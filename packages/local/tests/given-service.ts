import { isAtdataError } from "@atdata/core";
import type { Service } from "@atdata/local/services";

/** A server for tests: where it is, or why there is none. */
export interface GivenService {
  /** Where clients connect; empty where there is no server. */
  readonly url: string;
  /** Why the tests that need it are skipped. */
  readonly missing: string | undefined;
  /** Ends what was started. */
  stop(): Promise<void>;
}

/**
 * Takes the server whose url an environment variable holds, or starts one.
 *
 * What is not installed skips tests, with the reason in their title; under `CI=true` it fails.
 */
export async function givenService(variable: string, start: () => Promise<Service>): Promise<GivenService> {
  const url = process.env[variable];
  if (url !== undefined && url !== "") return { url, missing: undefined, stop: async () => {} };
  try {
    const service = await start();
    return { url: service.url, missing: undefined, stop: () => service.stop() };
  } catch (error) {
    if (process.env.CI === "true" || !isAtdataError(error, "UNSUPPORTED")) throw error;
    return { url: "", missing: ` (skipped: ${error.message})`, stop: async () => {} };
  }
}
