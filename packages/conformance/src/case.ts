/** Something that a backend may or may not have; a case that needs it is skipped, and counted, where it is missing. */
export interface Need<TMake> {
  /** The capability's name, as the report shows it. */
  readonly capability: string;
  /** Tells whether what the factory makes declares it. */
  readonly has: (make: TMake) => Promise<boolean>;
}

/** One rule of a protocol, as data; `TMake` is the factory that a backend's author passes in. */
export interface ConformanceCase<TMake> {
  /** Stable name, `protocol/rule`. */
  readonly id: string;
  /** The rule, as a sentence. */
  readonly rule: string;
  /** What the backend must declare for the rule to apply. */
  readonly needs?: readonly Need<TMake>[];
  /** A rule of the next minor version: reported, but no failure yet. */
  readonly state?: "upcoming";
  /** Checks the rule; rejects with a {@link ConformanceError} where it is broken. */
  run(make: TMake): Promise<void>;
}

/** A broken rule: what was expected and what came. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
}
