import { isAtdataError } from "@atdata/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Firehose } from "./firehose.ts";

/** A service that has gone after its first connection. */
class Socket extends EventTarget {
  static made: Socket[] = [];
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    if (Socket.made.push(this) > 1) setTimeout(() => this.dispatchEvent(new Event("error")));
  }

  close(): void {}
}

beforeEach(() => {
  Socket.made = [];
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  vi.stubGlobal("WebSocket", Socket);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("a service that is away for long", () => {
  it("is tried at growing intervals, and told of once", async () => {
    const stop = new AbortController();
    const service = new URL("https://pds.example");
    const firehose = new Firehose({ service, after: 7, kinds: ["entry"], onOpen: undefined, signal: stop.signal });
    const problems: unknown[] = [];
    const done = (async () => {
      for (let next = await firehose.next(); next !== undefined; next = await firehose.next()) problems.push(next);
    })();
    const [first] = Socket.made;
    first?.dispatchEvent(new Event("open"));
    await vi.advanceTimersByTimeAsync(60_000);
    first?.dispatchEvent(new Event("close"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Socket.made.length).toBe(11);
    expect(new Set(Socket.made.map(({ url }) => url))).toEqual(
      new Set(["wss://pds.example/xrpc/com.atproto.sync.subscribeRepos?cursor=7"]),
    );
    expect(problems.map((problem) => isAtdataError(problem, "PDS_FAILED"))).toEqual([true]);
    stop.abort();
    await done;
    expect(vi.getTimerCount()).toBe(0);
  });
});
