import { AtdataError, abortable, type IndexProvider, type Label } from "@atdata/core";
import { corrupt } from "../shared/corrupt.ts";
import { pages, type RedisContext, readBy, writeBy } from "./context.ts";
import { listOf, textOf, timeOf } from "./replies.ts";
import { deleteLabel, LABEL_FIELDS, latestLabel, putLabel, readLabels } from "./scripts.ts";

type Labels = Pick<IndexProvider, "putLabel" | "getLabel" | "latestLabel" | "listLabels" | "deleteLabel">;

/** Builds what a Redis index does with labels. */
export function labelsOf(context: RedisContext): Labels {
  const { calls, adoption } = context;
  return {
    async putLabel({ name, version, id, description }, options) {
      const { expect } = options ?? {};
      const expected = expect === undefined ? ["", ""] : expect === null ? ["", "none"] : [expect, "id"];
      const said = description === undefined ? ["", "0"] : [description, "1"];
      const key = keyOf(name, version);
      const args = [name, version, id, ...said, ...expected];
      const reply = await writeBy(context, putLabel, args, options, "put a label", key);
      if (reply !== -1) return reply === 1;
      const hint = "take another name or version";
      const fields = { index: calls.index, operation: "put a label" };
      throw new AtdataError("INDEX_FAILED", `a label of another name has the key ${key}`, fields, { hint });
    },
    async getLabel(name, version, options) {
      options?.signal?.throwIfAborted();
      const key = keyOf(name, version);
      const reply = calls.command(["HMGET", key, ...LABEL_FIELDS], "get a label", key);
      const label = readLabel(calls.index, key, listOf(await abortable(reply, options?.signal)));
      return label?.name === name && label.version === version ? label : undefined;
    },
    async latestLabel(name, options) {
      const find = async (): Promise<Label | undefined> => {
        const fields = listOf(await readBy(context, latestLabel, [name], options, "find a label"));
        return fields.length === 0 ? undefined : readLabel(calls.index, keyOf(name, textOf(fields[1]) ?? ""), fields);
      };
      const found = await find();
      if (found !== undefined) return found;
      return (await adoption.ifDue(options)) ? find() : undefined;
    },
    async *listLabels(options) {
      options?.signal?.throwIfAborted();
      const { name, id } = options ?? {};
      if (name === undefined && id === undefined) await adoption.now(options);
      else await adoption.ifDue(options);
      const set =
        name !== undefined ? `atdata:labels:${name}` : id !== undefined ? `atdata:labels-of:${id}` : "atdata:labels";
      for await (const page of pages(context, set, readLabels, options, "list labels")) {
        for (const [member, fields] of page) {
          options?.signal?.throwIfAborted();
          const label = readLabel(calls.index, `Label:${member}`, fields);
          if (label === undefined || (name !== undefined && label.name !== name)) continue;
          if (id === undefined || label.id === id) yield label;
        }
      }
    },
    async deleteLabel(name, version, options) {
      const args = [name, version];
      return (await writeBy(context, deleteLabel, args, options, "delete a label", keyOf(name, version))) === 1;
    },
  };
}

function keyOf(name: string, version: string): string {
  return `Label:${name}@${version}`;
}

function readLabel(index: string, key: string, fields: readonly unknown[]): Label | undefined {
  const [name, version, id, description, createdAt, createdFor] = fields.map(textOf);
  if (name === undefined && version === undefined && id === undefined) return undefined;
  const place = { index, key };
  if (name === undefined) throw corrupt(place, "the label has no name");
  if (id === undefined) throw corrupt(place, "the label has no cid");
  // Python moves a label without a word about when.
  return {
    name,
    version: version ?? "",
    id,
    description,
    createdAt: createdFor === id ? timeOf(createdAt) : undefined,
  };
}
