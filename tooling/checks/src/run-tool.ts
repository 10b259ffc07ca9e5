import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** What a tool printed, and whether it ended with status 0. */
export interface ToolResult {
  readonly ok: boolean;
  readonly output: string;
}

const require = createRequire(import.meta.url);

/** Runs a program in `cwd` and collects what it prints on both streams. */
export function runProgram(program: string, args: readonly string[], cwd: string): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ ok: code === 0, output: stripVTControlCharacters(Buffer.concat(chunks).toString()) }),
    );
  });
}

/** Runs the program that an npm package declares, found from this package and so from any folder. */
export function runPackage(name: string, bin: string, args: readonly string[], cwd: string): Promise<ToolResult> {
  return runProgram(process.execPath, [programOf(name, bin), ...args], cwd);
}

/** The output's lines that say something, for a report of problems. */
export function lines(output: string): string[] {
  return output.split("\n").filter((line) => line.trim() !== "");
}

function programOf(name: string, bin: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const file = join(folder, name, "package.json");
    try {
      const declared: string | Record<string, string> = require(file).bin;
      const path = typeof declared === "string" ? declared : declared[bin];
      if (path !== undefined) return join(dirname(file), path);
    } catch {}
  }
  throw new Error(`no program ${bin} in package ${name}; run npm run build once, which installs what is missing`);
}
