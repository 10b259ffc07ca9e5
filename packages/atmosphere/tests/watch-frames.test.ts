import { type AtdataError, isAtdataError } from "@atdata/core";
import { encode } from "@atproto/lex-cbor";
import { describe, expect, it } from "vitest";
import { type WatchEvent, type WatchOptions, watch } from "../src/index.ts";
import { commitFrame, type FakeClient, type FakeFirehose, fakeFirehose, frame, labelRecord } from "./fake-firehose.ts";
import { failure } from "./network-fixture.ts";

const path = (i: number): string => `science.alt.dataset.label/label${i}`;
const label = (seq: number): Promise<Uint8Array> => {
  return commitFrame({ seq, records: { [path(seq)]: labelRecord(`n${seq}`) } });
};
const forever = (): Promise<void> => new Promise(() => {});

/** Takes so many events, and what was passed over meanwhile. */
async function take(
  count: number,
  service: FakeFirehose,
  options: Partial<WatchOptions> = {},
): Promise<{ events: WatchEvent[]; problems: AtdataError[] }> {
  const events: WatchEvent[] = [];
  const problems: AtdataError[] = [];
  const onProblem = (problem: AtdataError): void => void problems.push(problem);
  if (count === 0) return { events, problems };
  for await (const event of watch({ service: service.url, onProblem, ...options })) {
    events.push(event);
    if (events.length === count) break;
  }
  return { events, problems };
}

/** A service that sends these messages to every client, and waits then. */
function sending(...messages: readonly (Uint8Array | Promise<Uint8Array>)[]): Promise<FakeFirehose> {
  return fakeFirehose(async (client) => {
    for (const message of messages) await client.send(await message);
    await forever();
  });
}

/** A service that has the events from 1 to `last`, and sends those behind the cursor. */
function keeping(last: number, each?: (client: FakeClient, seq: number) => Promise<void>): Promise<FakeFirehose> {
  return fakeFirehose(async (client) => {
    for (let seq = Number(client.cursor ?? 0) + 1; seq <= last && !client.closed; seq++) {
      await client.send(await label(seq));
      await each?.(client, seq);
    }
  });
}

const names = (events: readonly WatchEvent[]): unknown[] => {
  return events.map((event) => (event.action === "delete" ? event.uri : event.record.name));
};

