import { abortable, type CallOptions, type ListOptions } from "@atdata/core";
import type { Documents, StoredDocument } from "../shared/documents.ts";
import { fromJsonText, toJsonText } from "../shared/json-text.ts";
import { membersOf, type RedisContext, writeBy } from "./context.ts";
import { listOf, textOf } from "./replies.ts";
import { createDocument } from "./scripts.ts";

/** How many documents are asked for at once. */
const PAGE = 100;

/** Builds what a Redis index does with schemas, or with lenses. */
export function documentsOf(
  context: RedisContext,
  kind: "schemas" | "lenses",
  prefix: "LocalSchema:" | "LocalLens:",
): Documents {
  const { calls, adoption } = context;
  const read = (member: string, text: string): StoredDocument => {
    const at = member.lastIndexOf("@");
    const json = fromJsonText(text, { index: calls.index, key: `${prefix}${member}` });
    return { name: nameIn(member.slice(0, at), json), version: member.slice(at + 1), json };
  };
  const texts = async (
    members: readonly string[],
    options: CallOptions | undefined,
  ): Promise<readonly (string | undefined)[]> => {
    options?.signal?.throwIfAborted();
    const keys = members.map((member) => `${prefix}${member}`);
    const reply = calls.command(["MGET", ...keys], `read ${kind}`);
    return listOf(await abortable(reply, options?.signal)).map(textOf);
  };

  async function* list(options: ListOptions = {}): AsyncGenerator<StoredDocument, void, undefined> {
    options.signal?.throwIfAborted();
    const { name } = options;
    if (name === undefined) await adoption.now(options);
    else await adoption.ifDue(options);
    const set = name === undefined ? `atdata:${kind}` : `atdata:${kind}:${name}`;
    const members = await membersOf(context, set, options, `list ${kind}`);
    const known = new Set(members);
    for (let from = 0; from < members.length; from += PAGE) {
      const page = members.slice(from, from + PAGE);
      const held = await texts(page, options);
      for (const [at, member] of page.entries()) {
        options.signal?.throwIfAborted();
        const text = held[at];
        if (text === undefined) continue;
        const document = read(member, text);
        const plain = `${document.name}@${document.version}`;
        // What is there under both its class alone and its module's name is the former.
        if (member !== plain && known.has(plain)) continue;
        if (name === undefined || document.name === name) yield document;
      }
    }
  }

  return {
    async create({ name, version, json }, options) {
      const text = toJsonText(json);
      const key = `${prefix}${name}@${version}`;
      const reply = await writeBy(context, createDocument, [kind, prefix, name, version, text], options, "create", key);
      const held = textOf(reply);
      const copy = fromJsonText(held ?? text, { index: calls.index, key });
      return { created: held === undefined, held: { name, version, json: copy } };
    },
    async get(name, version, options) {
      const [text] = await texts([`${name}@${version}`], options);
      if (text !== undefined) return { ...read(`${name}@${version}`, text), name };
      // Old schemas are kept under `module.Class`; lists know them by their class.
      if (kind === "lenses") return undefined;
      for await (const document of list({ ...options, name })) if (document.version === version) return document;
      return undefined;
    },
    list,
  };
}

/** Python kept schemas under `module.Class` once; what has a dot in its own name says so. */
function nameIn(name: string, json: unknown): string {
  if (!name.includes(".") || (typeof json === "object" && json !== null && "name" in json && json.name === name)) {
    return name;
  }
  return name.slice(name.lastIndexOf(".") + 1);
}
