import { isAtdataError } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { watch } from "../src/index.ts";
import { commitFrame, type FakeClient, fakeFirehose, frame, labelRecord } from "./fake-firehose.ts";
import { failure } from "./network-fixture.ts";
import { keeping, label, names, path, sending, take } from "./watch-services.ts";

describe("a connection to a service that is watched", () => {
  it("that breaks is opened again behind the last message", async () => {
    await using service = await keeping(30, async (client, seq) => {
      if (seq % 10 === 0) client.cut();
    });
    const { events, problems } = await take(30, service);
    expect(names(events)).toEqual(Array.from({ length: 30 }, (_, i) => `n${i + 1}`));
    expect(service.cursors).toEqual([null, "10", "20"]);
    expect(problems.map(({ code }) => code)).toEqual(["PDS_FAILED", "PDS_FAILED"]);
  });

  it("gives nothing twice that the service sends twice", async () => {
    await using service = await sending(label(1), label(2), label(2), label(1), label(3));
    expect(names((await take(3, service)).events)).toEqual(["n1", "n2", "n3"]);
  });

  it("that broke before the first message loses nothing since the beginning, and gives nothing older", async () => {
    const old = await commitFrame({
      seq: 1,
      records: { [path(1)]: labelRecord("old") },
      more: { time: "2026-01-01T00:00:00.000Z" },
    });
    await using service = await fakeFirehose(async (client) => {
      if (client.before === 0) return client.cut();
      await client.send(old);
      await client.send(await label(2));
    });
    const { events } = await take(1, service);
    expect([names(events), service.cursors]).toEqual([["n2"], [null, "0"]]);
  });

  it("goes on behind the event whose cursor is given, also within a commit", async () => {
    const records = { [path(1)]: labelRecord("a"), [path(2)]: labelRecord("b"), [path(3)]: labelRecord("c") };
    await using service = await fakeFirehose(async (client) => {
      if (Number(client.cursor ?? 0) < 7) await client.send(await commitFrame({ seq: 7, records }));
      await client.send(await label(8));
    });
    const { events } = await take(3, service);
    const after = async (i: number): Promise<unknown> => {
      return names((await take(3 - i, service, { cursor: events[i]?.cursor })).events);
    };
    expect(await after(0)).toEqual(["b", "c", "n8"].slice(0, 3));
    expect(await after(1)).toEqual(["c", "n8"]);
    expect(await after(2)).toEqual(["n8"]);
  });

  it("is given up when the cursor is ahead of the service", async () => {
    await using service = await sending(frame({ op: -1 }, { error: "FutureCursor", message: "Cursor in the future." }));
    expect(await failure(take(1, service, { cursor: "99" }))).toMatchObject({
      code: "CURSOR_INVALID",
      fields: { cursor: "99" },
    });
  });

  it("is given up when the service refuses", async () => {
    await using service = await sending(frame({ op: -1 }, { error: "InvalidRequest", message: "no" }));
    expect(await failure(take(1, service))).toMatchObject({ code: "PDS_FAILED", fields: { error: "InvalidRequest" } });
  });

  it("is given up when the service is not there in the first place", async () => {
    const service = await sending();
    await service[Symbol.asyncDispose]();
    expect(await failure(take(1, service))).toMatchObject({
      code: "PDS_FAILED",
      fields: { pds: service.url, operation: "com.atproto.sync.subscribeRepos" },
    });
  }, 30_000);

  it("is opened again when the service thinks that the client is too slow", async () => {
    await using service = await fakeFirehose(async (client) => {
      if (client.before > 0) return client.send(await label(2));
      await client.send(await label(1));
      await client.send(frame({ op: -1 }, { error: "ConsumerTooSlow" }));
    });
    const { events } = await take(2, service);
    expect([names(events), service.cursors]).toEqual([
      ["n1", "n2"],
      [null, "1"],
    ]);
  });

  it("tells that a cursor is too old", async () => {
    await using service = await sending(frame({ op: 1, t: "#info" }, { name: "OutdatedCursor" }), label(50));
    const { events, problems } = await take(1, service, { cursor: "3" });
    expect([names(events), problems.map(({ code }) => code)]).toEqual([["n50"], ["EVENTS_MISSED"]]);
    const all = await take(1, service, { cursor: "0" });
    expect([names(all.events), all.problems]).toEqual([["n50"], []]);
  });

  it("sends no more than a bounded number ahead to who is slow, who gets all of them", async () => {
    const last = 3000;
    const other = { "app.example.post/1": { text: "x".repeat(20_000) } };
    await using service = await fakeFirehose(async (client) => {
      for (let seq = Number(client.cursor) + 1; seq <= last && !client.closed; seq++) {
        await client.send(await commitFrame({ seq, records: { [path(seq)]: labelRecord(`n${seq}`), ...other } }));
      }
    });
    const seen: unknown[] = [];
    let aheadOfFirst = 0;
    for await (const event of watch({ service: service.url, cursor: "0" })) {
      if (seen.length === 0) aheadOfFirst = await settled(() => service.sent);
      seen.push(event.seq);
      if (seen.length === last) break;
    }
    expect(seen).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    expect(aheadOfFirst).toBeLessThan(2000);
    expect(Number(service.cursors[1])).toBeLessThan(1100);
  }, 60_000);
});

describe("the end of watching", () => {
  it("comes with the signal, without an error, also while nothing happens", async () => {
    await using service = await sending(label(1));
    const stop = new AbortController();
    const seen: unknown[] = [];
    for await (const event of watch({ service: service.url, signal: stop.signal })) {
      seen.push(event.seq);
      setTimeout(() => stop.abort(), 20);
    }
    expect(seen).toEqual([1]);
  });

  it("comes with the signal while there is more to give, and while the service is away", async () => {
    await using service = await keeping(100);
    const stop = new AbortController();
    let seen = 0;
    for await (const _ of watch({ service: service.url, signal: stop.signal })) {
      seen += 1;
      if (seen === 3) stop.abort();
    }
    expect(seen).toBe(3);
    await service[Symbol.asyncDispose]();
    const soon = AbortSignal.timeout(50);
    for await (const _ of watch({ service: service.url, signal: soon })) seen += 1;
    for await (const _ of watch({ service: service.url, signal: soon })) seen += 1;
    expect(seen).toBe(3);
  });

  it("closes the connection when the loop is left", async () => {
    const clients: FakeClient[] = [];
    await using service = await fakeFirehose(async (client) => {
      clients.push(client);
      await client.send(await label(1));
    });
    await take(1, service);
    await expect.poll(() => clients[0]?.closed).toBe(true);
  });

  it("is at once for arguments that are wrong", async () => {
    expect(() => watch({ service: "ftp://x" })).toThrow(TypeError);
    expect(() => watch({ service: "https://x", kinds: ["post" as "label"] })).toThrow(RangeError);
    for (const cursor of ["", "x", "1+", "-1", "1+0", "1 "]) {
      const error = await failure(watch({ service: "http://127.0.0.1:1", cursor }).next());
      expect(isAtdataError(error, "CURSOR_INVALID"), cursor).toBe(true);
    }
  });
});

/** Waits until a number no longer grows. */
async function settled(number: () => number): Promise<number> {
  for (let before = -1; ; ) {
    if (number() === before) return before;
    before = number();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
