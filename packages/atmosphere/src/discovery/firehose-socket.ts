const CONNECT_MS = 20_000;

/** What is done with a connection. */
export interface SocketUse {
  /** Is told that it is open. */
  opened(): void;
  /** Takes a message, and tells whether more are wanted. What it throws ends the connection. */
  take(data: unknown): boolean;
}

/** Why a connection ended without a failure: `take` wanted no more, or nothing came for long. */
export type SocketEnd = "enough" | "silence";

/** Thrown when a service does not answer, or hangs up. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/**
 * Opens a WebSocket and hands on its messages until no more are wanted, nothing came for `silenceMs`, or the signal is aborted.
 *
 * @throws ConnectionLost – it could not be opened, or the other side closed it.
 * @throws what `take` throws; the signal's reason.
 */
export function useSocket(
  url: string,
  { opened, take }: SocketUse,
  { silenceMs, signal }: { readonly silenceMs: number; readonly signal: AbortSignal },
): Promise<SocketEnd> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    const listening = new AbortController();
    let timer = setTimeout(() => end(() => lost("it did not answer")), CONNECT_MS);

    function end(settle: () => void): void {
      clearTimeout(timer);
      listening.abort();
      socket.close();
      settle();
    }
    function lost(why: string): void {
      reject(new ConnectionLost(why));
    }
    function heard(): void {
      clearTimeout(timer);
      // A connection that is gone without a word looks like one on which nothing happens.
      timer = setTimeout(() => end(() => resolve("silence")), silenceMs);
    }
    function guarded(work: () => void): void {
      try {
        work();
      } catch (error) {
        end(() => reject(error));
      }
    }
    function message({ data }: MessageEvent): void {
      heard();
      guarded(() => {
        if (!take(data)) end(() => resolve("enough"));
      });
    }
    const options = { signal: listening.signal };
    signal.addEventListener("abort", () => end(() => reject(signal.reason)), options);
    socket.addEventListener("open", heard, options);
    socket.addEventListener("open", () => guarded(opened), options);
    socket.addEventListener("error", () => end(() => lost("the connection failed")), options);
    socket.addEventListener("close", () => end(() => lost("the connection was closed")), options);
    socket.addEventListener("message", message, options);
  });
}
