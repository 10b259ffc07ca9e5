import type { AtdataError } from "@atdata/core";
import { type WatchEvent, type WatchOptions, watch } from "../src/index.ts";
import { commitFrame, type FakeClient, type FakeFirehose, fakeFirehose, labelRecord } from "./fake-firehose.ts";

/** The path of a label. */
export const path = (i: number): string => `science.alt.dataset.label/label${i}`;
/** The message of a commit of one label. */
export const label = (seq: number): Promise<Uint8Array> => {
  return commitFrame({ seq, records: { [path(seq)]: labelRecord(`n${seq}`) } });
};
/** Never settles. */
const forever = (): Promise<void> => new Promise(() => {});

/** Takes so many events, and what was passed over meanwhile. */
export async function take(
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
export function sending(...messages: readonly (Uint8Array | Promise<Uint8Array>)[]): Promise<FakeFirehose> {
  return fakeFirehose(async (client) => {
    for (const message of messages) await client.send(await message);
    await forever();
  });
}

/** A service that has the events from 1 to `last`, and sends those behind the cursor. */
export function keeping(
  last: number,
  each?: (client: FakeClient, seq: number) => Promise<void>,
): Promise<FakeFirehose> {
  return fakeFirehose(async (client) => {
    for (let seq = Number(client.cursor ?? 0) + 1; seq <= last && !client.closed; seq++) {
      await client.send(await label(seq));
      await each?.(client, seq);
    }
  });
}

/** The names of labels that were put, and the uris of those that went. */
export const names = (events: readonly WatchEvent[]): unknown[] => {
  return events.map((event) => (event.action === "delete" ? event.uri : event.record.name));
};
