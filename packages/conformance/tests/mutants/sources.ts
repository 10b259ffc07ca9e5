import { AtdataError, type ByteReader, type DataSource, memorySource, type ShardInfo } from "@atdata/core";
import type { MakeSource, SourceFixture } from "../../src/index.ts";

type Files = Map<string, Uint8Array>;

/** The source that all mutants are made of. */
export const goodSource: MakeSource = (files) => fixture(new Map(Object.entries(files)));

function fixture(
  files: Files,
  change: (source: DataSource, files: Files) => Partial<DataSource> = () => ({}),
): SourceFixture {
  const source = memorySource(files);
  return {
    source: { ...source, ...change(source, files) },
    url: (name) => `memory:/${name}`,
    directory: "memory:/",
    glob: (pattern) => `memory:/${pattern}`,
    async change(name, bytes) {
      files.set(name, bytes);
    },
  };
}

function mutant(change: (source: DataSource, files: Files) => Partial<DataSource>): MakeSource {
  return (files) => fixture(new Map(Object.entries(files)), change);
}

/** Changes the readers that `open` gives. */
function reader(change: (reader: ByteReader, url: string, files: Files) => Partial<ByteReader>): MakeSource {
  return mutant((source, files) => ({
    async open(url, options) {
      const good = await source.open(url, options);
      const forward: ByteReader = {
        next: () => good.next(),
        release: (chunk) => good.release?.(chunk),
        prefer: (bytes) => good.prefer?.(bytes),
        close: () => good.close(),
      };
      return { ...forward, ...change(good, url, files) };
    },
  }));
}

function listing(change: (shards: ShardInfo[], error: unknown, ref: string) => Iterable<ShardInfo>): MakeSource {
  return mutant((source) => ({
    async *list(ref, options) {
      const shards: ShardInfo[] = [];
      let failed: unknown;
      try {
        for await (const shard of source.list(ref, options)) shards.push(shard);
      } catch (error) {
        failed = error;
      }
      options?.signal?.throwIfAborted();
      yield* change(shards, failed, ref);
    },
  }));
}

const nameOf = (url: string): string => url.slice("memory:/".length);
const shared: Files = new Map();

