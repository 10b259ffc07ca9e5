import { execFile } from "node:child_process";
import { chownSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { AtdataError } from "@atdata/core";
import { freePort, requireBinary, type Service } from "./service.ts";
import { startService } from "./start-service.ts";

const APT_PACKAGE = "postgresql";

/**
 * Starts a PostgreSQL with an empty database on a free port of the loopback interface. It syncs nothing to disk: what it
 * holds is for tests and benchmarks.
 *
 * Where this process is root, which the server refuses to be, it runs as the user `postgres`, or else `nobody`.
 *
 * @throws AtdataError `UNSUPPORTED` – the server is not installed; the hint is the line that installs it.
 * @example
 * ```ts
 * import { startPostgres } from "@atdata/local/services";
 * await using postgres = await startPostgres();
 * postgres.url; // -> "postgres://postgres@127.0.0.1:41523/postgres"
 * ```
 */
export async function startPostgres(): Promise<Service> {
  const initdb = requireBinary("initdb", APT_PACKAGE, binFolders());
  const command = requireBinary("postgres", APT_PACKAGE, binFolders());
  const user = process.getuid?.() === 0 ? otherUser() : undefined;
  const port = await freePort();
  return startService("postgres", async (folder, part) => {
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const init = ["-D", folder, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"];
    await promisify(execFile)(initdb, init, { cwd: folder, ...user });
    const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];
    await part({
      command,
      args: ["-D", folder, ...settings.flatMap((setting) => ["-c", setting])],
      cwd: folder,
      user,
      ready: (output) => output.includes("ready to accept connections"),
      // SIGTERM would wait for clients to leave.
      stopSignal: "SIGINT",
    });
    return { url: `postgres://postgres@127.0.0.1:${port}/postgres` };
  });
}

/** Debian keeps the server's programs off `PATH`, a folder for each version. */
function binFolders(): string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
  return versions.map((version) => join(root, version, "bin"));
}

function otherUser(): { uid: number; gid: number } {
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const found = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  const [, , uid, gid] = found ?? [];
  if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  const hint = "start this process as a user other than root";
  throw new AtdataError("UNSUPPORTED", "postgres refuses to run as root", { operation: "start postgres" }, { hint });
}
