import type { Stats } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { AtdataError, type Field, type Member, type RawSample, type SampleType, sample } from "@atdata/core";
import { wds } from "@atdata/wds/node";
import { fileError } from "../file-error.ts";
import { inferFromSamples, membersFor } from "../infer-from-samples.ts";
import { INFER_SAMPLES } from "../load-type.ts";
import { atPlace, INFER_BYTES, type Input, type InputPlace, type InputSample } from "./input.ts";

/** The files of one sample: those of one folder whose names are the same up to the first dot. */
interface FileGroup {
  /** Path from the top folder, without extension. */
  readonly key: string;
  /** Paths by extension. */
  readonly files: ReadonlyMap<string, string>;
  /** Name of the folder that they are in. */
  readonly folder: string;
  readonly place: InputPlace;
}

/**
 * Reads folders of files as WebDataset would pack them: `cat/001.jpg` and `cat/001.json` are the fields `jpg` and `json` of the sample
 * `cat/001`. Hidden files, and those without an extension, are left out; `label` names a field for the folder that files are in.
 */
export function files(folders: readonly string[], label: string | undefined, signal: AbortSignal): Input {
  const format = wds();
  const leftOut = new Set<string>();
  return {
    leftOut,
    async infer(count, name) {
      const samples: RawSample[] = [];
      let bytes = 0;
      for await (const group of groups(folders, signal)) {
        if (samples.length >= (count ?? INFER_SAMPLES) || (count === undefined && bytes > INFER_BYTES)) break;
        const members = await readMembers(group);
        for (const member of members) bytes += member.bytes.length;
        const values = decodeAt(group, () => format.decodeMembers?.(members) ?? {});
        samples.push(label === undefined ? values : { ...values, [label]: group.folder });
      }
      if (samples.length === 0) {
        const clause = "the folder has no files with an extension";
        throw new AtdataError("DATASET_EMPTY", clause, { name: folders.join(" ") });
      }
      return inferFromSamples(samples, name);
    },
    async *read(type): AsyncGenerator<InputSample> {
      const { [label ?? ""]: labelField, ...rest } = type.fields;
      if (label !== undefined && labelField?.kind !== "str") throw noLabel(label, type);
      const ofFiles =
        label === undefined ? type : (sample(type.name, rest as Record<string, Field>) as SampleType<RawSample>);
      for await (const group of groups(folders, signal)) {
        const extensions = [...group.files.keys()];
        const map = membersFor(ofFiles as SampleType, extensions);
        const wanted = new Set(Object.keys(ofFiles.fields).map((field) => map[field] ?? field));
        for (const extension of extensions) if (!wanted.has(extension)) leftOut.add(extension);
        const members = await readMembers(group, wanted);
        const values = decodeAt(
          group,
          () => wds({ members: map }).decodeMembers?.(members, ofFiles as SampleType) ?? {},
        );
        const found = label === undefined ? values : { ...values, [label]: group.folder };
        yield { sample: found, key: group.key, place: group.place };
      }
    },
  };
}

async function* groups(folders: readonly string[], signal: AbortSignal): AsyncGenerator<FileGroup> {
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

async function readMembers({ files: paths }: FileGroup, wanted?: ReadonlySet<string>): Promise<Member[]> {
  const members: Member[] = [];
  for (const [extension, path] of paths) {
    if (wanted !== undefined && !wanted.has(extension)) continue;
    try {
      members.push({ extension, bytes: new Uint8Array(await readFile(path)) });
    } catch (cause) {
      throw fileError(cause, path, "the file cannot be read");
    }
  }
  return members;
}

function decodeAt<T>({ place }: FileGroup, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw atPlace(error, place);
  }
}

function noLabel(label: string, type: SampleType<RawSample>): AtdataError {
  const hint = "give the type a text field of that name";
  return new AtdataError("SCHEMA_INVALID", `${type.name} has no text field for the label`, { field: label }, { hint });
}
