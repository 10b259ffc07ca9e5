import { constants, existsSync } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Finding } from "./diagnosis.ts";

const GIB = 1024 ** 3;

/** File systems that lie on another machine, by Linux's number for them. */
const REMOTE: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4266872130: "SMB2",
  4283649346: "CIFS",
  12805120: "Ceph",
  16914839: "9p",
  1397113167: "AFS",
  198183888: "Lustre",
  1196443219: "GPFS",
};

/** Looks at the disk that a folder is on, or will be: whether it may be written, how much room there is, and where it lies. */
export async function folderFindings(folder: string): Promise<Finding[]> {
  const there = nearest(folder);
  const findings: Finding[] = [];
  if (!(await mayWrite(there))) {
    const what = `${there} may only be read`;
    findings.push({ level: "warning", code: "READ_ONLY", what, advice: "let its owner give you permission to write" });
  }
  const { bavail, bsize, type } = await statfs(there);
  const free = bavail * bsize;
  if (free < GIB) {
    const what = `the disk has ${(free / GIB).toFixed(2)} GiB left`;
    findings.push({ level: "warning", code: "DISK_NEARLY_FULL", what, advice: "free some space, or use another disk" });
  }
  const remote = REMOTE[type >>> 0];
  if (remote !== undefined) {
    findings.push({
      level: "note",
      code: "REMOTE_FILE_SYSTEM",
      what: `the folder lies on another machine (${remote})`,
    });
  }
  return findings;
}

/** Gives the folder, or the first of those above it that is there. */
function nearest(folder: string): string {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

async function mayWrite(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
