import type { Dataset } from "../dataset/dataset.ts";
import { AtdataError } from "../errors.ts";

/**
 * Datasets by the name of their split; `K` are the names where they were given by hand.
 *
 * Iterating gives pairs of split and dataset, in the order of `splits`.
 */
export interface DatasetDict<S, K extends string = string> extends Iterable<readonly [split: K, dataset: Dataset<S>]> {
  /** The names of the splits: as given by hand, else in the order in which their files were found. */
  readonly splits: readonly K[];
  /** Gives a split, or throws `SPLIT_UNKNOWN`, which lists those there are. */
  require(split: K): Dataset<S>;
  /** The split of that name, or `SPLIT_UNKNOWN`. */
  readonly train: Dataset<S>;
  /** The split of that name, or `SPLIT_UNKNOWN`. */
  readonly test: Dataset<S>;
  /** The split of that name, or `SPLIT_UNKNOWN`. */
  readonly validation: Dataset<S>;
  /** The split when there is one alone, whatever its name; with several of them `SPLIT_UNKNOWN`. */
  readonly only: Dataset<S>;
}

/** Makes a dict of the splits in a map. */
export function datasetDict<S>(datasets: ReadonlyMap<string, Dataset<S>>): DatasetDict<S> {
  return new SplitDict(datasets);
}

/** The error for a split that is not there. */
export function unknownSplit(split: string, available: Iterable<string>): AtdataError {
  const names = [...available];
  return new AtdataError(
    "SPLIT_UNKNOWN",
    "the dataset has no such split",
    { split, available: names },
    { hint: `one of ${names.join(", ")}, or give the files of each as splits: { … }` },
  );
}

class SplitDict<S> implements DatasetDict<S> {
  readonly #datasets: ReadonlyMap<string, Dataset<S>>;

  constructor(datasets: ReadonlyMap<string, Dataset<S>>) {
    this.#datasets = datasets;
  }

  get splits(): readonly string[] {
    return [...this.#datasets.keys()];
  }

  require(split: string): Dataset<S> {
    const found = this.#datasets.get(split);
    if (found === undefined) throw unknownSplit(split, this.#datasets.keys());
    return found;
  }

  get train(): Dataset<S> {
    return this.require("train");
  }

  get test(): Dataset<S> {
    return this.require("test");
  }

  get validation(): Dataset<S> {
    return this.require("validation");
  }

  get only(): Dataset<S> {
    const [first, ...others] = this.#datasets.values();
    if (first !== undefined && others.length === 0) return first;
    const available = this.splits;
    const hint = `take one by its name: ${available.join(", ")}`;
    throw new AtdataError("SPLIT_UNKNOWN", "there are several splits", { split: "only", available }, { hint });
  }

  [Symbol.iterator](): Iterator<readonly [string, Dataset<S>]> {
    return this.#datasets.entries();
  }
}
