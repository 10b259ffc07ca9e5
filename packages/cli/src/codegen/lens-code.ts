import { describeField, type SampleType } from "@atdata/core";
import { identifierOf } from "./identifier.ts";
import { collectImports, type Imports } from "./imports.ts";
import { type PlannedField, planLens } from "./lens-steps.ts";
import { literal } from "./literal.ts";
import { typeCode } from "./type-code.ts";

/** The kinds that a declared lens has constants and defaults of. */
const constants: ReadonlySet<string> = new Set(["str", "int", "int64", "float", "bool", "bytes", "list"]);

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
  const declared = plan.every(({ step, field }) => (step ?? field.optional) || constants.has(field.kind));
  const head = `export const migrate: ${imports.type("Lens")}<${source}, ${view}> = `;
  const body = declared ? declaredLens(plan, source, view, imports) : functionLens(plan, source, view, imports);
  const code = [`${head}${body[0]}`, ...body.slice(1)];
  const todo = code.some((line) => line.includes("todo(")) ? todoFunction : [];
  return `${[...imports.lines(), "", ...types, "", ...code, ...todo].join("\n")}\n`;
}

const todoFunction: readonly string[] = [
  "",
  "/** Marks what has to be decided. */",
  "function todo(what: string): never {",
  '  throw new Error("to be decided: " + what);',
  "}",
];

function declaredLens(plan: readonly PlannedField[], source: string, view: string, imports: Imports): string[] {
  const steps = plan.map(({ name, field, step, needsDefault }) => {
    if (step === undefined && field.optional)
      return `  // ${name}, ${field.kind}, stays absent: the earlier type has none`;
    if (step === undefined) return `  ${name}: { constant: ${todoCall(name, field)} },`;
    if (!needsDefault) return `  ${name}: ${literal(step)},`;
    const { from, ...rest } = step;
    const others = literal(rest) === "{}" ? "" : `, ${literal(rest).slice(2, -2)}`;
    return `  ${name}: { from: ${literal(from)}, default: ${todoCall(name, field)}${others} },`;
  });
  return [`${imports.value("fieldLens")}(${source}, ${view}, {`, ...steps, "});"];
}

function functionLens(plan: readonly PlannedField[], source: string, view: string, imports: Imports): string[] {
  const values = plan.map(({ name, field, step, needsDefault }) => {
    const copied = step !== undefined && Object.keys(step).length === 1;
    if (copied && needsDefault) return `    ${name}: before.${name} ?? ${todoCall(name, field)},`;
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

function todoCall(name: string, field: PlannedField["field"]): string {
  return `todo(${literal(`${name}, ${describeField(field)}`)})`;
}
