/** Whole numbers; kept as doubles where all of them are safe integers, which is much faster than bigints. */
export interface Int64Column {
  readonly type: "int64";
  readonly values: Float64Array | BigInt64Array;
  /** 1 where there is no value; the value there means nothing. */
  readonly nulls?: Uint8Array | undefined;
}

/** Doubles, NaN among them. */
export interface DoubleColumn {
  readonly type: "double";
  readonly values: Float64Array;
  /** 1 where there is no value. */
  readonly nulls?: Uint8Array | undefined;
}

/** Truths as 0 and 1. */
export interface BooleanColumn {
  readonly type: "boolean";
  readonly values: Uint8Array;
  /** 1 where there is no value. */
  readonly nulls?: Uint8Array | undefined;
}

/** Texts; null or undefined where there is none. */
export interface StringColumn {
  readonly type: "string";
  readonly values: ArrayLike<string | null | undefined>;
}

/** One value a row. */
export type ScalarColumn = Int64Column | DoubleColumn | BooleanColumn | StringColumn;

/** One list of scalars a row, all items one after the other. */
export interface ListColumn {
  readonly type: "list";
  readonly items: ScalarColumn;
  /** Where the items of each row start, and at the end where those of the last row stop: a number more than rows. */
  readonly offsets: Uint32Array;
  /** 1 where there is no list. */
  readonly nulls?: Uint8Array | undefined;
}

/** The values of one field in some rows, in a form that is quick to test. */
export type Column = ScalarColumn | ListColumn;
