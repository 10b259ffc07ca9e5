import { abortable, type IndexEntry, type IndexProvider } from "@atdata/core";
import { corrupt } from "../shared/corrupt.ts";
import { packEntry, unpackEntry } from "../shared/packed-entry.ts";
import { pages, type RedisContext, readBy, writeBy } from "./context.ts";
import { bytesOf, listOf, textOf, timeOf } from "./replies.ts";
import { deleteEntry, ENTRY_FIELDS, latestEntry, putEntry, readEntries } from "./scripts.ts";

type Entries = Pick<IndexProvider, "putEntry" | "getEntry" | "latestEntry" | "listEntries" | "deleteEntry">;

/** Builds what a Redis index does with entries. */
export function entriesOf(context: RedisContext): Entries {
  const { calls, adoption } = context;
  const entryOf = (id: string, fields: readonly unknown[]): IndexEntry | undefined =>
    readEntry(calls.index, id, fields);
  return {
    async putEntry(entry, options) {
      const packed = packEntry(entry);
      const { id, name, schemaRef, dataUrls, metadata } = packed;
      const args = [id, name, schemaRef, dataUrls, metadata ?? ""];
      const score = await writeBy(context, putEntry, args, options, "put an entry", keyOf(id));
      return unpackEntry(packed, timeOf(score), { index: calls.index, key: keyOf(id) });
    },
    async getEntry(id, options) {
      options?.signal?.throwIfAborted();
      const reply = calls.command(["HMGET", keyOf(id), ...ENTRY_FIELDS], "get an entry", keyOf(id));
      return entryOf(id, listOf(await abortable(reply, options?.signal)));
    },
    async latestEntry(name, options) {
      const find = async (): Promise<IndexEntry | undefined> => {
        const fields = listOf(await readBy(context, latestEntry, [name], options, "find an entry"));
        return entryOf(textOf(fields[ENTRY_FIELDS.length]) ?? "", fields);
      };
      const found = await find();
      if (found !== undefined) return found;
      return (await adoption.ifDue(options)) ? find() : undefined;
    },
    async *listEntries(options) {
      options?.signal?.throwIfAborted();
      const name = options?.name;
      if (name === undefined) await adoption.now(options);
      else await adoption.ifDue(options);
      const set = name === undefined ? "atdata:entries" : `atdata:entries:${name}`;
      for await (const page of pages(context, set, readEntries, options, "list entries")) {
        for (const [id, fields] of page) {
          options?.signal?.throwIfAborted();
          const entry = entryOf(id, fields);
          if (entry !== undefined && (name === undefined || entry.name === name)) yield entry;
        }
      }
    },
    async deleteEntry(id, options) {
      return (await writeBy(context, deleteEntry, [id], options, "delete an entry", keyOf(id))) === 1;
    },
  };
}

function keyOf(id: string): string {
  return `LocalDatasetEntry:${id}`;
}

function readEntry(index: string, id: string, fields: readonly unknown[]): IndexEntry | undefined {
  const [name, schemaRef, dataUrls, metadata, createdAt] = fields;
  if (name == null && schemaRef == null && dataUrls == null) return undefined;
  const place = { index, key: keyOf(id) };
  const texts = { name: textOf(name), schemaRef: textOf(schemaRef), dataUrls: bytesOf(dataUrls) };
  if (texts.name === undefined) throw corrupt(place, "the entry has no name");
  if (texts.schemaRef === undefined) throw corrupt(place, "the entry has no schema_ref");
  if (texts.dataUrls === undefined) throw corrupt(place, "the entry has no data_urls");
  const packed = { id, name: texts.name, schemaRef: texts.schemaRef, dataUrls: texts.dataUrls };
  return unpackEntry({ ...packed, metadata: bytesOf(metadata) }, timeOf(createdAt), place);
}
