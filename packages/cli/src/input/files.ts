import { readFile } from "node:fs/promises";
import { AtdataError, type Field, type Member, type RawSample, type SampleType, sample } from "@atdata/core";
import { wds } from "@atdata/wds/node";
import { fileError } from "../file-error.ts";
import { fieldName, inferFromSamples, membersFor } from "../infer-from-samples.ts";
import { INFER_SAMPLES } from "../load-type.ts";
import { type FileGroup, fileGroups } from "./file-groups.ts";
import { atPlace, INFER_BYTES, type Input, type InputSample } from "./input.ts";

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
      const labelField = label === undefined ? undefined : fieldName(label, []);
      for await (const group of fileGroups(folders, signal)) {
        checkLabel(labelField, group);
        if (samples.length >= (count ?? INFER_SAMPLES) || (count === undefined && bytes > INFER_BYTES)) break;
        const members = await readMembers(group);
        for (const member of members) bytes += member.bytes.length;
        const values = decodeAt(group, () => format.decodeMembers?.(members) ?? {});
        samples.push(labelField === undefined ? values : { ...values, [labelField]: group.folder });
      }
      if (samples.length === 0) {
        const clause = "the folder has no files with an extension";
        throw new AtdataError("DATASET_EMPTY", clause, { name: folders.join(" ") });
      }
      return inferFromSamples(samples, name);
    },
    async *read(type): AsyncGenerator<InputSample> {
      const labelField = label === undefined || Object.hasOwn(type.fields, label) ? label : fieldName(label, []);
      const { [labelField ?? ""]: ofLabel, ...rest } = type.fields;
      if (labelField !== undefined && ofLabel?.kind !== "str") throw noLabel(labelField, type);
      const ofFiles =
        labelField === undefined ? type : (sample(type.name, rest as Record<string, Field>) as SampleType<RawSample>);
      for await (const group of fileGroups(folders, signal)) {
        checkLabel(labelField, group);
        const extensions = [...group.files.keys()];
        const map = membersFor(ofFiles as SampleType, extensions);
        const wanted = new Set(Object.keys(ofFiles.fields).map((field) => map[field] ?? field));
        for (const extension of extensions) if (!wanted.has(extension)) leftOut.add(extension);
        const members = await readMembers(group, wanted);
        const values = decodeAt(
          group,
          () => wds({ members: map }).decodeMembers?.(members, ofFiles as SampleType) ?? {},
        );
        const found = labelField === undefined ? values : { ...values, [labelField]: group.folder };
        yield { sample: found, key: group.key, place: group.place };
      }
    },
  };
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

function checkLabel(label: string | undefined, { files: paths, place }: FileGroup): void {
  if (label === undefined || ![...paths.keys()].some((extension) => fieldName(extension, []) === label)) return;
  const hint = "give --label another name";
  throw new AtdataError(
    "INPUT_INVALID",
    "the label has the name of a file's field",
    { ...place, field: label },
    { hint },
  );
}

function noLabel(label: string, type: SampleType<RawSample>): AtdataError {
  const hint = "give the type a text field of that name";
  return new AtdataError("SCHEMA_INVALID", `${type.name} has no text field for the label`, { field: label }, { hint });
}
