import { AtdataError, isAtdataError } from "../errors.ts";
import type { ReadOptions } from "./read-options.ts";

const DEFAULT_MAX = 1000;

/** Decides about errors during one iteration and counts what is skipped. */
export class Failures {
  /** Number of errors that were skipped. */
  skipped = 0;
  readonly #options: Pick<ReadOptions, "onError" | "maxErrors" | "telemetry">;

  /** Takes the settings of the dataset. */
  constructor(options: Pick<ReadOptions, "onError" | "maxErrors" | "telemetry">) {
    this.#options = options;
  }

  /** Returns when the error is to be skipped, else throws it. Only errors about data are, never bugs or aborts. */
  handle(error: unknown): void {
    const { onError = "throw", maxErrors = DEFAULT_MAX, telemetry } = this.#options;
    if (!isAtdataError(error) || onError === "throw") throw error;
    if (onError !== "skip" && onError(error) !== "skip") throw error;
    this.skipped += 1;
    telemetry?.count("atdata.read.skipped", 1, { code: error.code });
    if (this.skipped > maxErrors) {
      throw new AtdataError(
        "TOO_MANY_ERRORS",
        `more than ${maxErrors} errors were skipped`,
        { skipped: this.skipped },
        {
          cause: error,
          hint: "look at the cause; maxErrors allows more",
        },
      );
    }
  }
}
