import type { IndexProvider } from "@atdata/core";
import { lensMethods, schemaMethods } from "./documents.ts";
import { entryMethods } from "./entries.ts";
import { labelMethods } from "./labels.ts";
import type { EntrySettings } from "./put-entry.ts";
import type { RepoAccess } from "./repo-access.ts";

/**
 * Builds the index of an account: its records of entries, schemas, lenses and labels.
 *
 * Everything is in the order of the records' times; what is put is of a later time than all that is there. An entry is
 * found by its uri, with DID or handle, and by the content id of its schema and urls. A name that is looked for and whose
 * record cannot be read is an error with its code; in listings such a record is passed over.
 */
export function repoProvider(access: RepoAccess, settings: EntrySettings): IndexProvider {
  return {
    name: "atmosphere",
    ...entryMethods(access, settings),
    ...schemaMethods(access),
    ...lensMethods(access),
    ...labelMethods(access),
  };
}
