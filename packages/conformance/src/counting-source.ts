import type { ByteReader, DataSource } from "@atdata/core";

/** A source that counts; the numbers grow as it is used. */
export interface CountingSource extends DataSource {
  /** Urls opened, in order. */
  readonly opens: readonly string[];
  /** Ranges read, in order. */
  readonly reads: readonly { readonly url: string; readonly offset: number; readonly length: number }[];
  /** Bytes given by readers and ranges together. */
  readonly bytes: number;
  /** Readers that were opened and not closed. */
  readonly openReaders: number;
}

/**
 * Wraps a source so that a test can say what was read of it.
 *
 * @example
 * ```ts
 * import { countingSource } from "@atdata/conformance";
 * import { memorySource } from "@atdata/core";
 * const source = countingSource(memorySource({ "a.tar": new Uint8Array(1024) }));
 * await source.read?.("a.tar", 0, 512);
 * source.bytes; // -> 512
 * ```
 */
export function countingSource(source: DataSource): CountingSource {
  const opens: string[] = [];
  const reads: { url: string; offset: number; length: number }[] = [];
  let bytes = 0;
  let openReaders = 0;
  const { read, size } = source;
  return {
    name: source.name,
    schemes: source.schemes,
    capabilities: source.capabilities,
    opens,
    reads,
    get bytes() {
      return bytes;
    },
    get openReaders() {
      return openReaders;
    },
    list: (ref, options) => source.list(ref, options),
    async open(url, options) {
      opens.push(url);
      const reader = await source.open(url, options);
      openReaders++;
      let closed = false;
      const counted: ByteReader = {
        async next() {
          const chunk = await reader.next();
          bytes += chunk?.length ?? 0;
          return chunk;
        },
        async close() {
          if (!closed) openReaders--;
          closed = true;
          await reader.close();
        },
      };
      if (reader.release) counted.release = (chunk) => reader.release?.(chunk);
      if (reader.prefer) counted.prefer = (length) => reader.prefer?.(length);
      return counted;
    },
    ...(read && {
      async read(url, offset, length, options) {
        reads.push({ url, offset, length });
        const range = await read.call(source, url, offset, length, options);
        bytes += range.length;
        return range;
      },
    }),
    ...(size && { size: (url, options) => size.call(source, url, options) }),
  };
}
