import type { PredicateValue } from "@atdata/core";

/** How the values of a field are summed up. */
export type SummaryKind = "categorical" | "numeric" | "set" | "time";

/** What a column of rows holds; a set is a list of one item type. Times keep the type of their values. */
export type ColumnType = "string" | "int64" | "double" | "boolean";

/** A field that takes part in manifests. */
export interface ManifestField {
  /** Its name. */
  readonly name: string;
  /** How it is summed up. */
  readonly kind: SummaryKind;
  /** Type of its values, or of the items of a set. */
  readonly type: ColumnType;
}

/** Tells whether a value may be among those that were added; never wrongly that it is not. */
export interface ValueFilter {
  /** Whether the value may be there. */
  mayHave(value: PredicateValue): boolean;
}

/** What the values of one field in one shard, or in several, come to. Bounds and counts are exact where they are given. */
export interface FieldSummary {
  /** The field. */
  readonly field: ManifestField;
  /** Number of values, nulls left out; of sets the number of lists, not of items. `undefined` where unknown, as of Python's sets. */
  readonly count?: number | undefined;
  /** Number of nulls; `undefined` where unknown. */
  readonly nulls?: number | undefined;
  /** Number of NaNs (among items, of a set), which are counted as values and left out of bounds. `undefined` where unknown. */
  readonly nans?: number | undefined;
  /** Smallest value that is not NaN; items, of a set. Strings by code point. `undefined` where unknown or none. */
  readonly min?: PredicateValue | undefined;
  /** Largest value that is not NaN. */
  readonly max?: PredicateValue | undefined;
  /**
   * All distinct values (items) that are neither null nor NaN, and how often each is there; `undefined` when there are too many, or
   * when it is not known. In the form that `columnValue` gives.
   */
  readonly values?: ReadonlyMap<PredicateValue, number> | undefined;
  /** Stands for `values` where there are too many. */
  readonly filter?: ValueFilter | undefined;
  /** Sum of the numbers that are finite. */
  readonly sum?: number | undefined;
  /** Counts of numbers in equal steps from `min` to `max`. */
  readonly histogram?: readonly number[] | undefined;
}

/** What is known of the keys of a shard. */
export interface KeySummary {
  /** Smallest key, by code point. */
  readonly min: string;
  /** Largest key. */
  readonly max: string;
  /** Whether they ascend from sample to sample. */
  readonly sorted: boolean;
  /** Tells whether a key may be there, where they are not sorted. */
  readonly filter?: ValueFilter | undefined;
}

/** What is known of a shard without reading its rows. */
export interface ShardSummary {
  /** Url of the shard. */
  readonly url: string;
  /** Number of samples. */
  readonly samples: number;
  /** Bytes of the shard, for telling whether it changed. */
  readonly bytes?: number | undefined;
  /** Lower-case hex. */
  readonly sha256?: string | undefined;
  /** Of its keys; `undefined` where unknown or where it has none. */
  readonly keys?: KeySummary | undefined;
  /** By field name. */
  readonly fields: ReadonlyMap<string, FieldSummary>;
}
