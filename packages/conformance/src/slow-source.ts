import type { DataSource } from "@atdata/core";

/**
 * Wraps a source so that each `open`, `read` and `size`, and each chunk, takes `latencyMs` longer, as over a network.
 *
 * A signal ends the waiting too. The wrapped source does not count as local.
 */
export function slowSource(source: DataSource, latencyMs: number): DataSource {
  const { read, size } = source;
  return {
    name: source.name,
    schemes: source.schemes,
    capabilities: { ...source.capabilities, local: false },
    list: (ref, options) => source.list(ref, options),
    async open(url, options) {
      await delay(latencyMs, options?.signal);
      const reader = await source.open(url, options);
      return {
        async next() {
          await delay(latencyMs, options?.signal);
          return reader.next();
        },
        close: () => reader.close(),
      };
    },
    ...(read && {
      async read(url, offset, length, options) {
        await delay(latencyMs, options?.signal);
        return read.call(source, url, offset, length, options);
      },
    }),
    ...(size && {
      async size(url, options) {
        await delay(latencyMs, options?.signal);
        return size.call(source, url, options);
      },
    }),
  };
}

function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
