import {
  type CallOptions,
  type Created,
  contentId,
  type IndexProvider,
  type ListOptions,
  localSchemaRef,
} from "@atdata/core";
import { openLog, type Tables } from "./change-log.ts";

interface Named {
  readonly name: string;
  readonly version: string;
}

/** Builds an index provider over a folder, which is made by the first write; several processes may share it. */
export function folderIndex(folder: string): IndexProvider {
  const transact = openLog(folder);

  const read = <T>(look: (tables: Tables) => T, options?: CallOptions): Promise<T> =>
    transact((tables) => ({ result: look(tables) }), options?.signal);

  async function* list<T extends { readonly name: string }>(
    rowsOf: (tables: Tables) => ReadonlyMap<string, T>,
    { name, signal }: ListOptions = {},
  ): AsyncGenerator<T, void, undefined> {
    // Of a moment: what is put while somebody lists does not show up half-way.
    for (const row of await read((tables) => [...rowsOf(tables).values()], { signal })) {
      signal?.throwIfAborted();
      if (name === undefined || row.name === name) yield row;
    }
  }

  const create = <T extends Named>(table: "schemas" | "lenses", row: T, options?: CallOptions): Promise<Created<T>> =>
    transact<Created<T>>((tables) => {
      const key = keyOf(row);
      const held = tables[table].get(key) as T | undefined;
      if (held !== undefined) return { result: { created: false, held } };
      return { result: { created: true, held: row }, change: { table, key, row } };
    }, options?.signal);

  const remove = (table: "entries" | "labels", key: string, options?: CallOptions): Promise<boolean> =>
    transact((tables) => {
      const there = tables[table].has(key);
      return { result: there, change: there ? { table, key } : undefined };
    }, options?.signal);

  return {
    name: "folder",

    putEntry: ({ name, schemaRef, dataUrls, metadata }, options) =>
      transact(() => {
        const id = contentId({ schemaRef, dataUrls });
        const row = { id, name, schemaRef, dataUrls, metadata, createdAt: new Date().toISOString() };
        return { result: row, change: { table: "entries", key: id, row } };
      }, options?.signal),
    getEntry: (id, options) => read(({ entries }) => entries.get(id), options),
    latestEntry: (name, options) => read(({ entries }) => lastOf(entries, name), options),
    listEntries: (options) => list(({ entries }) => entries, options),
    deleteEntry: (id, options) => remove("entries", id, options),

    createSchema: ({ name, version, json }, options) =>
      create("schemas", { name, version, json, ref: localSchemaRef(name, version) }, options),
    getSchema: (name, version, options) => read(({ schemas }) => schemas.get(keyOf({ name, version })), options),
    listSchemas: (options) => list(({ schemas }) => schemas, options),

    createLens: ({ name, version, json }, options) => create("lenses", { name, version, json }, options),
    getLens: (name, version, options) => read(({ lenses }) => lenses.get(keyOf({ name, version })), options),
    listLenses: (options) => list(({ lenses }) => lenses, options),

    putLabel: ({ name, version, id, description }, { expect, signal } = {}) =>
      transact(({ labels }) => {
        const key = keyOf({ name, version });
        if (expect !== undefined && (labels.get(key)?.id ?? null) !== expect) return { result: false };
        const row = { name, version, id, description, createdAt: new Date().toISOString() };
        return { result: true, change: { table: "labels", key, row } };
      }, signal),
    getLabel: (name, version, options) => read(({ labels }) => labels.get(keyOf({ name, version })), options),
    latestLabel: (name, options) => read(({ labels }) => lastOf(labels, name), options),
    async *listLabels({ id, ...options } = {}) {
      for await (const label of list(({ labels }) => labels, options)) {
        if (id === undefined || label.id === id) yield label;
      }
    },
    deleteLabel: (name, version, options) => remove("labels", keyOf({ name, version }), options),
  };
}

function keyOf({ name, version }: Named): string {
  return `${name}@${version}`;
}

function lastOf<T extends { readonly name: string }>(rows: ReadonlyMap<string, T>, name: string): T | undefined {
  return [...rows.values()].filter((row) => row.name === name).at(-1);
}
