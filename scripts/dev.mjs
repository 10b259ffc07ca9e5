// Runs one of the repository's commands as the first thing in any clone, on any Node from 20 and npm.
// Node built-ins only. Set-up prints to stderr alone; the exit status is the command's.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { fail, root, setUp } from "./set-up.mjs";

const commands = {
  demo: ["tooling/demo/src/main.ts"],
  test: ["node_modules/vitest/vitest.mjs", "run"],
  build: ["node_modules/turbo/bin/turbo", "run", "build"],
  bench: ["tooling/bench/src/main.ts"],
  check: ["tooling/checks/src/main.ts"],
  atdata: ["packages/cli/src/bin.ts"],
  pnpm: [],
};
const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name)) fail(`unknown command "${name}"; one of: ${Object.keys(commands).join(", ")}`);

const { node, env } = setUp({ install: name !== "pnpm" });
const [script, ...options] = commands[name];
const [file, given] = script ? [node, [join(root, script), ...options, ...args]] : ["pnpm", args];
// The command line tool resolves its references where the user stood; everything else works on the repository.
const child = spawn(file, given, { env, stdio: "inherit", cwd: name === "atdata" ? env.INIT_CWD : root });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
child.on("error", (error) => fail(`cannot start ${name}: ${error.message}`));
