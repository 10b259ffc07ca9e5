import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallOptions, DataSource } from "@atdata/core";

/** Copies that may lie on the disk at once, in bytes. */
const MAX_COPIED = 512 * 1024 * 1024;

/** Files that are copied at once. */
const AT_ONCE = 8;

/** Some of the files, which lie on the local disk until the next are asked for. */
export interface LocalFiles {
  /** Position of the first among all. */
  readonly first: number;
  /** A path for each, in order. */
  readonly paths: readonly string[];
}

/** Lends a folder for temporary files, and removes it at the end. */
export async function* inTemporaryFolder<T>(use: (folder: string) => AsyncIterable<T>): AsyncGenerator<T> {
  const folder = await mkdtemp(join(tmpdir(), "atdata-"));
  try {
    yield* use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Gives paths of files: those on the disk where they are, all others read through the source into a folder.
 *
 * Copies are made 8 at a time; when those of one group pass `maxCopied` bytes (512 MiB), they are removed before the
 * next group is made. Files on the disk alone are one group.
 */
export async function* localFiles(
  urls: readonly string[],
  source: DataSource,
  folder: string,
  options: CallOptions & { readonly maxCopied?: number | undefined } = {},
): AsyncGenerator<LocalFiles> {
  const { signal, maxCopied = MAX_COPIED } = options;
  let first = 0;
  while (first < urls.length) {
    const paths: string[] = [];
    const copies: string[] = [];
    let copied = 0;
    while (first + paths.length < urls.length && copied < maxCopied) {
      const from = first + paths.length;
      const some = await Promise.allSettled(
        urls.slice(from, from + AT_ONCE).map(async (url, i) => {
          const local = localPath(url, source);
          if (local !== undefined) return local;
          const path = join(folder, `${from + i}.parquet`);
          copied += await copyFile(source, url, path, signal);
          copies.push(path);
          return path;
        }),
      );
      // Only now that none is still being written may a failure lead to the removal of the folder.
      for (const one of some) {
        if (one.status === "rejected") throw one.reason;
        paths.push(one.value);
      }
    }
    yield { first, paths };
    await Promise.all(copies.map((path) => rm(path)));
    first += paths.length;
  }
}

function localPath(url: string, source: DataSource): string | undefined {
  if (!source.schemes.includes("file")) return undefined;
  if (/^file:/i.test(url)) return fileURLToPath(url);
  return /^[a-z][a-z0-9+.-]+:/i.test(url) ? undefined : resolve(url);
}

async function copyFile(source: DataSource, url: string, path: string, signal?: AbortSignal): Promise<number> {
  const reader = await source.open(url, { signal });
  try {
    const file = await open(path, "wx");
    try {
      let bytes = 0;
      for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
        signal?.throwIfAborted();
        await file.writeFile(chunk);
        bytes += chunk.length;
        reader.release?.(chunk);
      }
      return bytes;
    } finally {
      await file.close();
    }
  } finally {
    await reader.close();
  }
}
