import type { Attributes, LogLevel, Telemetry } from "../protocols/telemetry.ts";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Options of {@link consoleTelemetry}. */
export interface ConsoleTelemetryOptions {
  /** Least serious level that is written; default `"info"`. Counters, histograms and spans count as `"debug"`. */
  readonly level?: LogLevel | undefined;
  /** Takes the lines; default `console.error`, so that standard output stays the program's. */
  readonly write?: ((line: string) => void) | undefined;
}

/**
 * Writes telemetry as lines of text: `level message key=value …`.
 *
 * @example
 * ```ts
 * import { consoleTelemetry } from "@atdata/core";
 * const telemetry = consoleTelemetry({ write: (line) => console.log(line) });
 * telemetry.log("warn", "shard skipped", { shard: "a.tar" }); // -> prints: warn shard skipped shard=a.tar
 * ```
 */
export function consoleTelemetry(options: ConsoleTelemetryOptions = {}): Telemetry {
  const least = LEVELS.indexOf(options.level ?? "info");
  const write = options.write ?? ((line: string): void => console.error(line));
  const log = (level: LogLevel, message: string, attributes?: Attributes): void => {
    if (LEVELS.indexOf(level) < least) return;
    try {
      write(`${level} ${oneLine(message)}${attributesText(attributes)}`);
    } catch {
      // A broken sink must not break what it watches.
    }
  };
  return {
    log,
    count: (name, value, attributes) => log("debug", `count ${name} ${value}`, attributes),
    observe: (name, value, attributes) => log("debug", `observe ${name} ${value}`, attributes),
    span(name, attributes) {
      const started = performance.now();
      let ended = false;
      return {
        end(error) {
          if (ended) return;
          ended = true;
          const took = `${(performance.now() - started).toFixed(1)}ms`;
          const failed = error === undefined ? "" : ` failed: ${errorText(error)}`;
          log("debug", `span ${name} ${took}${failed}`, attributes);
        },
      };
    },
  };
}

function attributesText(attributes: Attributes | undefined): string {
  let text = "";
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== undefined) text += ` ${key}=${oneLine(String(value))}`;
  }
  return text;
}

function errorText(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "unknown";
  }
}

/** Line ends inside a value would let data forge log lines. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
