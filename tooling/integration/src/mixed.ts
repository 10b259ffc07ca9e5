import { bool, float, int, int64, list, optional, type SampleType, sample, str } from "@atdata/core";

/** A sample with every type of column that manifests have, each of which may be absent. */
export interface Mixed {
  whole?: number | undefined;
  wide?: bigint | undefined;
  real?: number | undefined;
  text?: string | undefined;
  flag?: boolean | undefined;
  at?: number | undefined;
  texts?: string[] | undefined;
  wides?: bigint[] | undefined;
  reals?: number[] | undefined;
}
export const Mixed: SampleType<Mixed> = sample("Mixed", {
  whole: optional(int()),
  wide: optional(int64()),
  real: optional(float()),
  text: optional(str()),
  flag: optional(bool()),
  at: optional(float({ manifest: { kind: "time" } })),
  texts: optional(list(str())),
  wides: optional(list(int64())),
  reals: optional(list(float())),
});