describe("messages of a service that is watched", () => {
  it("are events of the records that are watched, in the order of the commit", async () => {
    const records = { [path(1)]: labelRecord("a"), "app.bsky.feed.post/1": { text: "hi" }, [path(2)]: null };
    await using service = await sending(commitFrame({ seq: 5, records }));
    const { events } = await take(2, service);
    expect(events.map(({ kind, action, seq, cursor }) => ({ kind, action, seq, cursor }))).toEqual([
      { kind: "label", action: "create", seq: 5, cursor: "5+1" },
      { kind: "label", action: "delete", seq: 5, cursor: "5" },
    ]);
    expect(events[0]).toMatchObject({ record: labelRecord("a") });
  });

  it("of the kinds that are not asked for are passed over", async () => {
    const lens = { "science.alt.dataset.lens/1": null };
    await using service = await sending(label(1), commitFrame({ seq: 2, records: lens }));
    const { events } = await take(1, service, { kinds: ["lens"] });
    expect(events[0]?.kind).toBe("lens");
  });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>, string]>([
    ["with a record that its lexicon refuses", () => badRecord({ ...labelRecord("x"), name: 7 }), "RECORD_INVALID"],
    ["with a record of another type", () => badRecord({ ...labelRecord("x"), $type: "a.b.c" }), "RECORD_INVALID"],
    ["with a record that is no map", () => badRecord("label"), "RECORD_INVALID"],
    ["with a record that nests too deep", () => badRecord(deep(200)), "FRAME_INVALID"],
    ["with a record whose block has a flipped byte", () => spoilt((car) => flip(car, car.length - 3)), "FRAME_INVALID"],
    ["with a record whose block is not there", () => spoilt((car) => car.subarray(0, 60)), "FRAME_INVALID"],
    ["with a CAR that is cut off", () => spoilt((car) => car.subarray(0, -2)), "FRAME_INVALID"],
    ["with a CAR that is none", () => spoilt(() => Uint8Array.of(1, 2, 3)), "FRAME_INVALID"],
    ["with a key that is none", () => commitFrame({ seq: 1, records: { [`${path(1)}/x`]: null } }), "FRAME_INVALID"],
    ["of nothing", () => new Uint8Array(), "FRAME_INVALID"],
    ["of noise", () => Uint8Array.of(255, 254, 253), "FRAME_INVALID"],
    ["of a header alone", () => encode({ op: 1, t: "#commit" }), "FRAME_INVALID"],
    ["of lists", () => frame([], []), "FRAME_INVALID"],
    ["of a nest of lists", () => new Uint8Array(1_000_000).fill(0x81), "FRAME_INVALID"],
    ["of too many bytes", () => new Uint8Array(9 << 20), "FRAME_INVALID"],
    ["without a number", () => frame({ op: 1, t: "#commit" }, { repo: "did:plc:a" }), "FRAME_INVALID"],
    ["of nobody", () => commitFrame({ seq: 1, records: {}, more: { repo: "nobody" } }), "FRAME_INVALID"],
    ["of no time", () => commitFrame({ seq: 1, records: {}, more: { time: "then" } }), "FRAME_INVALID"],
    ["without operations", () => commitFrame({ seq: 1, records: {}, more: { ops: 3 } }), "FRAME_INVALID"],
    [
      "of a commit that is too big",
      () => commitFrame({ seq: 1, records: {}, more: { tooBig: true } }),
      "EVENTS_MISSED",
    ],
    [
      "of a repository that was replaced",
      () => frame({ op: 1, t: "#sync" }, { seq: 1, did: "did:plc:abc", time: "" }),
      "EVENTS_MISSED",
    ],
  ])("%s are told and passed over", async (_, bad, code) => {
    await using service = await sending(bad(), label(2));
    const { events, problems } = await take(1, service);
    expect(names(events)).toEqual(["n2"]);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });

  it("that are text are told and passed over", async () => {
    await using service = await fakeFirehose(async (client) => {
      await client.sendText("hello");
      await client.send(await label(2));
    });
    const { events, problems } = await take(1, service);
    expect([names(events), problems[0]?.code]).toEqual([["n2"], "FRAME_INVALID"]);
  });

  it("give no record a prototype", async () => {
    const bytes = Buffer.from(await commitFrame({ seq: 1, records: { [path(1)]: protoRecord() } }));
    const hashed = (): Uint8Array => bytes;
    await using service = await sending(hashed(), label(2));
    const { events, problems } = await take(1, service);
    expect(names(events)).toEqual(["n2"]);
    expect(problems[0]).toMatchObject({ code: "FRAME_INVALID", fields: { seq: 1 } });
  });

  it("of later versions, about accounts, and notes are passed over in silence", async () => {
    const time = new Date().toISOString();
    await using service = await sending(
      frame({ op: 1, t: "#account" }, { seq: 1, did: "did:plc:abc", time, active: true }),
      frame({ op: 1, t: "#later" }, { anything: 1 }),
      frame({ op: 1, t: "#info" }, { name: "Hello" }),
      label(2),
    );
    const { events, problems } = await take(1, service);
    expect([names(events), problems]).toEqual([["n2"], []]);
  });

  it("are checked strictly where the hook throws", async () => {
    await using service = await sending(badRecord({ ...labelRecord("x"), name: 7 }), label(2));
    const onProblem = (problem: AtdataError): never => {
      throw problem;
    };
    expect(await failure(take(1, service, { onProblem }))).toMatchObject({ code: "RECORD_INVALID" });
  });
});

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

function badRecord(record: Parameters<typeof encode>[0]): Promise<Uint8Array> {
  return commitFrame({ seq: 1, records: { [path(1)]: record } });
}

function spoilt(spoil: (car: Uint8Array) => Uint8Array): Promise<Uint8Array> {
  return commitFrame({ seq: 1, records: { [path(1)]: labelRecord("x") }, spoil });
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (bytes[at] ?? 0) ^ 1;
  return copy;
}

function deep(levels: number): Parameters<typeof encode>[0] {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

function protoRecord(): Parameters<typeof encode>[0] {
  return Object.defineProperty(labelRecord("x"), "__proto__", { value: { a: 1 }, enumerable: true });
}

/** Waits until a number no longer grows. */
async function settled(number: () => number): Promise<number> {
  for (let before = -1; ; ) {
    if (number() === before) return before;
    before = number();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
