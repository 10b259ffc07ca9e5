import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { encode } from "@atproto/lex-cbor";
import { cidForCbor, type LexValue } from "@atproto/lex-data";
import { BlockMap, blocksToCarFile } from "@atproto/repo";

/** A service that sends what a test tells it to, and nothing that a PDS would. */
export interface FakeFirehose extends AsyncDisposable {
  readonly url: string;
  /** The cursors that were asked for, connection by connection. */
  readonly cursors: readonly (string | null)[];
  /** Messages that were sent so far, over all connections. */
  readonly sent: number;
}

/** One client that is connected. */
export interface FakeClient {
  /** The cursor that it asked for. */
  readonly cursor: string | null;
  /** Connections before this one. */
  readonly before: number;
  readonly closed: boolean;
  /** Sends a binary message, once the last one is on its way. */
  send(bytes: Uint8Array): Promise<void>;
  /** Sends a text. */
  sendText(text: string): Promise<void>;
  /** Breaks the connection. */
  cut(): void;
}

/** Starts a service on a free port of the loopback interface; `serve` is called for each connection. */
export async function fakeFirehose(serve: (client: FakeClient) => Promise<void>): Promise<FakeFirehose> {
  const cursors: (string | null)[] = [];
  const sockets = new Set<Duplex>();
  let sent = 0;
  const server = createServer((_, response) => response.writeHead(404).end());
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    let closed = false;
    sockets.add(socket);
    // Clients send nothing but the end.
    socket.on("data", () => {
      closed = true;
      socket.end(Uint8Array.of(0x88, 0));
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      closed = true;
      sockets.delete(socket);
    });
    const cursor = new URL(request.url ?? "/", "http://fake").searchParams.get("cursor");
    cursors.push(cursor);
    const write = async (opcode: number, bytes: Uint8Array): Promise<void> => {
      if (closed) return;
      sent += 1;
      await new Promise<void>((resolve) => socket.write(message(opcode, bytes), () => resolve()));
    };
    void serve({
      cursor,
      before: cursors.length - 1,
      get closed() {
        return closed;
      },
      send: (bytes) => write(2, bytes),
      sendText: (text) => write(1, new TextEncoder().encode(text)),
      cut: () => socket.destroy(),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cursors,
    get sent() {
      return sent;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function message(opcode: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([head, bytes]);
}

/** A message as services send it. */
export function frame(header: LexValue, body: LexValue): Uint8Array {
  return Buffer.concat([encode(header), encode(body)]);
}

/** What a commit is made of. */
export interface FakeCommit {
  readonly seq: number;
  /** Records by their paths; `null` for one that goes. */
  readonly records: Readonly<Record<string, LexValue | null>>;
  /** Changes the records' CAR. */
  readonly spoil?: (car: Uint8Array) => Uint8Array;
  readonly more?: Readonly<Record<string, LexValue>>;
}

/** DID of all that is made here. */
const FAKE_DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

/** The message of a commit. */
export async function commitFrame({ seq, records, spoil = (car) => car, more }: FakeCommit): Promise<Uint8Array> {
  const blocks = new BlockMap();
  const ops: LexValue[] = [];
  for (const [path, record] of Object.entries(records)) {
    if (record === null) {
      ops.push({ action: "delete", path, cid: null });
      continue;
    }
    const bytes = encode(record);
    const cid = await cidForCbor(bytes);
    blocks.set(cid, bytes);
    ops.push({ action: "create", path, cid });
  }
  const root = await cidForCbor(encode({ seq }));
  const car = spoil(new Uint8Array(await blocksToCarFile(root, blocks)));
  const time = new Date().toISOString();
  return frame(
    { op: 1, t: "#commit" },
    { seq, repo: FAKE_DID, time, ops, blocks: car, tooBig: false, rebase: false, commit: root, ...more },
  );
}

/** A record of a label that fits its lexicon. */
export function labelRecord(name: string): Record<string, LexValue> {
  return {
    $type: "science.alt.dataset.label",
    name,
    datasetUri: `at://${FAKE_DID}/science.alt.dataset.entry/3kaaaaaaaaa22`,
    createdAt: "2026-02-03T04:05:06.123456+00:00",
  };
}
