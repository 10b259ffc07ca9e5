/** Sends requests, and counts what came of the blobs that were asked for. */
export interface CountingFetch {
  readonly fetch: typeof fetch;
  /** Bytes of the bodies that were read of each blob, by CID. */
  readonly blobs: ReadonlyMap<string, number>;
  forget(): void;
}

/** Makes a `fetch` that counts the bytes of blobs as they are read. */
export function countingFetch(): CountingFetch {
  const blobs = new Map<string, number>();
  return {
    blobs,
    forget: () => blobs.clear(),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { pathname, searchParams } = new URL(request.url);
      const cid = pathname === "/xrpc/com.atproto.sync.getBlob" ? searchParams.get("cid") : null;
      const response = await fetch(request);
      if (cid === null) return response;
      blobs.set(cid, blobs.get(cid) ?? 0);
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          blobs.set(cid, (blobs.get(cid) ?? 0) + chunk.length);
          controller.enqueue(chunk);
        },
      });
      const { status, statusText, headers, body } = response;
      return new Response(body?.pipeThrough(count) ?? null, { status, statusText, headers });
    },
  };
}
