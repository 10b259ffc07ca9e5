/** Fetches a url and drops its body chunk by chunk; gives its length. */
export async function drainFetch(url: string): Promise<number> {
  const response = await fetch(url);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.length;
  }
}
