import type { ByteReader, DataSource } from "@atdata/core";
import type { Need } from "./case.ts";
import { ensure } from "./expect.ts";

/** A source over files that the kit asked for, made by the backend's author. */
export interface SourceFixture {
  /** The source. */
  readonly source: DataSource;
  /** Tells the url of a file, also of one that does not exist. */
  url(name: string): string;
  /** A reference that stands for all files, where the source lists directories or prefixes. */
  readonly directory?: string | undefined;
  /** Makes a reference of a glob over the files' names, where the source lists globs. */
  glob?(pattern: string): string;
  /** Replaces a file's content behind the source's back, where that can be tried. */
  change?(name: string, bytes: Uint8Array): Promise<void>;
  /** Takes the files away. */
  dispose?(): Promise<void>;
}

/** Makes a source over exactly these files, given by name, and sharing nothing with any other that was made. */
export type MakeSource = (files: Readonly<Record<string, Uint8Array>>) => SourceFixture | Promise<SourceFixture>;

/** Runs `use` with a fresh fixture and takes it down after. */
export async function withFiles(
  make: MakeSource,
  files: Readonly<Record<string, Uint8Array>>,
  use: (fixture: SourceFixture) => Promise<void>,
): Promise<void> {
  const fixture = await make(files);
  try {
    await use(fixture);
  } finally {
    await fixture.dispose?.();
  }
}

/** Reads to the end and closes; each chunk is checked, copied and, where asked, released. */
export async function drain(reader: ByteReader, release = false): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
      ensure(Object.getPrototypeOf(chunk) === Uint8Array.prototype, "a chunk is not a plain Uint8Array");
      ensure(chunk.length > 0, "a chunk is empty");
      parts.push(chunk.slice());
      length += chunk.length;
      if (release) reader.release?.(chunk);
    }
    ensure((await reader.next()) === undefined, "after the end, next gives something again");
  } finally {
    await reader.close();
  }
  return concat(parts, length);
}

/** Joins bytes. */
function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Applies where the source declares and has range reads. */
export const needsRange: Need<MakeSource> = need("range reads", ({ source }) => source.capabilities.range);
/** Applies where the source tells lengths. */
export const needsSize: Need<MakeSource> = need("size", ({ source }) => source.size !== undefined);
/** Applies where directories are listed. */
export const needsDirectory: Need<MakeSource> = need("directory listing", ({ directory }) => directory !== undefined);
/** Applies where globs are listed. */
export const needsGlob: Need<MakeSource> = need("glob listing", ({ glob }) => glob !== undefined);
/** Applies where files can be changed under way. */
export const needsChange: Need<MakeSource> = need("files that change", ({ change }) => change !== undefined);

function need(capability: string, has: (fixture: SourceFixture) => boolean): Need<MakeSource> {
  return {
    capability,
    async has(make) {
      let found = false;
      await withFiles(make, { "a.tar": new Uint8Array(1) }, async (fixture) => {
        found = has(fixture);
      });
      return found;
    },
  };
}
