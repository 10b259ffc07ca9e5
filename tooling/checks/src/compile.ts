import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lines, runPackage } from "./run-tool.ts";

/** Compiles the sources in `folder` as a strict user's project would, with these compiler options on top. */
export async function compile(
  folder: string,
  compilerOptions: Readonly<Record<string, unknown>>,
): Promise<{ ok: boolean; output: string[] }> {
  const options = { target: "ES2022", module: "NodeNext", moduleResolution: "NodeNext", strict: true, noEmit: true };
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...options, ...compilerOptions }, include: ["*.ts"] }),
  );
  const { ok, output } = await runPackage("typescript", "tsc", ["-p", "."], folder);
  return { ok, output: lines(output) };
}
