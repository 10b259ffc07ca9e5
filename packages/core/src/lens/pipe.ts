import type { AnyLens, Lens } from "./lens.ts";

/**
 * Composes lenses from left to right; each must look at exactly what the one before it shows.
 *
 * @throws {@link AtdataError} `SCHEMA_MISMATCH` – the fields between two of them differ.
 * @example
 * ```ts
 * import { identity, int, pipe, sample } from "@atdata/core";
 * const Digit = sample("Digit", { label: int() });
 * pipe(identity(Digit), identity(Digit)).get({ label: 7 }); // -> { label: 7 }
 * ```
 */
export function pipe<A, B>(ab: Lens<A, B>): Lens<A, B>;
export function pipe<A, B, C>(ab: Lens<A, B>, bc: Lens<B, C>): Lens<A, C>;
export function pipe<A, B, C, D>(ab: Lens<A, B>, bc: Lens<B, C>, cd: Lens<C, D>): Lens<A, D>;
export function pipe<A, B, C, D, E>(ab: Lens<A, B>, bc: Lens<B, C>, cd: Lens<C, D>, de: Lens<D, E>): Lens<A, E>;
export function pipe<A, B, C, D, E, F>(
  ab: Lens<A, B>,
  bc: Lens<B, C>,
  cd: Lens<C, D>,
  de: Lens<D, E>,
  ef: Lens<E, F>,
): Lens<A, F>;
export function pipe(first: AnyLens, ...rest: readonly AnyLens[]): AnyLens {
  return composeAll([first, ...rest]);
}

/** Composes lenses whose types only the run time knows; at least one. */
export function composeAll(lenses: readonly AnyLens[]): AnyLens {
  return lenses.reduce((before, next) => (before as Lens<unknown, unknown>).compose(next as Lens<unknown, unknown>));
}
