import type { NewEntry } from "@atdata/core";

/** What a worker of `children/put-forever.ts` says once something has been written for good. */
export type Said =
  | { readonly did: "put"; readonly n: number; readonly id: string }
  | { readonly did: "delete"; readonly n: number; readonly id: string }
  | { readonly did: "label"; readonly n: number }
  | { readonly did: "schema"; readonly n: number; readonly created: boolean; readonly winner: number };

/** The n-th entry of a worker: of very different sizes, and a function of both alone. */
export function workEntry(worker: number, n: number): NewEntry {
  const text = `${worker}.${n} `.repeat((n * 37 + worker * 11) % 1500);
  const dataUrls = [`/data/w${worker}-${n}.tar`];
  return { name: `w${worker}`, schemaRef: "atdata://local/schema/S@1.0.0", dataUrls, metadata: { worker, n, text } };
}
