import { randomUUID } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AtdataError, type CallOptions } from "@atdata/core";
import { atdataHome } from "../home.ts";
import { type Diagnosis, foundBroken, medianMs } from "../shared/diagnosis.ts";
import { folderFindings } from "../shared/folder-findings.ts";

/**
 * Tells how fit a folder is for shards: whether it may be written, and how much room there is. Writes and removes a small file, where the
 * folder is there.
 *
 * What is wrong is told as findings, and not thrown.
 *
 * @param dir - The folder, default `data` in `atdataHome()`.
 */
export async function diagnoseDisk(
  dir: string = join(atdataHome(), "data"),
  options: CallOptions = {},
): Promise<Diagnosis> {
  options.signal?.throwIfAborted();
  const where = resolve(dir);
  const findings = await folderFindings(where);
  if (!existsSync(where)) {
    findings.push({ level: "note", code: "STORE_NEW", what: "there is no such folder yet: the first write makes it" });
    return { where, findings };
  }
  if (!statSync(where).isDirectory()) {
    return { where, findings: [...findings, { level: "broken", code: "NOT_A_FOLDER", what: "it is a file" }] };
  }
  if (findings.some(({ code }) => code === "READ_ONLY")) return { where, findings };
  try {
    const latencyMs = await medianMs(() => roundTrip(join(where, `.atdata-probe-${randomUUID()}`)));
    return { where, latencyMs, findings };
  } catch (error) {
    return { where, findings: [...findings, foundBroken(error)] };
  }
}

async function roundTrip(path: string): Promise<void> {
  try {
    await writeFile(path, "atdata", { flag: "wx" });
    await readFile(path);
  } catch (cause) {
    throw new AtdataError("IO_ERROR", "a small file cannot be written", { url: path }, { cause });
  } finally {
    await rm(path, { force: true });
  }
}
