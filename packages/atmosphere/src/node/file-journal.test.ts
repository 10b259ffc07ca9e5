import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UploadedBlob } from "../blobs/upload-journal.ts";
import { fileJournal } from "./file-journal.ts";

const DID = "did:plc:abcdefghijklmnopqrstuvwx";
let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-"));
  path = join(folder, "deep", "uploads.jsonl");
});
afterEach(() => rm(folder, { recursive: true }));

const upload = (cid: string): UploadedBlob => ({
  cid,
  size: 5,
  mimeType: "application/x-tar",
  time: 1_700_000_000_000,
});

describe("a journal in a file", () => {
  it("remembers uploads of each account for the next process, and forgets them", async () => {
    const journal = fileJournal(path);
    expect(await journal.find(DID, "a")).toBeUndefined();
    await Promise.all(["a", "b", "c"].map((cid) => journal.add(DID, upload(cid))));
    await journal.remove(DID, "b");
    for (const each of [journal, fileJournal(path)]) {
      expect(await each.find(DID, "a")).toEqual(upload("a"));
      expect(await each.find(DID, "b")).toBeUndefined();
      expect(await each.find("did:plc:other", "a")).toBeUndefined();
    }
    expect((await readFile(path, "utf8")).trimEnd().split("\n")).toHaveLength(4);
  });

  it("can be read by its owner only", async () => {
    await fileJournal(path).add(DID, upload("a"));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("sees what others add meanwhile", async () => {
    const [one, other] = [fileJournal(path), fileJournal(path)];
    await one.add(DID, upload("a"));
    expect(await other.find(DID, "a")).toEqual(upload("a"));
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).add(DID, upload(`x${i}`))));
    await one.remove(DID, "a");
    expect(await other.find(DID, "a")).toBeUndefined();
    for (let i = 0; i < 20; i++) expect(await fileJournal(path).find(DID, `x${i}`)).toEqual(upload(`x${i}`));
  });

  it("leaves out lines that were torn off, and goes on behind them", async () => {
    const journal = fileJournal(path);
    await journal.add(DID, upload("a"));
    await appendFile(path, JSON.stringify({ did: DID, ...upload("torn") }).slice(0, -5));
    expect(await journal.find(DID, "torn")).toBeUndefined();
    await journal.add(DID, upload("b"));
    for (const each of [journal, fileJournal(path)]) {
      expect(await each.find(DID, "b")).toEqual(upload("b"));
      expect(await each.find(DID, "torn")).toBeUndefined();
    }
    const odd = [
      "null",
      "7",
      "{}",
      `{"did":"${DID}","cid":"odd"}`,
      `{"did":"${DID}","cid":"odd","size":"5"}`,
      "\u0000",
    ];
    await appendFile(path, `${odd.join("\n")}\n`);
    await journal.add(DID, upload("c"));
    expect(await fileJournal(path).find(DID, "c")).toEqual(upload("c"));
    expect(await fileJournal(path).find(DID, "odd")).toBeUndefined();
  });

  it("begins anew with its file, and is no failure where there can be none", async () => {
    const journal = fileJournal(path);
    await journal.add(DID, upload("a"));
    await journal.add(DID, upload("b"));
    await writeFile(path, `${JSON.stringify({ did: DID, ...upload("c") })}\n`);
    expect(await journal.find(DID, "c")).toEqual(upload("c"));
    await writeFile(join(folder, "file"), "");
    const blocked = fileJournal(join(folder, "file", "x"));
    await blocked.add(DID, upload("a"));
    await blocked.remove(DID, "a");
    expect(await blocked.find(DID, "a")).toBeUndefined();
  });
});
