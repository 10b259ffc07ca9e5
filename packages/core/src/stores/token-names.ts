/** Gives the files of one write names that no other write has; see {@link StoreWrite}. */
export interface TokenNames {
  /** Tells the name that a file gets: the token stands behind the dataset's stem, or before what does not start with it. */
  place(name: string): string;
}

/**
 * Makes up the token of one write of a dataset, for a store that cannot rename: 16 hexadecimal digits, at random.
 *
 * @example
 * ```ts
 * import { tokenNames } from "@atdata/core";
 * const names = tokenNames("d");
 * const shard = names.place("d-000000.tar"); // such as "d-0123456789abcdef-000000.tar"
 * names.place(shard) === shard; // -> true
 * ```
 */
export function tokenNames(dataset: string): TokenNames {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0"));
  const token = random.join("");
  return {
    place(name) {
      // Made of a shard's real name.
      if (name.includes(token)) return name;
      return name.startsWith(dataset) ? `${dataset}-${token}${name.slice(dataset.length)}` : `${token}-${name}`;
    },
  };
}
