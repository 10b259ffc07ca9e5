import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { AtdataError } from "@atdata/core";
import { fileError } from "../file-error.ts";
import type { InputPlace } from "./input.ts";

/** The files of one sample: those of one folder whose names are the same up to the first dot. */
export interface FileGroup {
  /** Path from the top folder, without extension. */
  readonly key: string;
  /** Paths by extension. */
  readonly files: ReadonlyMap<string, string>;
  /** Name of the folder that they are in. */
  readonly folder: string;
  readonly place: InputPlace;
}

/**
 * Finds the samples in folders, by their names, and in the folders in them.
 *
 * @throws AtdataError `INPUT_INVALID` – two files differ in nothing but upper and lower case of the extension.
 */
export async function* fileGroups(folders: readonly string[], signal: AbortSignal): AsyncGenerator<FileGroup> {
  for (const folder of folders) yield* groupsIn(folder, "", signal);
}

async function* groupsIn(top: string, under: string, signal: AbortSignal): AsyncGenerator<FileGroup> {
  signal.throwIfAborted();
  const folder = join(top, under);
  const names = (await namesIn(folder)).filter((name) => !name.startsWith(".")).sort();
  const folderName = basename(resolve(folder));
  let stem: string | undefined;
  let found = new Map<string, string>();
  const group = (): FileGroup => {
    const key = `${under}${stem}`;
    return { key, files: found, folder: folderName, place: { file: join(folder, `${stem}.*`), key } };
  };
  for (const name of names) {
    const path = join(folder, name);
    const facts = await factsOf(path);
    if (facts.isDirectory()) {
      yield* groupsIn(top, `${under}${name}/`, signal);
      continue;
    }
    const dot = name.indexOf(".");
    if (!facts.isFile() || dot <= 0) continue;
    if (stem !== name.slice(0, dot)) {
      if (stem !== undefined) yield group();
      stem = name.slice(0, dot);
      found = new Map();
    }
    const extension = name.slice(dot + 1).toLowerCase();
    const other = found.get(extension);
    if (other !== undefined) {
      const clause = `two files are one field: ${basename(other)} and ${name}`;
      throw new AtdataError("INPUT_INVALID", clause, { file: path, field: extension });
    }
    found.set(extension, path);
  }
  if (stem !== undefined) yield group();
}

/** Names what is in a folder; where that fails, the error names the folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw fileError(cause, folder, "the folder cannot be read");
  }
}

/** Tells what a path is; where that fails, the error names it. */
export async function factsOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    throw fileError(cause, path, "the file cannot be looked at");
  }
}
