/** What becomes of fields that a type does not declare. */
export interface ExtraOptions {
  /** `"ignore"` drops them; `"error"` (default) is `SCHEMA_MISMATCH`. */
  readonly extra?: "error" | "ignore" | undefined;
}
