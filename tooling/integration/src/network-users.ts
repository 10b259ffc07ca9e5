import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startTestNetwork, type TestAccount, type TestNetwork } from "@atdata/tooling-atproto";
import type { Ended } from "./no-room.ts";

const bin = fileURLToPath(new URL("../../../packages/cli/src/bin.ts", import.meta.url));

/** How a command is run. */
export interface CommandOptions {
  /** What is piped in. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Somebody who has an account, and a home on this machine. */
export interface NetworkUser extends TestAccount {
  readonly home: string;
  /** Runs the command. */
  run(args: readonly string[], options?: CommandOptions): Promise<Ended>;
  /** Runs a command that has to end well, and gives what it printed. */
  good(args: readonly string[], options?: CommandOptions): Promise<string>;
  /** Runs a command that has to end well, and gives the JSON that it printed, a document a line. */
  json<T = Record<string, unknown>>(args: readonly string[], options?: CommandOptions): Promise<T[]>;
  /** Runs a command that goes on until it is interrupted, which is a good end, for so many lines; gives those. */
  until(args: readonly string[], lines: number): Promise<readonly string[]>;
  /** Runs a command that has to fail without a word on stdout, and gives code and message. */
  fails(args: readonly string[], options?: CommandOptions): Promise<{ readonly code: string; readonly told: string }>;
}

/** People who use the command on a network of their own. */
export interface NetworkUsers extends AsyncDisposable {
  readonly network: TestNetwork;
  /** Makes an account on one of the two PDSes, and a home whose settings lead to the network. */
  user(name: string, pds: 0 | 1): Promise<NetworkUser>;
  /** Everything that was ever printed. */
  readonly printed: readonly string[];
  /** Lists the files of all homes that have one of these texts in them. */
  filesWith(texts: readonly string[]): readonly string[];
}

/** Starts the network; homes are made in the folder. */
export async function startNetworkUsers(folder: string): Promise<NetworkUsers> {
  const network = await startTestNetwork();
  const printed: string[] = [];
  const hosts = network.pds.map(({ url }) => new URL(url).host);
  const resolvers = network.pds.map(({ url }) => url);
  const atmosphere = { plcUrl: network.plcUrl, resolvers, allowHosts: hosts };
  return {
    network,
    printed,
    async user(name, pds) {
      const account = await network.createAccount(network.pds[pds], name);
      const home = join(folder, name);
      mkdirSync(home);
      writeFileSync(join(home, "config.json"), JSON.stringify({ atmosphere }));
      return { ...account, home, ...commandsOf(home, printed) };
    },
    filesWith(texts) {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
      const paths = files.map(({ parentPath, name }) => join(parentPath, name));
      return paths.filter((path) => {
        const content = readFileSync(path, "latin1");
        return texts.some((text) => content.includes(text));
      });
    },
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}

function commandsOf(home: string, printed: string[]): Pick<NetworkUser, "run" | "good" | "json" | "until" | "fails"> {
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env, ATDATA_HOME: home } });
  const run: NetworkUser["run"] = async (args, { input = "", env } = {}) => {
    const child = start(args, env);
    // A command that does not read is no fault.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const status = new Promise<number | null>((resolve) => child.on("close", resolve));
    const [out, err] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
    const ended = { status: await status, stdout: out.toString(), stderr: err.toString() };
    printed.push(ended.stdout, ended.stderr);
    return ended;
  };
  const good: NetworkUser["good"] = async (args, options) => {
    const { status, stdout, stderr } = await run(args, options);
    if (status !== 0) throw new Error(`${args.join(" ")}: status ${status}: ${stderr}`);
    return stdout;
  };
  return {
    run,
    good,
    async json<T>(args: readonly string[], options?: CommandOptions) {
      const text = await good([...args, "--json"], options);
      return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as T]));
    },
    async until(args, count) {
      const child = start(args);
      const ended = once(child, "close");
      const lines: string[] = [];
      for await (const line of createInterface(child.stdout)) {
        lines.push(line);
        if (lines.length === count) break;
      }
      child.kill("SIGINT");
      const [status] = await ended;
      if (status !== 0) throw new Error(`${args.join(" ")}: status ${status}`);
      printed.push(...lines);
      return lines;
    },
    async fails(args, options) {
      const { status, stdout, stderr } = await run(args, options);
      const [, code = "", told = ""] = /^atdata: error\[(\w+)\]: ([\s\S]*)/m.exec(stderr) ?? [];
      if (status !== 1 || stdout !== "" || code === "" || /^\s+at /m.test(stderr)) {
        throw new Error(`${args.join(" ")}: status ${status}: ${stdout}${stderr}`);
      }
      return { code, told };
    },
  };
}
