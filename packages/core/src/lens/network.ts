import { AtdataError } from "../errors.ts";
import type { SampleType } from "../schema/sample-type.ts";
import { type AnyLens, identity, type Lens } from "./lens.ts";
import { composeAll } from "./pipe.ts";
import { typeKey, typeLabel } from "./type-key.ts";

/** A set of lenses in which paths are found; a value that never changes. */
export interface LensNetwork {
  /** The lenses, in the order in which they were given. */
  readonly lenses: readonly AnyLens[];
  /** Gives a network that has these lenses too. */
  with(...lenses: readonly AnyLens[]): LensNetwork;
  /**
   * Finds the lens from one type to another: the identity, a single lens, or the composition of the shortest path.
   *
   * @throws {@link AtdataError} `LENS_NOT_FOUND` – there is no path; `reachable` lists where paths from the source lead.
   * @throws {@link AtdataError} `LENS_AMBIGUOUS` – several paths are equally short; `paths` lists them (the first ten).
   */
  find<S, V>(source: SampleType<S>, view: SampleType<V>): Lens<S, V>;
}

/**
 * Makes a network of lenses.
 *
 * Types are told apart by name, version and fields, not by which object they are: a type that is declared twice, or
 * rebuilt from a stored schema, is the same one; two that share a name and version but differ in fields are not.
 *
 * @example
 * ```ts
 * import { fieldLens, int, lensNetwork, sample } from "@atdata/core";
 * const A = sample("A", { a: int() });
 * const B = sample("B", { b: int() });
 * const C = sample("C", { c: int() });
 * const network = lensNetwork([fieldLens(A, B, { b: "a" }), fieldLens(B, C, { c: "b" })]);
 * network.find(A, C).get({ a: 7 }); // -> { c: 7 }
 * ```
 */
export function lensNetwork(lenses: readonly AnyLens[] = []): LensNetwork {
  const bySource = new Map<string, Edge[]>();
  for (const lens of lenses) {
    const key = typeKey(lens.source);
    const edges = bySource.get(key) ?? [];
    edges.push({ lens, to: typeKey(lens.view) });
    bySource.set(key, edges);
  }
  return Object.freeze({
    lenses: Object.freeze([...lenses]),
    with: (...more: readonly AnyLens[]) => lensNetwork([...lenses, ...more]),
    find<S, V>(source: SampleType<S>, view: SampleType<V>): Lens<S, V> {
      const target = typeKey(view);
      if (typeKey(source) === target) return identity(source) as AnyLens as Lens<S, V>;
      const { incoming, types } = explore(bySource, typeKey(source), target);
      const paths = pathsTo(incoming, target);
      if (paths.length > 1) throw ambiguous(source, view, paths);
      const path = paths[0];
      if (path === undefined) throw notFound(source, view, types);
      return composeAll(path) as Lens<S, V>;
    },
  });
}

interface Edge {
  readonly lens: AnyLens;
  readonly to: string;
}

interface Arrival {
  readonly from: string;
  readonly lens: AnyLens;
}

const MAX_PATHS = 10;

/** Walks by breadth: for each type reached, the lenses by which shortest paths arrive there. */
function explore(bySource: ReadonlyMap<string, readonly Edge[]>, start: string, target: string) {
  const incoming = new Map<string, Arrival[]>([[start, []]]);
  const types: SampleType[] = [];
  let frontier = [start];
  while (frontier.length > 0 && !incoming.has(target)) {
    const next = new Map<string, Arrival[]>();
    for (const from of frontier) {
      for (const { lens, to } of bySource.get(from) ?? []) {
        if (incoming.has(to)) continue;
        const arrivals = next.get(to) ?? [];
        if (arrivals.length === 0) types.push(lens.view);
        arrivals.push({ from, lens });
        next.set(to, arrivals);
      }
    }
    for (const [key, arrivals] of next) incoming.set(key, arrivals);
    frontier = [...next.keys()];
  }
  return { incoming, types };
}

function pathsTo(incoming: ReadonlyMap<string, readonly Arrival[]>, target: string): AnyLens[][] {
  const arrivals = incoming.get(target);
  if (arrivals === undefined) return [];
  if (arrivals.length === 0) return [[]];
  const paths: AnyLens[][] = [];
  for (const { from, lens } of arrivals) {
    for (const before of pathsTo(incoming, from)) {
      paths.push([...before, lens]);
      // Layers of parallel lenses have exponentially many paths; a message needs only some of them.
      if (paths.length === MAX_PATHS) return paths;
    }
  }
  return paths;
}

function ambiguous(source: SampleType, view: SampleType, paths: readonly (readonly AnyLens[])[]): AtdataError {
  const described = paths.map((path) =>
    [
      typeLabel(source),
      ...path.map(({ name, view: to }) => (name ? `(${name}) ${typeLabel(to)}` : typeLabel(to))),
    ].join(" → "),
  );
  const fields = { from: typeLabel(source), to: typeLabel(view), paths: described };
  return new AtdataError("LENS_AMBIGUOUS", "several paths are equally short", fields, {
    hint: "compose the one that is meant with pipe(), or add a direct lens",
  });
}

function notFound(source: SampleType, view: SampleType, reachable: readonly SampleType[]): AtdataError {
  const shared = Object.keys(view.fields).map((name) =>
    Object.hasOwn(source.fields, name) ? `${name}: "${name}"` : `${name}: …`,
  );
  const fields = { from: typeLabel(source), to: typeLabel(view), reachable: reachable.map(typeLabel) };
  return new AtdataError("LENS_NOT_FOUND", "no path of lenses", fields, {
    hint: `network.with(fieldLens(${source.name}, ${view.name}, { ${shared.join(", ")} }))`,
  });
}
