import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./installed.ts";

const CHECKED = /^(\s*)(for await \(.*\) )?([^;/]+); \/\/ -> (.+)$/;

/**
 * Gives the examples of a README as programs that also check what the README says comes out: the value behind `// ->`.
 *
 * The second number is how many values are checked.
 */
export function examplesOf(readme: string): [code: string, checks: number][] {
  const text = readFileSync(join(repository, readme), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => {
    let checks = 0;
    const lines = code.split("\n").map((line) =>
      line.replace(CHECKED, (_, indent: string, loop: string | undefined, expression: string, value: string) => {
        checks += 1;
        return `${indent}${loop ?? ""}checkEqual(${expression}, ${value});`;
      }),
    );
    return [`import { deepStrictEqual as checkEqual } from "node:assert";\n${lines.join("\n")}`, checks];
  });
}
