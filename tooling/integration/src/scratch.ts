import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes a folder that goes when the process ends; `ATDATA_HOME` is one below it from then on. */
export function scratch(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "atdata-integration-")));
  process.env.ATDATA_HOME = join(folder, "home");
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
