import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionLost, useSocket } from "./firehose-socket.ts";

/** A socket whose other side the test is. */
class Socket extends EventTarget {
  static last: Socket;
  binaryType = "blob";
  isClosed = false;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    Socket.last = this;
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.dispatchEvent(new Event("open"));
  }

  say(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

const use = (take: (data: unknown) => boolean, signal = new AbortController().signal, opened = (): void => {}) => {
  return useSocket("ws://service", { opened, take }, { silenceMs: 1000, signal });
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a connection to a service", () => {
  it("hands on messages until no more are wanted, and is closed then", async () => {
    const taken: unknown[] = [];
    const end = use((data) => taken.push(data) < 2);
    Socket.last.open();
    for (const data of ["a", "b", "c"]) Socket.last.say(data);
    expect(await end).toBe("enough");
    expect([taken, Socket.last.isClosed, Socket.last.binaryType]).toEqual([["a", "b"], true, "arraybuffer"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is left when nothing is heard for long, counted from the last message", async () => {
    let end: unknown;
    use(() => true).then((ended) => (end = ended));
    Socket.last.open();
    await vi.advanceTimersByTimeAsync(900);
    Socket.last.say("a");
    await vi.advanceTimersByTimeAsync(900);
    expect(end).toBeUndefined();
    await vi.advanceTimersByTimeAsync(100);
    expect([end, Socket.last.isClosed]).toEqual(["silence", true]);
  });

  it("is lost when it does not open in time, cannot be opened, or is closed", async () => {
    const slow = expect(use(() => true)).rejects.toThrow(ConnectionLost);
    await vi.advanceTimersByTimeAsync(20_000);
    await slow;
    for (const how of ["error", "close"]) {
      const lost = expect(use(() => true)).rejects.toThrow(ConnectionLost);
      Socket.last.dispatchEvent(new Event(how));
      await lost;
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it("ends with what is thrown on taking a message, or on opening", async () => {
    const bad = new Error("bad");
    const fail = (): never => {
      throw bad;
    };
    const taking = expect(use(fail)).rejects.toBe(bad);
    Socket.last.say("a");
    await taking;
    const opening = expect(use(() => true, undefined, fail)).rejects.toBe(bad);
    Socket.last.open();
    await opening;
    expect([Socket.last.isClosed, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it("ends with the signal, and is not begun when that was before", async () => {
    const stop = new AbortController();
    const ended = expect(use(() => true, stop.signal)).rejects.toThrow("enough");
    const { last } = Socket;
    stop.abort(new Error("enough"));
    await ended;
    expect(last.isClosed).toBe(true);
    await expect(use(() => true, stop.signal)).rejects.toThrow("enough");
    expect(Socket.last).toBe(last);
  });
});
