import { buffer } from "node:stream/consumers";
import { extract, pack } from "tar-stream";

/** A regular file of an archive. */
export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Writes an archive with `tar-stream`: other writers' work, as far as we are concerned. */
export async function packTar(files: Iterable<TarFile>): Promise<Uint8Array> {
  const archive = pack();
  const bytes = buffer(archive);
  for (const { name, bytes: content } of files) archive.entry({ name }, Buffer.from(content));
  archive.finalize();
  return new Uint8Array(await bytes);
}

/** Reads an archive with `tar-stream`. */
export async function unpackTar(bytes: Uint8Array): Promise<TarFile[]> {
  const files: TarFile[] = [];
  const reader = extract();
  reader.on("entry", (header, stream, next) => {
    buffer(stream).then((content) => {
      files.push({ name: header.name, bytes: new Uint8Array(content) });
      next();
    }, next);
  });
  await new Promise<void>((resolve, reject) => {
    reader.on("finish", resolve);
    reader.on("error", reject);
    reader.end(Buffer.from(bytes));
  });
  return files;
}
