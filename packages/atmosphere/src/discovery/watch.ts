import { type AtdataError, isAtdataError } from "@atdata/core";
import { eventsOf } from "./commit-events.ts";
import { Firehose } from "./firehose.ts";
import { readCursor } from "./watch-cursor.ts";
import { WATCHED, type WatchEvent, type WatchKind } from "./watch-event.ts";

/** What is watched. */
export interface WatchOptions {
  /** Origin of a PDS or relay, such as `https://pds.example`. */
  readonly service: string;
  /** Goes on behind this event, or behind this number of the service, `0` being all that it still has; by default begins with what happens from now on. */
  readonly cursor?: string | undefined;
  /** Only events of these; by default of all. */
  readonly kinds?: readonly WatchKind[] | undefined;
  /** Is told whenever a connection is open: from the first time on, no event goes unseen. */
  readonly onOpen?: (() => void) | undefined;
  /** Ends it: the iteration is done then, without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Is told, in their place among the events, of what is passed over. What it throws, the iteration throws.
   *
   * `RECORD_INVALID` – a record that does not fit its lexicon; `FRAME_INVALID` – a message, or a record in it, that is damaged;
   * `EVENTS_MISSED` – the service does not tell what happened, as a cursor is too old or a repository was replaced;
   * `PDS_FAILED` – the connection was lost, and is opened again.
   */
  readonly onProblem?: ((problem: AtdataError) => void) | undefined;
}

/**
 * Watches a PDS or relay for datasets, schemas, lenses, labels and verifications that come, change and go.
 *
 * A connection that breaks is opened again, for as long as it takes, and goes on where it was: no event is lost or comes twice.
 * Each event has a cursor to go on from with another call. Who takes events slowly is not sent more than a bounded number
 * ahead. The service is believed what is in which repository; only the CIDs of records are compared, and their lexicons.
 *
 * It connects when the first event is asked for, and without a cursor begins there. Ends only by the signal, or by leaving the loop.
 *
 * @throws AtdataError `CURSOR_INVALID` – the cursor is none, or ahead of the service; `PDS_FAILED` – the service cannot be
 * reached in the first place, or refuses to be watched.
 * @throws TypeError – `service` is no http(s) url.
 * @throws RangeError – an unknown kind.
 * @example
 * ```ts
 * import { watch } from "@atdata/atmosphere";
 * const log = async () => {
 *   for await (const { kind, action, uri } of watch({ service: "https://bsky.network" })) console.log(kind, action, uri);
 * };
 * ```
 */
export function watch(options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
  const service = new URL(options.service);
  if (!/^https?:$/.test(service.protocol)) throw new TypeError("service must be an http or https url");
  const kinds = options.kinds ?? (Object.keys(WATCHED) as WatchKind[]);
  for (const kind of kinds) {
    if (!Object.hasOwn(WATCHED, kind)) throw new RangeError(`kinds must be of ${Object.keys(WATCHED).join(", ")}`);
  }
  return events(service, kinds, options);
}

async function* events(
  service: URL,
  kinds: readonly WatchKind[],
  { cursor, signal, onOpen, onProblem }: WatchOptions,
): AsyncGenerator<WatchEvent, void, undefined> {
  const from = cursor === undefined ? undefined : readCursor(cursor);
  if (signal?.aborted) return;
  const left = new AbortController();
  const either = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal]);
  const after = from && (from.done === 0 ? from.seq : Math.max(0, from.seq - 1));
  const firehose = new Firehose({ service, after, kinds, onOpen, signal: either });
  try {
    for (let next = await firehose.next(); next !== undefined; next = await firehose.next()) {
      const done = isAtdataError(next) || next.seq !== from?.seq ? 0 : from.done;
      const items = isAtdataError(next) ? [next] : eventsOf(next, done, { kinds, service: service.origin });
      for (const item of items) {
        if (isAtdataError(item)) onProblem?.(item);
        else yield item;
        if (signal?.aborted) return;
      }
    }
  } finally {
    left.abort();
  }
}
