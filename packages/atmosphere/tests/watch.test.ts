import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PutEvent, type WatchEvent, type WatchOptions, watch } from "../src/index.ts";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import { failure, type LoggedIn, type Network, startNetwork } from "./network-fixture.ts";

let network: Network;
let me: LoggedIn;

beforeAll(async () => {
  network = await startNetwork();
  me = await network.account();
}, 60_000);

afterAll(async () => {
  await network?.[Symbol.asyncDispose]();
});

/** Watches in the background, from when this has settled until it is stopped. */
async function watching(
  options: Partial<WatchOptions> = {},
): Promise<{ events: WatchEvent[]; opened: () => number; stop: () => Promise<void> }> {
  const events: WatchEvent[] = [];
  const ending = new AbortController();
  let opened = 0;
  let onOpen: () => void = () => {};
  const open = new Promise<void>((resolve) => {
    onOpen = () => {
      opened += 1;
      resolve();
    };
  });
  const done = (async () => {
    for await (const event of watch({ service: me.pds.url, signal: ending.signal, onOpen, ...options })) {
      events.push(event);
    }
  })();
  await Promise.race([open, done]);
  return {
    events,
    opened: () => opened,
    stop: async () => {
      ending.abort();
      await done;
    },
  };
}

async function count(events: readonly WatchEvent[], wanted: number): Promise<void> {
  await expect.poll(() => events.length, { timeout: 30_000, interval: 50 }).toBe(wanted);
}

let made = 0;
/** Puts so many labels, one commit each, and gives their names. */
async function putLabels(account: LoggedIn, number: number): Promise<string[]> {
  const labels = Array.from({ length: number }, () => `watched-${made++}`);
  const { provider } = network.open({ session: account.session });
  for (const name of labels) await provider.putLabel({ name, version: "1.0.0", id: entryId(account) });
  return labels;
}

/** Creates labels in one commit, past our client. */
async function createLabels(account: LoggedIn, number: number): Promise<string[]> {
  const labels = Array.from({ length: number }, () => `watched-${made++}`);
  const writes = labels.map((name) => ({
    $type: "com.atproto.repo.applyWrites#create",
    collection: COLLECTIONS.label,
    value: {
      $type: COLLECTIONS.label,
      name,
      datasetUri: entryId(account),
      createdAt: "2026-02-03T04:05:06.123456+00:00",
    },
  }));
  const response = await account.session.fetchHandler("/xrpc/com.atproto.repo.applyWrites", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ repo: account.did, writes }),
  });
  expect(response.status).toBe(200);
  return labels;
}

const entryId = ({ did }: LoggedIn): string => `at://${did}/${COLLECTIONS.entry}/3kaaaaaaaaa22`;
const namesOf = (events: readonly WatchEvent[]): unknown[] => events.map((event) => (event as PutEvent).record?.name);

describe("watching a PDS", () => {
  it("shows what is put, changed and taken away, as it is in the repository", async () => {
    const account = await network.account();
    const { provider } = network.open({ session: account.session });
    const { events, stop } = await watching();
    const { id } = await provider.putEntry({
      name: "digits",
      schemaRef: `at://${account.did}/${COLLECTIONS.schema}/Digit:1.0.0`,
      dataUrls: ["https://data.example/digits.tar"],
      metadata: { note: "all" },
    });
    await provider.putLabel({ name: "digits", version: "1.0.0", id });
    await provider.putLabel({ name: "digits", version: "1.0.0", id, description: "moved" });
    await provider.deleteLabel("digits", "1.0.0");
    await count(events, 4);
    await stop();
    expect(events.map(({ kind, action, did }) => [kind, action, did])).toEqual([
      ["entry", "create", account.did],
      ["label", "create", account.did],
      ["label", "update", account.did],
      ["label", "delete", account.did],
    ]);
    const reader = await fetch(
      `${account.pds.url}/xrpc/com.atproto.repo.getRecord?${new URLSearchParams({
        repo: account.did,
        collection: COLLECTIONS.entry,
        rkey: id.split("/").at(-1) ?? "",
      })}`,
    );
    const record = (await reader.json()) as { uri: string; cid: string; value: unknown };
    const [first] = events as PutEvent[];
    expect({ uri: first?.uri, cid: first?.cid, value: first?.record }).toEqual(record);
  });

  it("loses no event and repeats none while the PDS is stopped and started, and bursts are written", async () => {
    const other = await network.account();
    const { events, opened, stop } = await watching({ kinds: ["label"] });
    const wanted: string[] = [];
    for (let round = 0; round < 4; round++) {
      const [one, many] = await Promise.all([putLabels(me, 5), createLabels(other, 45)]);
      wanted.push(...one, ...many);
      // In some rounds the events are still on their way when the PDS ends.
      if (round % 2 === 0) await count(events, wanted.length);
      await me.pds.stop();
      await sleep(300 * round);
      await me.pds.start();
      wanted.push(...(await createLabels(other, 1)));
    }
    await count(events, wanted.length);
    // What came twice would come now.
    wanted.push(...(await putLabels(me, 1)));
    await count(events, wanted.length);
    await stop();
    expect(wanted.length).toBeGreaterThan(200);
    expect(namesOf(events).sort()).toEqual(wanted.sort());
    expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(wanted.length);
    expect(opened()).toBeGreaterThanOrEqual(3);
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  }, 120_000);

  it("loses nothing when the PDS restarts before anything has happened, and shows nothing of before", async () => {
    await putLabels(me, 3);
    await sleep(10);
    const { events, stop } = await watching();
    await me.pds.stop();
    await me.pds.start();
    const wanted = await putLabels(me, 2);
    await count(events, 2);
    await stop();
    expect(namesOf(events)).toEqual(wanted);
  }, 60_000);

  it("goes on from a cursor in another call, at every event of a commit of many", async () => {
    const { events, stop } = await watching();
    const wanted = [...(await putLabels(me, 2)), ...(await createLabels(me, 5)), ...(await putLabels(me, 2))];
    await count(events, 9);
    await stop();
    expect(namesOf(events)).toEqual(wanted);
    for (let i = 0; i < 9; i++) {
      const again = await watching({ cursor: events[i]?.cursor });
      const more = await putLabels(me, 1);
      wanted.push(...more);
      await count(again.events, wanted.length - i - 1);
      await again.stop();
      expect(namesOf(again.events)).toEqual(wanted.slice(i + 1));
    }
  }, 60_000);

  it("lets who is slow have all events, in order", async () => {
    const { events, stop } = await watching();
    await putLabels(me, 1);
    await count(events, 1);
    await stop();
    const wanted: string[] = [];
    for (let i = 0; i < 6; i++) wanted.push(...(await createLabels(me, 100)));
    const seen: WatchEvent[] = [];
    for await (const event of watch({ service: me.pds.url, cursor: events[0]?.cursor })) {
      seen.push(event);
      if (seen.length % 50 === 0) wanted.push(...(await putLabels(me, 1)));
      if (seen.length === wanted.length) break;
    }
    expect(namesOf(seen)).toEqual(wanted);
    expect(seen.length).toBe(612);
  }, 60_000);

  it("says that a cursor is ahead of the PDS", async () => {
    const next = watch({ service: me.pds.url, cursor: "999999999999" }).next();
    expect(await failure(next)).toMatchObject({ code: "CURSOR_INVALID", fields: { cursor: "999999999999" } });
  });
});
