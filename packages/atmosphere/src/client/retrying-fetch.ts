import { askedWaitMs, mayPass, PATIENCE, PassingFailure, type Patience, withDeadline, withRetries } from "./retry.ts";

/**
 * Wraps a `fetch` so that requests are sent again when the connection fails or the server is busy (429, 5xx).
 *
 * Only for requests that may be repeated and whose bodies are not streams. Gives or throws what came last.
 */
export function retryingFetch(send: typeof fetch = fetch, patience: Patience = PATIENCE): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    let busy: Response | undefined;
    const attempt = async (): Promise<Response> => {
      await busy?.body?.cancel();
      busy = undefined;
      const response = await withDeadline(patience.timeoutMs, signal, (both) =>
        send(input instanceof Request ? input.clone() : input, { ...init, signal: both }),
      ).catch((error: unknown) => {
        throw new PassingFailure(error);
      });
      if (!mayPass(response.status)) return response;
      busy = response;
      throw new PassingFailure(undefined, askedWaitMs(response, patience.timing.now()));
    };
    try {
      return await withRetries(patience, signal, attempt);
    } catch (error) {
      if (busy !== undefined && signal?.aborted !== true) return busy;
      throw error;
    }
  };
}
