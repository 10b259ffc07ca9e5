import type { JsonRecord } from "../client/repo-client.ts";
import { COLLECTIONS, type Collection } from "../lexicon/collections.ts";

/** What a record that is watched stands for. */
export type WatchKind = "entry" | "schema" | "lens" | "label" | "verification";

/** Every {@link WatchKind}, with where its records are. */
export const WATCHED: Readonly<Record<WatchKind, Collection>> = {
  entry: COLLECTIONS.entry,
  schema: COLLECTIONS.schema,
  lens: COLLECTIONS.lens,
  label: COLLECTIONS.label,
  verification: COLLECTIONS.verification,
};

interface EventPlace {
  /** What the record stands for. */
  readonly kind: WatchKind;
  /** The record's uri, with the DID as authority. */
  readonly uri: string;
  /** Whose it is. */
  readonly did: string;
  /** Number that the service gave the commit; the events of a commit share it. */
  readonly seq: number;
  /** When the service took note of it: ISO 8601. */
  readonly time: string;
  /** Where watching this service goes on behind this event. */
  readonly cursor: string;
}

/** A record that was put. */
export interface PutEvent extends EventPlace {
  /** Whether it was there before. */
  readonly action: "create" | "update";
  /** CID of this version of the record. */
  readonly cid: string;
  /** The record, which fits its lexicon. */
  readonly record: JsonRecord;
}

/** A record that went. */
export interface DeleteEvent extends EventPlace {
  /** That it went. */
  readonly action: "delete";
}

/** Something that happened to a record of a dataset, schema, lens, label or verification. */
export type WatchEvent = PutEvent | DeleteEvent;
