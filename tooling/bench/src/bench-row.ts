/** How much data the rows work on: `full` is what bars are for, `quick` only shows that everything runs. */
export type Size = "full" | "quick";

/** A row that is about to be timed. */
export interface Contest {
  /** Bytes that one pass works through, where the unit is MB/s. */
  readonly bytes?: number;
  /** Does the work once with this library. */
  ours(): Promise<void>;
  /** Does the same work once the other way. */
  baseline(): Promise<void>;
  /** Ends what `start` has started. */
  close?(): Promise<void>;
}

/** What all rows have. */
interface RowFacts {
  /** Name on the command line. */
  readonly id: string;
  /** The work. */
  readonly what: string;
  /** Unit of `ours` and `baseline`. */
  readonly unit: "ms" | "MB/s" | "MB";
  /** The ratio to reach; `null` where there is none. */
  readonly bar: number | null;
}

/** A row that is decided by time. */
export interface TimedRow extends RowFacts {
  readonly unit: "ms" | "MB/s";
  /** Makes the data, outside of the time taken. */
  start(size: Size): Promise<Contest>;
}

/** A row that measures by itself: something else than time, or several times. */
export interface MeasuredRow extends RowFacts {
  readonly unit: "ms" | "MB";
  /** Measures. */
  measure(size: Size): Promise<Measured>;
}

/** What a row has measured: less is better. */
export interface Measured {
  readonly ours: number;
  readonly baseline: number;
  /** Whether all holds that the numbers do not tell. */
  readonly holds: boolean;
  /** Lines for people. */
  readonly details: readonly string[];
}

/** One line of the bench. */
export type BenchRow = TimedRow | MeasuredRow;

/** What came out of a row; exactly the keys that `--json` prints. */
export interface RowResult {
  readonly id: string;
  readonly what: string;
  readonly ours: number;
  readonly baseline: number;
  readonly unit: string;
  /** How many times better ours is; below 1 it is worse. */
  readonly ratio: number;
  readonly bar: number | null;
  readonly pass: boolean;
}

/** A result with what is told to people beside it. */
export interface RowReport {
  readonly result: RowResult;
  readonly details: readonly string[];
}

/** Fails unless a pass has seen all that there was. */
export function expectCount(got: number, want: number): void {
  if (got !== want) throw new Error(`a pass has seen ${got} where there are ${want}`);
}
