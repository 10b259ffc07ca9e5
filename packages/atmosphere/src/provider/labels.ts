import type { IndexProvider, Label, NewLabel } from "@atdata/core";
import type { JsonRecord, RecordWrite, RepoReader, RepoRecord, RepoState } from "../client/repo-client.ts";
import { requireCid } from "../client/repo-reader.ts";
import { makeTid } from "../client/tid.ts";
import type { Identity } from "../identity/identity.ts";
import { COLLECTIONS } from "../lexicon/collections.ts";
import { labelFromRecord, labelToRecord } from "../records/label-record.ts";
import { ifReadable, recordsOf } from "./read-records.ts";
import { inOrder, timeAfter } from "./record-order.ts";
import { canonical } from "./record-uri.ts";
import type { RepoAccess } from "./repo-access.ts";

const { label: collection } = COLLECTIONS;

type LabelMethods = Pick<IndexProvider, "putLabel" | "getLabel" | "latestLabel" | "listLabels" | "deleteLabel">;

/** What a provider does with labels. Of several records of one name and version, as Python leaves them, the newest counts. */
export function labelMethods(access: RepoAccess): LabelMethods {
  return {
    async putLabel(label, { expect, signal } = {}) {
      signal?.throwIfAborted();
      const repo = await access.writer("putLabel", { signal });
      const put = labelPut(repo.identity, label, expect);
      const id = canonical(repo.identity, label.id);
      return repo.transact(
        async (state) => {
          const write = await put(state, id);
          return { writes: write === undefined ? [] : [write], result: () => write !== undefined };
        },
        { signal },
      );
    },
    async getLabel(name, version, options = {}) {
      const { reader, records } = await recordsOf(access, collection, options);
      const latest = records.filter((record) => isOf(record, name, version)).at(-1);
      return reader && latest && checkedLabel(latest, reader);
    },
    async latestLabel(name, options = {}) {
      const { reader, records } = await recordsOf(access, collection, options);
      const latest = records.filter(({ value }) => value.name === name).at(-1);
      return reader && latest && checkedLabel(latest, reader);
    },
    async *listLabels({ name, id, signal } = {}) {
      const { reader, records } = await recordsOf(access, collection, { signal });
      if (reader === undefined) return;
      for (const record of newestOnly(records)) {
        signal?.throwIfAborted();
        if (name !== undefined && record.value.name !== name) continue;
        const label = ifReadable(() => readLabel(record, reader));
        if (label !== undefined && (id === undefined || label.id === id)) yield label;
      }
    },
    async deleteLabel(name, version, options = {}) {
      options.signal?.throwIfAborted();
      const repo = await access.writer("deleteLabel", options);
      let asked = false;
      return repo.transact(async (state) => {
        const going = (await state.all(collection)).filter((record) => isOf(record, name, version));
        // Gone since it was asked before: the answer to that was lost.
        const result = going.length > 0 || asked;
        asked ||= going.length > 0;
        const writes = going.map(({ rkey }): RecordWrite => ({ action: "delete", collection, rkey }));
        return { writes, result: () => result };
      }, options);
    },
  };
}

/** Prepares putting a label: what is given tells what to write for an entry, or `undefined` where `expect` does not hold. */
export function labelPut(
  identity: Identity,
  { name, version, description }: Omit<NewLabel, "id">,
  expect: string | null | undefined,
): (state: RepoState, id: string) => Promise<RecordWrite | undefined> {
  const newKey = makeTid();
  let planned: JsonRecord | undefined;
  return async (state, id) => {
    const all = await state.all(collection);
    const there = inOrder(all)
      .filter((record) => isOf(record, name, version))
      .at(-1);
    // Asked again though it is there: the answer was lost, and what was expected does no longer hold because of this.
    const mine = planned !== undefined && there !== undefined && isSame(there.value, planned);
    if (!mine && expect !== undefined && idOf(identity, there) !== (expect && canonical(identity, expect))) {
      return undefined;
    }
    const value = labelToRecord({ name, version, id, description }, { createdAt: timeAfter(all) });
    planned = value;
    if (there === undefined) return { action: "create", collection, rkey: newKey, value };
    return { action: "update", collection, rkey: there.rkey, value };
  };
}

/** Leaves out what is behind a newer one of the same name and version. */
function newestOnly(records: readonly RepoRecord[]): readonly RepoRecord[] {
  const newest = new Map<string, RepoRecord>();
  for (const record of records) newest.set(JSON.stringify([record.value.name, record.value.version ?? ""]), record);
  const kept = new Set(newest.values());
  return records.filter((record) => kept.has(record));
}

/** Listings are not hashed; what a name leads to is. */
async function checkedLabel(record: RepoRecord, reader: RepoReader): Promise<Label> {
  await requireCid(record, reader.identity.did, collection);
  return readLabel(record, reader);
}

function readLabel(record: RepoRecord, { identity }: RepoReader): Label {
  const label = labelFromRecord(record);
  return { ...label, id: canonical(identity, label.id) };
}

function isOf({ value }: RepoRecord, name: string, version: string): boolean {
  return value.name === name && (value.version ?? "") === version;
}

function idOf(identity: Identity, record: RepoRecord | undefined): string | null {
  return record === undefined ? null : canonical(identity, String(record.value.datasetUri));
}

/** Times have microseconds: no two labels that are put have the same. */
function isSame(there: JsonRecord, planned: JsonRecord): boolean {
  return there.createdAt === planned.createdAt && there.datasetUri === planned.datasetUri;
}
