import type { FieldFacts } from "./fields.ts";

/** What `inspect --json` prints. */
export interface Inspection {
  readonly shards: readonly ShardFacts[];
  readonly samples: number;
  /** Null when a server does not tell how long a shard is. */
  readonly bytes: number | null;
  readonly schema: {
    /** Null when no type is stored with the dataset; the fields are then inferred from the first sample. */
    readonly name: string | null;
    readonly version?: string;
    readonly fields: readonly FieldFacts[];
  };
}

/** What is told of a shard. */
export interface ShardFacts {
  readonly url: string;
  readonly bytes: number | null;
  readonly samples: number;
}
