/** Settings of the JSON form. */
export interface JsonOptions {
  /** Whether the contents of sparse matrices, data frames, safetensors and Arrow tensors are given, not only a summary. */
  readonly full: boolean;
}
