import { fullName, type Lexicon, type LexiconDef } from "./lexicon.ts";
import { HEADER } from "./lexicon-text.ts";

const WIDTH = 120;

/**
 * Writes a type for each record and object of the lexicons, and for each set of known values that a field of them has.
 *
 * No interfaces, as those are not assignable to an object with any keys.
 */
export function typesModule(lexicons: readonly Lexicon[]): string {
  const names = namesOf(lexicons);
  const declarations = lexicons.flatMap(({ id, defs }) =>
    Object.entries(defs).flatMap(([key, def]) => {
      const name = names.get(fullName(id, key));
      return name === undefined ? [] : [declaration({ name, id, isMain: key === "main", def }, names)];
    }),
  );
  return `${HEADER}
import type { BlobRef, JsonRecord } from "../client/repo-client.ts";

/** Bytes in JSON, as base64. */
export interface JsonBytes {
  readonly $bytes: string;
}

${declarations.join("\n")}`;
}

interface Named {
  readonly name: string;
  readonly id: string;
  readonly isMain: boolean;
  readonly def: LexiconDef;
}

/** Names of the types by the definitions' whole names. Where two lexicons use one name, that of the lexicon goes before it. */
function namesOf(lexicons: readonly Lexicon[]): Map<string, string> {
  const used = new Set(lexicons.flatMap(({ defs }) => Object.values(defs).flatMap(refsIn)));
  const typed = lexicons.flatMap(({ id, defs }) =>
    Object.entries(defs)
      .filter(([key, def]) => def.type === "record" || def.type === "object" || used.has(fullName(id, key)))
      .map(([key, def]) => ({ id, key, own: ownName(id, key, def) })),
  );
  const names = typed.map(({ id, key, own }): [string, string] => {
    const isShared = typed.filter((each) => each.own === own).length > 1;
    return [fullName(id, key), isShared ? capital(lastPart(id)) + own : own];
  });
  return new Map(names);
}

/** The whole names that a definition refers to; those of strings, which stand alone in their lexicons, always are whole. */
function refsIn(def: LexiconDef): string[] {
  const inside = [def.record, def.items, ...Object.values(def.properties ?? {})].flatMap((each) => each ?? []);
  return [def.ref ?? [], inside.flatMap(refsIn)].flat();
}

function ownName(id: string, key: string, def: LexiconDef): string {
  return capital(key === "main" ? lastPart(id) : key) + (def.type === "record" ? "Record" : "");
}

function declaration({ name, id, isMain, def }: Named, names: ReadonlyMap<string, string>): string {
  const comment = `/** ${def.description} */\n`;
  if (def.type === "string") return `${comment}${alias(name, knownValues(def))}`;
  const type = isMain ? [`  readonly $type: "${id}";\n`] : [];
  const { properties = {}, required = [] } = def.record ?? def;
  const members = Object.entries(properties).map(([key, property]) => {
    const text = typeText(property, id, names);
    const member = required.includes(key) ? `${key}: ${text}` : `${key}?: ${text} | undefined`;
    return `  /** ${[property.description, ...limits(property)].join(" ")} */\n  readonly ${member};\n`;
  });
  if (type.length + members.length === 0) return `${comment}export type ${name} = JsonRecord;\n`;
  return `${comment}export type ${name} = {\n${[...type, ...members].join("")}};\n`;
}

function typeText(def: LexiconDef, id: string, names: ReadonlyMap<string, string>): string {
  const named = (ref: string): string => {
    const name = names.get(ref.startsWith("#") ? id + ref : ref);
    if (name === undefined) throw new Error(`${id} refers to ${ref}, which is not defined`);
    return name;
  };
  switch (def.type) {
    case "string":
      return def.const === undefined ? "string" : JSON.stringify(def.const);
    case "integer":
      return "number";
    case "bytes":
      return "JsonBytes";
    case "blob":
      return "BlobRef";
    case "unknown":
      return "JsonRecord";
    case "ref":
      return named(def.ref ?? "");
    case "union":
      return (def.refs ?? []).map(named).join(" | ");
    case "array":
      return `readonly ${typeText(def.items ?? { type: "nothing" }, id, names)}[]`;
    default:
      throw new Error(`${id} has a field of type ${def.type}, for which the generator has no type`);
  }
}

/** What a field's type cannot say, as sentences. */
function limits({ type, format, minLength, maxLength, minimum, accept, maxSize }: LexiconDef): string[] {
  const unit = type === "array" ? "item" : "byte";
  return [
    ...(format === undefined ? [] : [`Format: ${format}.`]),
    ...range(minLength, maxLength, unit),
    ...range(minimum, undefined, ""),
    ...(accept === undefined ? [] : [`Media type: ${accept.join(" or ")}.`]),
    ...range(undefined, maxSize, "byte"),
  ];
}

function range(min: number | undefined, max: number | undefined, unit: string): string[] {
  const amount = (count: number): string => `${count}${unit === "" ? "" : ` ${unit}${count === 1 ? "" : "s"}`}`;
  if (min !== undefined && min === max) return [`Exactly ${amount(min)}.`];
  return [
    ...(min === undefined ? [] : [`At least ${amount(min)}.`]),
    ...(max === undefined ? [] : [`At most ${amount(max)}.`]),
  ];
}

function knownValues(def: LexiconDef): string[] {
  return [...(def.knownValues ?? []).map((value) => JSON.stringify(value)), "(string & NonNullable<unknown>)"];
}

function alias(name: string, members: readonly string[]): string {
  const line = `export type ${name} = ${members.join(" | ")};\n`;
  if (line.length <= WIDTH) return line;
  return `export type ${name} =\n${members.map((member) => `  | ${member}`).join("\n")};\n`;
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf(".") + 1);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
