import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { memoryJournal } from "../blobs/memory-journal.ts";
import type { UploadedBlob, UploadJournal } from "../blobs/upload-journal.ts";

const NEWLINE = 10;

/**
 * Remembers uploads in a file, which only its owner can read: a line of JSON for each, appended; several processes may share it.
 *
 * A line that cannot be read, such as the last one of a process that was killed, is left out. The file and its folder are
 * made with the first upload. Where they cannot be read or written, nothing is remembered, and that is no failure.
 */
export function fileJournal(path: string): UploadJournal {
  const known = memoryJournal();
  let [seen, torn] = [0, false];
  let last: Promise<unknown> = Promise.resolve();

  /** Does one thing after the other, as each begins where the last has ended. */
  function inTurn<T>(work: () => Promise<T>): Promise<T | undefined> {
    const turn = last.then(work).catch(() => undefined);
    last = turn;
    return turn;
  }

  /** Reads the lines that were added since, by whomever. */
  async function refresh(file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    // Somebody has begun it anew.
    if (size < seen) seen = 0;
    const bytes = new Uint8Array(Math.max(0, size - seen));
    const { bytesRead } = bytes.length > 0 ? await file.read(bytes, 0, bytes.length, seen) : { bytesRead: 0 };
    const end = bytes.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
    torn = end < bytesRead;
    seen += end;
    const lines = new TextDecoder().decode(bytes.subarray(0, end)).split("\n");
    for (const line of lines) await note(known, line);
  }

  async function append(line: object): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "a+", 0o600);
    try {
      await refresh(file);
      // One write, so that lines of several processes do not mix.
      await file.appendFile(`${torn ? "\n" : ""}${JSON.stringify(line)}\n`);
      await refresh(file);
    } finally {
      await file.close();
    }
  }

  return {
    find: (did, cid) =>
      inTurn(async () => {
        const file = await open(path, "r");
        await refresh(file).finally(() => file.close());
        return known.find(did, cid);
      }),
    add: (did, { cid, size, mimeType, time }) => inTurn(() => append({ did, cid, size, mimeType, time })),
    remove: (did, cid) => inTurn(() => append({ did, cid, removed: true })),
  };
}

/** A line of the file, when it is one. */
type Line = { readonly did: string } & (UploadedBlob | { readonly cid: string; readonly removed: true });

async function note(journal: UploadJournal, text: string): Promise<void> {
  const line = parse(text);
  if (line === undefined) return;
  if ("removed" in line) await journal.remove(line.did, line.cid);
  else await journal.add(line.did, { cid: line.cid, size: line.size, mimeType: line.mimeType, time: line.time });
}

function parse(text: string): Line | undefined {
  let line: Partial<Record<string, unknown>> | null;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof line !== "object" || line === null) return undefined;
  const { did, cid, size, mimeType, time, removed } = line;
  if (typeof did !== "string" || typeof cid !== "string") return undefined;
  if (removed === true) return { did, cid, removed };
  const whole = Number.isSafeInteger(size) && Number.isSafeInteger(time) && typeof mimeType === "string";
  return whole ? { did, cid, size: size as number, mimeType, time: time as number } : undefined;
}
