import { AtdataError, type SampleType, schemaToLocal } from "@atdata/core";
import { fieldCode } from "./field-code.ts";
import { identifierOf } from "./identifier.ts";
import { collectImports, type Imports } from "./imports.ts";
import { docComment, literal } from "./literal.ts";

/**
 * Writes a TypeScript module that declares a sample type: the type of its samples, and the value of the same name.
 *
 * It compiles under `isolatedDeclarations`. Its type is the given one, but for dtypes and shapes that are only noted.
 *
 * @throws AtdataError `SCHEMA_INVALID` – a name that no declared type or field may have.
 */
export function typeModule(type: SampleType): string {
  const imports = collectImports();
  const code = typeCode(type, identifierOf(type.name), imports);
  return `${[...imports.lines(), "", ...code].join("\n")}\n`;
}

/** Writes the declaration of one type, under an identifier. */
export function typeCode(type: SampleType, identifier: string, imports: Imports): string[] {
  checkNames(type);
  const { name, version, description } = type;
  const properties: string[] = [];
  const builders: string[] = [];
  for (const [key, field] of Object.entries(type.fields)) {
    const { type: valueType, builder, note } = fieldCode(field, imports);
    if (field.description !== undefined) properties.push(...docComment(field.description, "  "));
    properties.push(`  ${key}${field.optional ? "?" : ""}: ${valueType}${field.optional ? " | undefined" : ""};`);
    const made = field.optional ? `${imports.value("optional")}(${builder})` : builder;
    builders.push(`${key}: ${made},${note === undefined ? "" : ` // ${note}`}`);
  }
  const sample = imports.value("sample");
  const head = `export const ${identifier}: ${imports.type("SampleType")}<${identifier}> = ${sample}(`;
  const plain = version === undefined && description === undefined;
  return [
    ...(description === undefined ? [] : docComment(description)),
    `export interface ${identifier} {`,
    ...properties,
    "}",
    "",
    ...(plain
      ? [`${head}${literal(name)}, {`, ...builders.map((line) => `  ${line}`), "});"]
      : [
          head,
          `  ${literal(name)},`,
          "  {",
          ...builders.map((line) => `    ${line}`),
          "  },",
          `  ${literal({ version, description })},`,
          ");",
        ]),
  ];
}

/** Refuses what `sample()` would refuse: types that are read may have any names. */
function checkNames(type: SampleType): void {
  try {
    schemaToLocal(type);
  } catch (cause) {
    const hint = "a declared type needs names of letters, digits and _, and a version a.b.c or none";
    throw new AtdataError("SCHEMA_INVALID", `${type.name} cannot be declared`, {}, { hint, cause });
  }
}
