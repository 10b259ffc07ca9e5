import type { AtdataError } from "@atdata/core";
import { encode } from "@atproto/lex-cbor";
import { describe, expect, it } from "vitest";
import { commitFrame, fakeFirehose, frame, labelRecord } from "./fake-firehose.ts";
import { failure } from "./network-fixture.ts";
import { label, names, path, sending, take } from "./watch-services.ts";

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