/** Sources with one fault each. */
export const sourceMutants: Readonly<Record<string, MakeSource>> = {
  "shares its files between factory calls": (files) => {
    for (const [name, bytes] of Object.entries(files)) shared.set(name, bytes);
    return fixture(shared);
  },
  "reads ranges without saying so": mutant((source) => ({ capabilities: { ...source.capabilities, range: false } })),
  "has schemes with a colon": mutant(() => ({ schemes: ["memory:"] })),
  "gives Buffers": reader((good) => ({
    async next() {
      const chunk = await good.next();
      return chunk && Buffer.from(chunk);
    },
  })),
  "gives an empty chunk before the end": reader((good) => {
    let ended = false;
    return {
      async next() {
        const chunk = await good.next();
        if (chunk !== undefined || ended) return chunk;
        ended = true;
        return new Uint8Array();
      },
    };
  }),
  "ignores start": mutant((source) => ({ open: (url, options) => source.open(url, { signal: options?.signal }) })),
  "opens a missing file as an empty one": mutant((source, files) => ({
    async open(url, options) {
      if (!files.has(nameOf(url))) files.set(nameOf(url), new Uint8Array());
      return source.open(url, options);
    },
  })),
  "fails for a missing file only at the first chunk": mutant((source) => ({
    async open(url, options) {
      const opened = source.open(url, options);
      opened.catch(() => {});
      options?.signal?.throwIfAborted();
      return { next: async () => (await opened).next(), close: async () => {} };
    },
  })),
  "gives the same memory for every chunk": reader((good) => {
    const memory = new Uint8Array(1 << 20);
    return {
      async next() {
        const chunk = await good.next();
        if (chunk === undefined) return undefined;
        memory.set(chunk);
        return memory.subarray(0, chunk.length);
      },
    };
  }),
  "gives views of the file": mutant((_, files) => ({
    async open(url, options) {
      const bytes = files.get(nameOf(url));
      options?.signal?.throwIfAborted();
      if (bytes === undefined) throw new AtdataError("NOT_FOUND", "no such file", { url });
      let at = options?.start ?? 0;
      return {
        async next() {
          options?.signal?.throwIfAborted();
          const chunk = bytes.subarray(at, at + 1000_000);
          at += chunk.length;
          return chunk.length === 0 ? undefined : chunk;
        },
        close: async () => {},
      };
    },
  })),
  "writes into memory that is not its own": reader((good) => {
    const pool: Uint8Array[] = [];
    return {
      async next() {
        const chunk = await good.next();
        const index = pool.findIndex((memory) => memory.length >= (chunk?.length ?? 0));
        const memory = pool[index];
        if (chunk === undefined || memory === undefined) return chunk;
        pool.splice(index, 1);
        memory.set(chunk);
        return memory.subarray(0, chunk.length);
      },
      release: (chunk) => {
        pool.push(chunk);
      },
    };
  }),
  "takes its memory back as often as it is released": reader((good) => {
    const own = new WeakSet<Uint8Array>();
    const pool: Uint8Array[] = [];
    return {
      async next() {
        const chunk = await good.next();
        if (chunk === undefined) return undefined;
        const memory = pool.pop() ?? new Uint8Array(1 << 20);
        memory.set(chunk);
        own.add(memory);
        return memory.length === chunk.length ? memory : memory.slice(0, chunk.length);
      },
      release(chunk) {
        if (own.has(chunk)) pool.push(chunk);
      },
    };
  }),
  "loses bytes when a length is preferred": reader((good) => {
    let wanted = 0;
    return {
      prefer: (bytes) => {
        wanted = bytes;
      },
      async next() {
        const chunk = await good.next();
        return wanted === 0 ? chunk : chunk?.slice(0, Math.max(1, chunk.length - (chunk.length % wanted)));
      },
    };
  }),
  "gives bytes after close": reader(() => ({ close: async () => {} })),
  "throws when closed twice": reader((good) => {
    let closed = false;
    return {
      async close() {
        if (closed) throw new Error("closed before");
        closed = true;
        await good.close();
      },
    };
  }),
  "ignores signals": mutant((source) => ({
    list: (ref) => source.list(ref),
    open: (url, options) => source.open(url, { start: options?.start }),
    ...(source.read && {
      read: (url: string, offset: number, length: number) =>
        source.read?.(url, offset, length) ?? Promise.reject(new Error("none")),
    }),
    ...(source.size && { size: (url: string) => source.size?.(url) ?? Promise.resolve(undefined) }),
  })),
  "wraps the signal's reason": mutant((source) => ({
    async open(url, options) {
      if (options?.signal?.aborted) throw new Error("aborted");
      return source.open(url, options);
    },
  })),
  "keeps one position for all readers": mutant((source) => {
    const queue: ByteReader[] = [];
    return {
      async open(url, options) {
        const opened = await source.open(url, options);
        queue.push(opened);
        return { next: () => (queue.at(-1) ?? opened).next(), close: () => opened.close() };
      },
    };
  }),
  "mixes old and new bytes of a file that is replaced": mutant((source, files) => ({
    async open(url, options) {
      const good = await source.open(url, options);
      let at = options?.start ?? 0;
      let closed = false;
      return {
        async next() {
          options?.signal?.throwIfAborted();
          const chunk = files.get(nameOf(url))?.slice(at, at + (1 << 20)) ?? new Uint8Array();
          at += chunk.length;
          return closed || chunk.length === 0 ? undefined : chunk;
        },
        async close() {
          closed = true;
          await good.close();
        },
      };
    },
  })),
  "pads short ranges": mutant((source) => ({
    async read(url, offset, length, options) {
      const padded = new Uint8Array(length);
      padded.set((await source.read?.(url, offset, length, options)) ?? []);
      return padded;
    },
  })),
  "reads one byte too far on": mutant((source) => ({
    read: async (url, offset, length, options) =>
      (await source.read?.(url, offset + 1, length, options)) ?? new Uint8Array(),
  })),
  "reads an empty range of a missing file": mutant((source, files) => ({
    async read(url, offset, length, options) {
      options?.signal?.throwIfAborted();
      if (!files.has(nameOf(url))) return new Uint8Array();
      return (await source.read?.(url, offset, length, options)) ?? new Uint8Array();
    },
  })),
  "gives ranges as views of the file": mutant((source, files) => ({
    async read(url, offset, length, options) {
      await source.read?.(url, 0, 0, options);
      return files.get(nameOf(url))?.subarray(offset, offset + length) ?? new Uint8Array();
    },
  })),
  "answers all ranges that are asked for at once with the last one": mutant((source) => {
    let last: [string, number, number] = ["", 0, 0];
    return {
      async read(url, offset, length, options) {
        last = [url, offset, length];
        await Promise.resolve();
        return (await source.read?.(...last, options)) ?? new Uint8Array();
      },
    };
  }),
  "says that a missing file has length 0": mutant((source) => ({
    size: async (url, options) => (await source.size?.(url, options)) ?? 0,
  })),
  "looks whether a single url exists": mutant((source, files) => ({
    async *list(ref, options) {
      if (ref.endsWith("none.tar")) throw new AtdataError("NO_SHARDS", "none", { ref });
      if (files.size > 0) yield* source.list(ref, options);
    },
  })),
  "loses the order of shards": listing((shards, error) => {
    if (error !== undefined) throw error;
    return shards.reverse();
  }),
  "lists sidecars": mutant((_, files) => ({
    async *list(ref, options) {
      options?.signal?.throwIfAborted();
      if (ref.endsWith(".tar")) yield { url: ref };
      else for (const name of [...files.keys()].sort()) yield { url: `memory:/${name}` };
    },
  })),
  "lists nothing where it should say NO_SHARDS": listing((shards) => shards),
};
