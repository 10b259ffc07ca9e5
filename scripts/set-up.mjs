import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const { platform, arch, versions } = process;
export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools = join(root, ".tools");
const stamp = join(root, "node_modules/.installed-lock.yaml");
// The arch package is the binary itself: `node` would fetch it in an install script, which newer npm may refuse to run.
const nodePackage = `node${platform === "darwin" && arch === "arm64" ? "-bin" : ""}-${platform.replace("32", "")}-${arch}`;
const wanted = { [nodePackage]: "24.21.0", pnpm: "12.21.0" };
const nodeFits = /^(22\.(1[89]|[2-9]\d)|24\.(1[1-9]|[2-9]\d)|2[6-9]|[3-9]\d)\./.test(versions.node);

/**
 * Brings Node and pnpm into `.tools/` where the machine lacks them and, with `install`, the dependencies of the lockfile.
 * @returns The Node to run, and an environment that finds it and pnpm first.
 */
export function setUp({ install }) {
  const node = nodeFits ? process.execPath : join(tools, "node_modules", nodePackage, "bin/node");
  const environment = () => ({
    ...process.env,
    PATH: searchPath(node),
    INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
    DEV_NODE: nodeFits ? versions.node : wanted[nodePackage],
    TURBO_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
  });
  const run = (tool, args) => {
    const options = { cwd: root, env: environment(), stdio: ["ignore", 2, 2], shell: platform === "win32" };
    if (spawnSync(tool, args, options).status !== 0) fail(`\`${tool} install\` failed; the lines above say why`);
  };
  const here = (tool) =>
    text(join(tools, "node_modules", tool, "package.json")).includes(`"version": "${wanted[tool]}"`);
  const onMachine = (tool) =>
    tool === "pnpm" ? /^12\./.test(spawnSync(tool, ["-v"], { env: environment() }).stdout) : nodeFits;
  const missing = () => Object.keys(wanted).filter((tool) => !here(tool) && !onMachine(tool));
  const lockfile = text(join(root, "pnpm-lock.yaml"));
  const installed = () => !install || text(stamp) === lockfile;

  if (missing().length === 0 && installed()) return { node, env: environment() };
  const giveBack = takeLock(join(tools, "lock"));
  const packages = missing().map((tool) => `${tool}@${wanted[tool]}`);
  const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  if (packages.length > 0) run("npm", ["install", "--prefix", tools, ...flags, ...packages]);
  if (!installed()) {
    run("pnpm", ["install", "--frozen-lockfile"]);
    writeFileSync(stamp, lockfile);
  }
  giveBack();
  return { node, env: environment() };
}

/** pnpm's own folder holds the binary; its entry in `.bin` is a shell script until an install script has replaced it. */
function searchPath(node) {
  const scope = join(tools, "node_modules/@pnpm");
  const pnpm = existsSync(scope) ? readdirSync(scope).map((each) => join(scope, each)) : [];
  return [...pnpm, dirname(node), process.env.PATH].join(delimiter);
}

export function fail(message) {
  console.error(`dev: ${message}`);
  process.exit(1);
}

/** Lets one process at a time set the clone up: the second waits, unless the first died. The end of the process gives the lock back, too. */
function takeLock(path) {
  mkdirSync(tools, { recursive: true });
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      const giveBack = () => text(path) === String(process.pid) && rmSync(path);
      process.on("exit", giveBack);
      return giveBack;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = text(path); // empty when it is about to be written
    if (holder !== "" && !isAlive(Number(holder))) rmSync(path, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function text(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
