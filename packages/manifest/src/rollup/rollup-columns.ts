import type { ManifestField } from "../summary/shard-summary.ts";

/** Key under which a roll-up's Parquet metadata has a {@link RollupMetadata} as JSON. */
export const METADATA_KEY: "atdata" = "atdata";

/** Format name of a roll-up, without version. */
export const FORMAT: "atdata.rollup" = "atdata.rollup";

/** What a roll-up says of itself. */
export interface RollupMetadata {
  /** `"atdata.rollup/1"`. */
  readonly format: string;
  /** The fields, in order. */
  readonly fields: readonly ManifestField[];
}

/** What the roll-up has of one field, each in a column `<field>.<part>`; field names have no dot. */
export type FieldPart = "count" | "nulls" | "nans" | "min" | "max" | "sum" | "values" | "value_counts" | "filter";

/** Names the column of a part of a field. */
export function partColumn(field: string, part: FieldPart): string {
  return `${field}.${part}`;
}
