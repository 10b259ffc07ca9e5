import { type ByteReader, type DataSource, isAtdataError, type ReadFileOptions } from "@atdata/core";
import { fileSource } from "@atdata/core/node";
import { CacheFolder } from "./cache-folder.ts";
import { KeepingReader } from "./keeping-reader.ts";

/** Options of {@link cached}. */
export interface CacheOptions {
  /** Folder of the copies, made when the first one is; several processes may share it. */
  readonly dir: string;
  /** Most bytes to hold: what was not used for longest goes first, what is being read stays. */
  readonly maxBytes: number;
}

/**
 * Wraps a source so that shards that were read to their end are kept on disk, and read from there the next time.
 *
 * Only shards whose SHA-256 is known are kept, under that name: a dataset gives it where its `dataset.json` or its index
 * entry has it. A copy is checked before a process first uses it, and fetched again if it is damaged. Ranges come from the
 * copy where there is one, and from the source otherwise; they do not fetch the shard. Where nothing can be written, or a
 * shard is larger than `maxBytes`, it is read all the same.
 *
 * While shards are being fetched, up to 16 MiB for each may come on top of `maxBytes`.
 *
 * @throws RangeError – `maxBytes` is no positive number.
 * @example
 * ```ts
 * import { httpSource } from "@atdata/core";
 * import { cached } from "@atdata/local/disk";
 * const source = cached(httpSource(), { dir: "/var/cache/shards", maxBytes: 50e9 });
 * source.schemes; // -> ["http", "https"]
 * ```
 */
export function cached(source: DataSource, { dir, maxBytes }: CacheOptions): DataSource {
  if (!(maxBytes > 0)) throw new RangeError(`maxBytes must be a positive number, not ${maxBytes}`);
  const folder = new CacheFolder(dir, maxBytes);
  const files = fileSource();
  const { read, size } = source;

  /** Opens the copy; `undefined` where there is none, or none that can be read. */
  async function openCopy(sha256: string, options: OpenOptions): Promise<ByteReader | undefined> {
    const done = folder.use(sha256);
    let reader: ByteReader | undefined;
    try {
      const path = await folder.find(sha256, options?.signal);
      if (path !== undefined) reader = await files.open(path, options);
    } catch (error) {
      if (!isAtdataError(error)) throw error;
    } finally {
      if (reader === undefined) done();
    }
    return reader && whileReading(reader, done);
  }

  return {
    name: `cached ${source.name}`,
    schemes: source.schemes,
    capabilities: { range: source.capabilities.range, local: false },
    list: (ref, options) => source.list(ref, options),
    async open(url, options) {
      options?.signal?.throwIfAborted();
      const sha256 = nameOf(options);
      if (sha256 === undefined) return source.open(url, options);
      const copy = await openCopy(sha256, options);
      if (copy !== undefined) return copy;
      const reader = await source.open(url, options);
      const whole = (options?.start ?? 0) === 0 && reader.compression === undefined;
      return whole ? new KeepingReader(reader, folder, url, sha256) : reader;
    },
    ...(read && {
      async read(url, offset, length, options) {
        options?.signal?.throwIfAborted();
        const sha256 = nameOf(options);
        const path = sha256 === undefined ? undefined : await folder.find(sha256, options?.signal);
        try {
          if (path !== undefined) return await (files.read as typeof read)(path, offset, length, options);
        } catch (error) {
          // Another process may have removed the copy meanwhile.
          if (!isAtdataError(error)) throw error;
        }
        return read.call(source, url, offset, length, options);
      },
    }),
    ...(size && { size: (url, options) => size.call(source, url, options) }),
    ...(source[Symbol.asyncDispose] && {
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]?.() as PromiseLike<void>,
    }),
  };
}

type OpenOptions = Parameters<DataSource["open"]>[1];

/** The name of the copy. Only what is a checksum may become the name of a file. */
function nameOf(options: ReadFileOptions | undefined): string | undefined {
  const name = options?.sha256?.toLowerCase();
  return name !== undefined && /^[0-9a-f]{64}$/.test(name) ? name : undefined;
}

function whileReading(reader: ByteReader, done: () => void): ByteReader {
  return {
    next: () => reader.next(),
    release: (chunk) => reader.release?.(chunk),
    prefer: (bytes) => reader.prefer?.(bytes),
    close: () => reader.close().finally(done),
  };
}
