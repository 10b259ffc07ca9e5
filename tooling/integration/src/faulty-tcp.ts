import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a proxy does with the bytes of its connections. */
export type TcpFault =
  /** Passes them on. */
  | "none"
  /** Closes every connection as soon as it is made. */
  | "refuse"
  /** Breaks the connection once it has passed on so many bytes of requests or of answers, and is `"none"` after that. */
  | { readonly side: "request" | "answer"; readonly breakAfter: number }
  /** Waits so long after each so many bytes, both ways. */
  | { readonly every: number; readonly ms: number };

/** A proxy in front of any server. */
export interface FaultyTcp extends AsyncDisposable {
  readonly port: number;
  /** How many connections it has broken. */
  readonly broken: number;
  /** Decides what goes wrong from now on. */
  set(fault: TcpFault): void;
}

/** Starts a proxy on a free port of the loopback interface that lets the connections to a port go wrong. */
export async function faultyTcp(target: number): Promise<FaultyTcp> {
  const sockets = new Set<Socket>();
  let fault: TcpFault = "none";
  let left = 0;
  let broken = 0;

  /** Passes on what comes from one side, until it is to break. */
  async function pass(from: Socket, to: Socket, side: "request" | "answer"): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      if (typeof fault === "object" && "side" in fault && fault.side === side) {
        if (chunk.length >= left) {
          if (left > 0) await written(to, chunk.subarray(0, left));
          fault = "none";
          broken++;
          return;
        }
        left -= chunk.length;
      }
      if (typeof fault === "object" && "every" in fault) {
        const { every, ms } = fault;
        for (let at = 0; at < chunk.length; at += every) {
          await written(to, chunk.subarray(at, at + every));
          await sleep(ms);
        }
      } else await written(to, chunk);
    }
  }

  const server = createServer({ noDelay: true }, (client) => {
    // A connection that breaks is what this is for.
    client.on("error", () => {});
    if (fault === "refuse") {
      broken++;
      client.destroy();
      return;
    }
    const onward = connect({ port: target, host: "127.0.0.1", noDelay: true }).on("error", () => {});
    const end = (): void => {
      for (const socket of [client, onward]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [client, onward]) sockets.add(socket);
    void pass(client, onward, "request")
      .catch(() => {})
      .finally(end);
    void pass(onward, client, "answer")
      .catch(() => {})
      .finally(end);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get broken() {
      return broken;
    },
    set(next) {
      fault = next;
      left = typeof next === "object" && "side" in next ? next.breakAfter : 0;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Settles when the bytes have left, so that the other side gets them before the connection breaks. */
function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
