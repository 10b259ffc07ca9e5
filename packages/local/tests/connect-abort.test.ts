import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { connectPostgres } from "@atdata/local/postgres";
import { connectRedis } from "@atdata/local/redis";
import { expect, it } from "vitest";

it.each([
  ["redis", connectRedis],
  ["postgres", connectPostgres],
])("gives up connecting to a %s that says nothing when it is told to", async (scheme, connect) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => {}))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const abort = new AbortController();
  try {
    const connecting = connect(`${scheme}://127.0.0.1:${port}/x`, { signal: abort.signal });
    server.once("connection", () => abort.abort(new Error("enough")));
    await expect(connecting).rejects.toThrow("enough");
    const late = connect(`${scheme}://127.0.0.1:${port}/x`, { signal: abort.signal });
    await expect(late).rejects.toThrow("enough");
    expect(sockets.size).toBe(1);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
