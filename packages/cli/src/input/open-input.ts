import { stat } from "node:fs/promises";
import { join } from "node:path";
import { AtdataError, redactUrl } from "@atdata/core";
import { wds } from "@atdata/wds/node";
import { allSources, isIndexRef, openRef, type Session } from "../open.ts";
import { csv } from "./csv.ts";
import { factsOf, namesIn } from "./file-groups.ts";
import { files } from "./files.ts";
import type { Input } from "./input.ts";
import { jsonLines } from "./json-lines.ts";
import { parquet } from "./parquet.ts";
import { rowInput } from "./row-input.ts";
import { shards } from "./shards.ts";

/** The forms of input that there are. */
export const inputFormats = ["jsonl", "csv", "tsv", "parquet", "files", "shards"] as const;
/** The form of an input. */
export type InputFormat = (typeof inputFormats)[number];

/** How an input is read. */
export interface InputOptions {
  readonly format?: InputFormat | undefined;
  /** Name of the value that is the key. */
  readonly key?: string | undefined;
  /** Name of the field that the name of a file's folder goes into. */
  readonly label?: string | undefined;
}

/**
 * Opens what a dataset is written from: files of rows, folders of files, or shards; `-` is stdin.
 *
 * @throws AtdataError `UNSUPPORTED` – the inputs are of several forms, or an option is not for theirs.
 */
export async function openInput(refs: readonly string[], options: InputOptions, session: Session): Promise<Input> {
  const { signal } = session;
  const formats = new Set<InputFormat>();
  for (const ref of refs) formats.add(options.format ?? (await formatOf(ref)));
  const [format = "shards", ...others] = formats;
  if (others.length > 0) throw unsupported(`the inputs are of several forms: ${[...formats].join(", ")}`);
  const { key, label } = options;
  if (label !== undefined && format !== "files") throw unsupported("--label is for folders of files");
  if (key !== undefined && (format === "files" || format === "shards"))
    throw unsupported("--key is for rows; files have keys");
  const sources = allSources(session);
  const name = refs.map(redactUrl).join(" ");
  switch (format) {
    case "jsonl":
      return rowInput(name, jsonLines(refs, sources, signal), key);
    case "csv":
    case "tsv":
      return rowInput(name, csv(refs, format === "csv" ? "," : "\t", sources, signal), key);
    case "parquet":
      if (refs.includes("-")) throw unsupported("Parquet cannot be read from stdin");
      return rowInput(name, parquet(refs, sources, signal), key);
    case "files":
      return files(refs, label, signal);
    case "shards": {
      const [ref, ...more] = refs;
      if (ref === undefined || more.length > 0)
        throw unsupported("shards are named by one reference: a folder, glob or brace pattern");
      return shards(await openRef(ref, session), signal);
    }
  }
}

async function formatOf(ref: string): Promise<InputFormat> {
  if (ref === "-") return "jsonl";
  if (isIndexRef(ref)) return "shards";
  const [path = ""] = /^[a-z][a-z0-9+.-]+:/i.test(ref) ? ref.split(/[?#]/) : [ref];
  const suffix = /\.(jsonl|ndjson|csv|tsv)(\.gz)?$|\.(parquet|pq)$/i.exec(path);
  if (suffix !== null) {
    if (suffix[3] !== undefined) return "parquet";
    const name = (suffix[1] as string).toLowerCase();
    return name === "csv" || name === "tsv" ? name : "jsonl";
  }
  return (await isFolderOfFiles(ref)) ? "files" : "shards";
}

/** Tells a folder of files from one of shards. */
async function isFolderOfFiles(ref: string): Promise<boolean> {
  const facts = await stat(ref).catch(() => undefined);
  if (!facts?.isDirectory()) return false;
  for (const name of await namesIn(ref)) {
    if (wds().matches(name) && (await factsOf(join(ref, name))).isFile()) return false;
  }
  return true;
}

function unsupported(clause: string): AtdataError {
  return new AtdataError("UNSUPPORTED", clause, { operation: "write" });
}
