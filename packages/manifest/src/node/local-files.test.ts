import { readdir, readFile } from "node:fs/promises";
import { memorySource } from "@atdata/core";
import { expect, it } from "vitest";
import { inTemporaryFolder, localFiles } from "./local-files.ts";

it("copies a group at a time, removes it before the next, and all with the folder", async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}`, Uint8Array.of(i, i)]));
  const source = memorySource(files);
  const seen: number[] = [];
  let path = "";
  const groups = inTemporaryFolder((folder) => {
    path = folder;
    return localFiles(Object.keys(files), source, folder, { maxCopied: 5 });
  });
  for await (const { first, paths } of groups) {
    expect((await readdir(path)).length).toBe(paths.length);
    for (const [i, copy] of paths.entries()) {
      expect([...(await readFile(copy))]).toEqual([first + i, first + i]);
      seen.push(first + i);
    }
  }
  expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
  await expect(readdir(path)).rejects.toThrow("ENOENT");
});
