/** What the name of the file that commits a dataset ends in, behind the stem. */
export const DATASET_SUFFIX = ".dataset.json";

/** Takes the number of a shard off its stem. */
export function withoutNumber(stem: string): string {
  return stem.replace(/-\d{6}$/, "");
}

/** Takes off what a store that cannot rename puts behind the stem of the dataset. */
export function withoutToken(stem: string): string {
  return stem.replace(/-[0-9a-f]{16}$/, "");
}
