import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Finding } from "@atdata/local/sqlite";

/** Tells of files with passwords in them that others on this machine can read. */
export function secretFileFindings(home: string, env: Readonly<Record<string, string | undefined>>): Finding[] {
  const aws = env.AWS_SHARED_CREDENTIALS_FILE;
  const secret = ["credentials.json", "local/env", "local/state.json", "local/compose.env"].map((name) =>
    join(home, name),
  );
  const config = join(home, "config.json");
  const files = [...(holdsPassword(config) ? [config] : []), ...secret, aws || join(homedir(), ".aws/credentials")];
  return files.filter(othersCanRead).map((file) => {
    const what = `others on this machine can read ${file}`;
    return { level: "warning", code: "SECRETS_READABLE", what, advice: `chmod 600 ${file}` };
  });
}

function othersCanRead(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & 0o077) !== 0;
}

/** Tells whether settings hold a password itself, and not only the name of a variable. */
function holdsPassword(file: string): boolean {
  try {
    return /:\/\/[^/\s"]*:[^@\s"]+@/.test(readFileSync(file, "utf8").replace(/\$\{[^}]*\}/g, ""));
  } catch {
    return false;
  }
}
