import type { Predicate } from "../predicate/predicate.ts";
import type { AnyLens } from "./lens.ts";

/**
 * Rewrites a predicate on a lens's view as the same predicate on its source.
 *
 * @returns `undefined` when it asks for a field that is not a plain copy of a source field; then the views must be scanned.
 * @example
 * ```ts
 * import { fieldLens, int, pushDown, sample } from "@atdata/core";
 * const A = sample("A", { label: int() });
 * const B = sample("B", { digit: int() });
 * pushDown({ op: "=", field: "digit", value: 7 }, fieldLens(A, B, { digit: "label" }));
 * // -> { op: "=", field: "label", value: 7 }
 * ```
 */
export function pushDown(predicate: Predicate, lens: Pick<AnyLens, "copies">): Predicate | undefined {
  switch (predicate.op) {
    case "and":
    case "or": {
      const terms = predicate.terms.map((term) => pushDown(term, lens));
      return terms.every((term) => term !== undefined) ? { op: predicate.op, terms } : undefined;
    }
    case "not": {
      const term = pushDown(predicate.term, lens);
      return term && { op: "not", term };
    }
    default: {
      const field = lens.copies.get(predicate.field);
      return field === undefined ? undefined : { ...predicate, field };
    }
  }
}
