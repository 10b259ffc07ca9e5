/** The collections of records that make up a repository of datasets, by what they hold. */
export const COLLECTIONS = {
  entry: "science.alt.dataset.entry",
  schema: "science.alt.dataset.schema",
  label: "science.alt.dataset.label",
  lens: "science.alt.dataset.lens",
  verification: "science.alt.dataset.lensVerification",
  file: "science.alt.dataset.file",
} as const;

/** The name of one of the {@link COLLECTIONS}. */
export type Collection = (typeof COLLECTIONS)[keyof typeof COLLECTIONS];
