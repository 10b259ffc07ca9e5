import type { UploadedBlob, UploadJournal } from "./upload-journal.ts";

/** Remembers uploads for as long as it is there itself. */
export function memoryJournal(): UploadJournal {
  const blobs = new Map<string, UploadedBlob>();
  const keyOf = (did: string, cid: string): string => `${did} ${cid}`;
  return {
    find: async (did, cid) => blobs.get(keyOf(did, cid)),
    async add(did, blob) {
      blobs.set(keyOf(did, blob.cid), blob);
    },
    async remove(did, cid) {
      blobs.delete(keyOf(did, cid));
    },
  };
}
