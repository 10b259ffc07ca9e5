import { tokenFreeError, tokenFreeText } from "./token-free.ts";

/** Wraps a `fetch` so that neither what it throws nor an answer that is an error has one of these secrets in it. */
export function scrubbingFetch(send: typeof fetch, secrets: () => readonly string[]): typeof fetch {
  return async (input, init) => {
    const known = secrets();
    let response: Response;
    try {
      response = await send(input, init);
    } catch (error) {
      const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
      if (signal?.aborted) throw signal.reason;
      throw tokenFreeError(error, [...known, ...secrets()]);
    }
    if (response.ok || response.body === null) return response;
    const { status, statusText, headers } = response;
    const text = tokenFreeText(await response.text(), known);
    const kept = new Headers(headers);
    for (const name of ["content-encoding", "content-length"]) kept.delete(name);
    return new Response(text, { status, statusText: tokenFreeText(statusText, known), headers: kept });
  };
}
