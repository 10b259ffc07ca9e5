import { AtdataError, encodeDynamic, isAtdataError, type Member, type RawSample, type SampleType } from "@atdata/core";
import { decodeByExtension, decodeForField } from "./member-codecs.ts";

/** Which file each field is: extensions by field name. */
export type MemberMap = Readonly<Record<string, string>>;

/**
 * Turns the files of a sample into a sample.
 *
 * A field is the file whose extension is its name, or the one that `map` gives.
 */
export function decodeMembers(members: readonly Member[], type: SampleType | undefined, map: MemberMap): RawSample {
  return type === undefined ? decodeUntyped(members, map) : decodeTyped(members, type, map);
}

function decodeUntyped(members: readonly Member[], map: MemberMap): RawSample {
  const fieldOf = new Map(Object.entries(map).map(([field, extension]) => [extension.toLowerCase(), field]));
  const sample: RawSample = {};
  for (const { extension, bytes } of members) {
    const field = fieldOf.get(extension) ?? extension;
    const value = attempt(extension, undefined, () => decodeByExtension(extension, bytes));
    // Never through a setter: `__proto__` is a name like any other here.
    Object.defineProperty(sample, field, { value, enumerable: true, configurable: true, writable: true });
  }
  return sample;
}

/** Goes through msgpack, so that every kind of field is decoded and checked by its own codec. */
function decodeTyped(members: readonly Member[], type: SampleType, map: MemberMap): RawSample {
  const values: RawSample = {};
  for (const [name, field] of Object.entries(type.fields)) {
    const want = Object.hasOwn(map, name) ? (map[name] as string).toLowerCase() : name;
    const member = members.find(({ extension }) => extension === want);
    if (member === undefined) continue;
    const { extension, bytes } = member;
    values[name] = attempt(extension, name, () => decodeForField(field.kind, extension, bytes));
  }
  try {
    return type.decode(encodeDynamic(values)) as RawSample;
  } catch (error) {
    if (!isAtdataError(error, "SCHEMA_MISMATCH") || error.fields.missing.length === 0) throw error;
    const files = members.map(({ extension }) => extension).join(", ");
    const hint = `the sample has the files ${files}; wds({ members: { ${error.fields.missing[0]}: "…" } }) says which one a field is`;
    throw new AtdataError(error.code, error.clause, error.fields, { hint, cause: error });
  }
}

function attempt(extension: string, field: string | undefined, decode: () => unknown): unknown {
  try {
    return decode();
  } catch (cause) {
    const reason = isAtdataError(cause) ? cause.clause : (cause as Error).message;
    const fields = field === undefined ? { member: extension } : { member: extension, field };
    throw new AtdataError("MEMBER_INVALID", `file of a sample cannot be decoded: ${reason}`, fields, { cause });
  }
}
