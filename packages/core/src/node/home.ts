import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";

/**
 * Tells the folder in which everything of this user is kept: `ATDATA_HOME`, or `.atdata` in the home directory as with
 * Python atdata. It is absolute and need not exist.
 */
export function atdataHome(): string {
  const { ATDATA_HOME } = process.env;
  return ATDATA_HOME === undefined || ATDATA_HOME === "" ? join(homedir(), ".atdata") : resolve(ATDATA_HOME);
}
