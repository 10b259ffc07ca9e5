import { describeField, type Field, type SampleType } from "@atdata/core";
import { identifierOf } from "./identifier.ts";
import { collectImports, type Imports } from "./imports.ts";
import { type PlannedField, planLens } from "./lens-steps.ts";
import { literal } from "./literal.ts";
import { typeCode } from "./type-code.ts";

/** The kinds that a declared lens has constants and defaults of; there are lists of them, too. */
const constants: ReadonlySet<string> = new Set(["str", "int", "int64", "float", "bool", "bytes"]);

/**
 * Writes a TypeScript module with two types and a lens from the earlier to the later.
 *
 * The lens is declared, so that it can be stored, where declarations can express it. What somebody must decide is a call of `todo`,
 * which compiles and throws.
 */
export function lensModule(from: SampleType, to: SampleType): string {
  const imports = collectImports();
  const [source, view] =
    from.name === to.name
      ? [`${from.name}Before`, `${to.name}After`]
      : [identifierOf(from.name), identifierOf(to.name)];
  const types = [...typeCode(from, source, imports), "", ...typeCode(to, view, imports)];
  const plan = planLens(from, to);
  const declared = plan.every(canBeDeclared);
  const head = `export const migrate: ${imports.type("Lens")}<${source}, ${view}> = `;
  const body = declared ? declaredLens(plan, source, view, imports) : functionLens(plan, source, view, imports);
  const code = [`${head}${body[0]}`, ...body.slice(1)];
  const todo = code.some((line) => line.includes("todo(")) ? todoFunction : [];
  return `${[...imports.lines(), "", ...types, "", ...code, ...todo].join("\n")}\n`;
}

function canBeDeclared({ field, step, default: missing }: PlannedField): boolean {
  if (step === undefined) return field.optional || hasConstants(field);
  return missing === undefined || hasConstants(missing);
}

function hasConstants({ kind, items }: Field): boolean {
  return kind === "list" ? items !== undefined && hasConstants(items) : constants.has(kind);
}

const todoFunction: readonly string[] = [
  "",
  "/** Marks what has to be decided. */",
  "function todo(what: string): never {",
  '  throw new Error("to be decided: " + what);',
  "}",
];

function declaredLens(plan: readonly PlannedField[], source: string, view: string, imports: Imports): string[] {
  const steps = plan.map(({ name, field, step, default: missing }) => {
    if (step === undefined && field.optional)
      return `  // ${name}, ${field.kind}, stays absent: the earlier type has none`;
    if (step === undefined) return `  ${name}: { constant: ${todoCall(name, field)} },`;
    if (missing === undefined) return `  ${name}: ${literal(step)},`;
    const { from, ...rest } = step;
    const others = literal(rest) === "{}" ? "" : `, ${literal(rest).slice(2, -2)}`;
    return `  ${name}: { from: ${literal(from)}, default: ${todoCall(name, missing)}${others} },`;
  });
  return [`${imports.value("fieldLens")}(${source}, ${view}, {`, ...steps, "});"];
}

function functionLens(plan: readonly PlannedField[], source: string, view: string, imports: Imports): string[] {
  const values = plan.map(({ name, field, step, default: missing }) => {
    const copied = step !== undefined && Object.keys(step).length === 1;
    if (copied && missing !== undefined) return `    ${name}: before.${name} ?? ${todoCall(name, field)},`;
    if (copied) return `    ${name}: before.${name},`;
    if (field.optional && step === undefined)
      return `    // ${name}, ${field.kind}, stays absent: the earlier type has none`;
    return `    ${name}: ${todoCall(name, field)},`;
  });
  const parameter = values.some((line) => line.includes("before.")) ? "before" : "_before";
  return [
    `${imports.value("lens")}(${source}, ${view}, {`,
    `  get: (${parameter}) => ({`,
    ...values.map((line) => `  ${line.slice(2)}`),
    "  }),",
    "});",
  ];
}

function todoCall(name: string, field: Field): string {
  return `todo(${literal(`${name}, ${describeField(field)}`)})`;
}
