import type { Backend, MakeIndexProvider, MakeSearchBackend } from "@atdata/conformance";
import { scanSearch } from "@atdata/core";

/** A backend that comes with atdata, ready to be held to the rules. */
export interface OpenBackend extends AsyncDisposable {
  readonly backend: Backend;
}

/** One column of the matrix in `docs/backends.md`. */
export interface BuiltIn {
  /** How the matrix calls it. */
  readonly name: string;
  /** Starts what it needs; `UNSUPPORTED` where that is not installed. */
  open(): Promise<OpenBackend>;
}

/** A backend that needs nothing to be started. */
export function ready(name: string, backend: Backend): BuiltIn {
  return { name, open: async () => ({ backend, [Symbol.asyncDispose]: async () => {} }) };
}

/** An index, and the search that looks through all of its entries. */
export function indexed(makeIndexProvider: MakeIndexProvider): Backend {
  const makeSearchBackend: MakeSearchBackend = async () => {
    const fixture = await makeIndexProvider();
    const { provider, schemaRef } = fixture;
    return { provider, schemaRef, search: scanSearch(provider), dispose: async () => fixture.dispose?.() };
  };
  return { makeIndexProvider, makeSearchBackend };
}
