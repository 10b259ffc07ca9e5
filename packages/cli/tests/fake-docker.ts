// Stands for `docker` with an engine: notes how it is called, and answers as S3 does where the container would.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const args = process.argv.slice(2);
const folder = process.env.FAKE_DOCKER as string;
const pidFile = join(folder, "pid");

if (args[0] === "serve") {
  createServer((_request, response) => response.end()).listen(Number(args[1]), "127.0.0.1", () => {
    writeFileSync(pidFile, String(process.pid));
  });
} else {
  appendFileSync(join(folder, "calls"), `${args.join(" ")}\n`);
  const envFile = args[args.indexOf("--env-file") + 1] as string;
  if (args.includes("up")) {
    if ((statSync(envFile).mode & 0o77) !== 0) throw new Error("others can read the passwords");
    JSON.parse(readFileSync(args[args.indexOf("--file") + 1] as string, "utf8"));
    if (process.env.FAKE_DOCKER_FAILS !== undefined) {
      process.stderr.write("no such image\n");
      process.exit(1);
    }
    const port = /ATDATA_S3_PORT=(\d+)/.exec(readFileSync(envFile, "utf8"))?.[1] as string;
    if (!existsSync(pidFile)) {
      const server = [import.meta.filename, "serve", port];
      spawn(process.execPath, server, { detached: true, stdio: "ignore" }).unref();
      while (!existsSync(pidFile)) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } else if (args.includes("down") && existsSync(pidFile)) {
    process.kill(Number(readFileSync(pidFile, "utf8")));
    rmSync(pidFile);
  } else if (args.includes("ps") && existsSync(pidFile)) process.stdout.write("redis\ns3\n");
}
