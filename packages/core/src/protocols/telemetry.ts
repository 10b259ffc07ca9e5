/** Values that describe a log record, measurement or span. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A timed piece of work. */
export interface Span {
  /** Ends it; `error` marks it as failed. Idempotent. */
  end(error?: unknown): void;
}

/** How serious a log record is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Where log records, counters, histograms and spans go.
 *
 * **For implementors:** calls must not throw and must not wait. Attributes never hold credentials.
 */
export interface Telemetry {
  /** Records an event. */
  log(level: LogLevel, message: string, attributes?: Attributes): void;
  /** Adds to a counter. */
  count(name: string, value: number, attributes?: Attributes): void;
  /** Records one value of a histogram; the unit is part of the name (`…_ms`, `…_bytes`). */
  observe(name: string, value: number, attributes?: Attributes): void;
  /** Starts a span. */
  span(name: string, attributes?: Attributes): Span;
}
