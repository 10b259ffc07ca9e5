import type { CallOptions } from "../protocols/data-source.ts";
import type {
  Created,
  IndexEntry,
  IndexProvider,
  Label,
  ListLabelsOptions,
  ListOptions,
  NewLabel,
  StoredLensRecord,
  StoredSchema,
} from "../protocols/index-provider.ts";
import { contentId } from "./content-id.ts";
import { localSchemaRef } from "./schema-ref.ts";

/**
 * Builds an index provider that keeps everything in memory, with the semantics of one that keeps it for good.
 *
 * Copies: what is put and what is given.
 *
 * @example
 * ```ts
 * import { memoryIndex } from "@atdata/core";
 * const provider = memoryIndex();
 * const entry = { name: "digits", schemaRef: "atdata://local/schema/Digit@1.0.0", dataUrls: ["memory:/digits.tar"] };
 * const { id } = await provider.putEntry(entry);
 * await provider.latestEntry("digits"); // -> the entry with that id
 * ```
 */
export function memoryIndex(): IndexProvider {
  const entries = new Map<string, IndexEntry>();
  const schemas = new Map<string, StoredSchema>();
  const lenses = new Map<string, StoredLensRecord>();
  const labels = new Map<string, Label>();
  return {
    name: "memory",
    async putEntry(entry, options) {
      options?.signal?.throwIfAborted();
      const { name, schemaRef, dataUrls, metadata } = entry;
      const held = { id: contentId(entry), name, schemaRef, dataUrls, metadata, createdAt: now() };
      putLast(entries, held.id, structuredClone(held));
      return structuredClone(held);
    },
    getEntry: async (id, options) => copyOf(entries.get(id), options),
    latestEntry: async (name, options) => copyOf(lastOf(entries, name), options),
    listEntries: (options) => list(entries, options),
    deleteEntry: async (id, options) => remove(entries, id, options),

    createSchema: async ({ name, version, json }, options) =>
      create(schemas, { name, version, json, ref: localSchemaRef(name, version) }, options),
    getSchema: async (name, version, options) => copyOf(schemas.get(keyOf(name, version)), options),
    listSchemas: (options) => list(schemas, options),

    createLens: async ({ name, version, json }, options) => create(lenses, { name, version, json }, options),
    getLens: async (name, version, options) => copyOf(lenses.get(keyOf(name, version)), options),
    listLenses: (options) => list(lenses, options),

    async putLabel(label: NewLabel, options) {
      options?.signal?.throwIfAborted();
      const { name, version, id, description } = label;
      const key = keyOf(name, version);
      const { expect } = options ?? {};
      if (expect !== undefined && (labels.get(key)?.id ?? null) !== expect) return false;
      putLast(labels, key, { name, version, id, description, createdAt: now() });
      return true;
    },
    getLabel: async (name, version, options) => copyOf(labels.get(keyOf(name, version)), options),
    latestLabel: async (name, options) => copyOf(lastOf(labels, name), options),
    async *listLabels(options: ListLabelsOptions = {}) {
      for await (const label of list(labels, options)) {
        if (options.id === undefined || label.id === options.id) yield label;
      }
    },
    deleteLabel: async (name, version, options) => remove(labels, keyOf(name, version), options),
  };
}

function keyOf(name: string, version: string): string {
  // A name may have an `@` in it, a version none.
  return `${version}@${name}`;
}

function now(): string {
  return new Date().toISOString();
}

/** A map keeps the order of first insertion; what is put again comes last. */
function putLast<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
}

function lastOf<T extends { readonly name: string }>(map: ReadonlyMap<string, T>, name: string): T | undefined {
  return [...map.values()].filter((value) => value.name === name).at(-1);
}

function copyOf<T>(value: T | undefined, options: CallOptions | undefined): T | undefined {
  options?.signal?.throwIfAborted();
  return structuredClone(value);
}

function create<T extends { readonly name: string; readonly version: string }>(
  map: Map<string, T>,
  value: T,
  options: CallOptions | undefined,
): Created<T> {
  options?.signal?.throwIfAborted();
  const key = keyOf(value.name, value.version);
  const held = map.get(key);
  if (held !== undefined) return { created: false, held: structuredClone(held) };
  map.set(key, structuredClone(value));
  return { created: true, held: structuredClone(value) };
}

function remove<T>(map: Map<string, T>, key: string, options: CallOptions | undefined): boolean {
  options?.signal?.throwIfAborted();
  return map.delete(key);
}

async function* list<T extends { readonly name: string }>(
  map: ReadonlyMap<string, T>,
  { name, signal }: ListOptions = {},
): AsyncGenerator<T, void, undefined> {
  signal?.throwIfAborted();
  // Of a moment: what is put while somebody lists does not show up half-way.
  for (const value of [...map.values()]) {
    signal?.throwIfAborted();
    if (name === undefined || value.name === name) yield structuredClone(value);
  }
}
